-- The way to the companion and back: OSC out, and a file with its answers, for Lua in Ardour cannot hear OSC.
--
-- `companion.json` names the OSC port and the mailbox folder. Each session has a box of its own there, `to/<box>.txt`,
-- so that what was made while the session was closed waits for it.

return function(home, text, json)
  local companion = {}
  local FRESH_S = 5
  local address, address_port

  local function write(path, content)
    local file = io.open(path, "wb")
    if not file then return end
    file:write(content)
    file:close()
  end

  -- The running Ardour's version, as far as Lua can learn it: the number at the end of its configuration's folder.
  companion.ardour = ARDOUR.user_config_directory(-1):match("%d+$") or ""

  -- Returns the companion that runs now (pid, version, osc_port, mailbox), nil if none does.
  function companion.find()
    local fine, found = pcall(function() return json.read(text.read_file(home.data .. "/companion.json")) end)
    if not fine or type(found) ~= "table" or not found.mailbox then return nil end
    local alive = text.read_file(found.mailbox .. "/companion.alive")
    local beat = alive and tonumber(alive:match("^%d+"))
    return beat and os.time() - beat <= FRESH_S and found or nil
  end

  -- Returns the name of a session's box: the same for the same folder, on this computer.
  function companion.box(folder)
    local hash = 0xcbf29ce484222325 -- FNV-1a
    for index = 1, #folder do hash = (hash ~ folder:byte(index)) * 0x100000001b3 end
    return string.format("ardour-%016x", hash)
  end

  -- Sends a message; whole numbers as i, others as d (97.6 has no exact 32-bit form), text as s.
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

  -- Returns the messages in a box that have not been read yet, each a list of address and values, and remembers that
  -- they have been.
  function companion.news(to, box)
    local file = io.open(to.mailbox .. "/to/" .. box .. ".txt", "rb")
    if not file then return {} end
    local head = file:read("l") or ""
    local newest = math.tointeger(tonumber(head:match("^stembridge\t1\t(%d+)") or "0"))
    local seen = math.tointeger(tonumber((text.read_file(seen_file(to, box)) or ""):match("^%d+") or "0"))
    local lines = newest > seen and text.read_answer(head .. "\n" .. file:read("a"))
    file:close()
    if not lines then return {} end
    -- Before anything is done about them: a message that brings Ardour down is not met again at its next start.
    write(seen_file(to, box), newest .. "\n")
    local messages = {}
    for index = 2, #lines - 1 do
      local number = math.tointeger(tonumber(lines[index][1]))
      if number > seen then messages[#messages + 1] = table.move(lines[index], 2, #lines[index], 1, {}) end
    end
    return messages
  end

  -- Shows the companion's side that the hook runs in this Ardour, and in which session.
  function companion.show_life(to, folder)
    local lines = { tostring(os.time()), companion.ardour, home.version, folder, "" }
    write(to.mailbox .. "/ardour.alive", table.concat(lines, "\n"))
  end

  -- Tells if the hook has shown life just now.
  function companion.hears(to)
    local beat = tonumber((text.read_file(to.mailbox .. "/ardour.alive") or ""):match("^%d+"))
    return beat ~= nil and os.time() - beat <= FRESH_S
  end

  -- Says who speaks, and where the answers go.
  function companion.hello(to, box)
    companion.send(to, "/hello", "Ardour", companion.ardour, box)
  end

  -- Keeps the place of the last request of a session, in ticks.
  function companion.remember_place(to, box, place)
    write(to.mailbox .. "/to/" .. box .. ".place", place.start .. " " .. place.stop .. "\n")
  end

  -- Returns that place, nil if there is none.
  function companion.last_place(to, box)
    local start, stop = (text.read_file(to.mailbox .. "/to/" .. box .. ".place") or ""):match("^(%d+) (%d+)\n")
    return start and { start = math.tointeger(tonumber(start)), stop = math.tointeger(tonumber(stop)) }
  end

  return companion
end
