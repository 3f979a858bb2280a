-- Talks to the companion: sends OSC, and reads the replies from a file, since Lua in Ardour cannot receive OSC.
--
-- `companion.json` names the OSC port and the mailbox folder. Each session has its own box there, `to/<box>.txt`, so
-- that takes that are made while the session is closed wait for it.

return function(home, text, json)
  local companion = {}
  local STALE_S = 5
  local address, address_port

  local function write(path, content)
    local file = io.open(path, "wb")
    if not file then return end
    file:write(content)
    file:close()
  end

  -- Ardour's major version: Lua knows only the number at the end of the configuration folder's name.
  companion.ardour = ARDOUR.user_config_directory(-1):match("%d+$") or ""

  -- Returns the running companion (pid, version, osc_port, mailbox), nil if none runs or its heartbeat is stale.
  function companion.find()
    local fine, found = pcall(function() return json.read(text.read_file(home.data .. "/companion.json")) end)
    if not fine or type(found) ~= "table" or not found.mailbox then return nil end
    local heartbeat = text.read_file(found.mailbox .. "/companion.alive")
    local beat_s = heartbeat and tonumber(heartbeat:match("^%d+"))
    return beat_s and os.time() - beat_s <= STALE_S and found or nil
  end

  -- Returns the name of a session's box, a hash of the session's folder.
  function companion.box(folder)
    local hash = 0xcbf29ce484222325 -- FNV-1a
    for index = 1, #folder do hash = (hash ~ folder:byte(index)) * 0x100000001b3 end
    return string.format("ardour-%016x", hash)
  end

  -- Sends an OSC message: integers as i, other numbers as d (97.6 has no exact 32-bit form), text as s.
  function companion.send(to, path, ...)
    if address_port ~= to.osc_port then
      address, address_port = ARDOUR.LuaOSC.Address("osc.udp://127.0.0.1:" .. math.tointeger(to.osc_port)), to.osc_port
    end
    local types = {}
    for index = 1, select("#", ...) do
      local value = select(index, ...)
      types[index] = type(value) == "string" and "s" or math.type(value) == "integer" and "i" or "d"
    end
    return address:send("/stembridge" .. path, table.concat(types), ...)
  end

  local function seen_file(to, box)
    return to.mailbox .. "/to/" .. box .. ".seen"
  end

  -- Returns the unread messages in a box, each a list of address and values, and marks them as read.
  function companion.unread_messages(to, box)
    local file = io.open(to.mailbox .. "/to/" .. box .. ".txt", "rb")
    if not file then return {} end
    local head = file:read("l") or ""
    local newest = math.tointeger(tonumber(head:match("^stembridge\t1\t(%d+)") or "0"))
    local seen = math.tointeger(tonumber((text.read_file(seen_file(to, box)) or ""):match("^%d+") or "0"))
    local lines = newest > seen and text.read_reply(head .. "\n" .. file:read("a"))
    file:close()
    if not lines then return {} end
    -- Marked before they are handled: a message that crashes Ardour is not read again at its next start.
    write(seen_file(to, box), newest .. "\n")
    local messages = {}
    for index = 2, #lines - 1 do
      local number = math.tointeger(tonumber(lines[index][1]))
      if number > seen then messages[#messages + 1] = table.move(lines[index], 2, #lines[index], 1, {}) end
    end
    return messages
  end

  -- Writes the hook's heartbeat, with this Ardour's version and session.
  function companion.write_heartbeat(to, folder)
    local lines = { tostring(os.time()), companion.ardour, home.version, folder, "" }
    write(to.mailbox .. "/ardour.alive", table.concat(lines, "\n"))
  end

  -- Returns true if the hook runs: its heartbeat is not stale.
  function companion.is_hook_running(to)
    local beat_s = tonumber((text.read_file(to.mailbox .. "/ardour.alive") or ""):match("^%d+"))
    return beat_s ~= nil and os.time() - beat_s <= STALE_S
  end

  -- Registers this Ardour as a client whose replies go into `box`.
  function companion.hello(to, box)
    companion.send(to, "/hello", "Ardour", companion.ardour, box)
  end

  -- Saves the place of a session's last request, in ticks.
  function companion.remember_place(to, box, place)
    write(to.mailbox .. "/to/" .. box .. ".place", place.start .. " " .. place.stop .. "\n")
  end

  -- Returns the place of a session's last request, nil if there is none.
  function companion.last_place(to, box)
    local start, stop = (text.read_file(to.mailbox .. "/to/" .. box .. ".place") or ""):match("^(%d+) (%d+)\n")
    return start and { start = math.tointeger(tonumber(start)), stop = math.tointeger(tonumber(stop)) }
  end

  return companion
end
