-- The mailbox: exchanges small files with the companion, in a folder that `companion.json` names.
-- A request gets its final name only when it is complete; each has a unique name.

return function(home, text)
  local mailbox = {}
  local STALE_S = 5
  local HEARTBEAT_S = 1
  local last_heartbeat = -HEARTBEAT_S

  local function write(path, content)
    local file, why = io.open(path, "wb")
    if not file then return false, why end
    local written, trouble = file:write(content)
    local closed = file:close()
    if not (written and closed) then
      os.remove(path)
      return false, trouble
    end
    return true
  end

  -- Returns the running companion's mailbox folder and version, nil if none runs or its heartbeat is stale.
  function mailbox.find()
    local json = text.read_file(home.data .. "/companion.json")
    local folder = json and text.json_field(json, "mailbox")
    local heartbeat = folder and text.read_file(folder .. "/companion.alive")
    local beat_s = heartbeat and tonumber(heartbeat:match("^%d+"))
    if not beat_s or os.time() - beat_s > STALE_S then return nil end
    return folder, text.json_field(json, "version")
  end

  -- Writes this REAPER's heartbeat, at most once a second, so that the companion knows that scripts run here.
  function mailbox.write_heartbeat(folder)
    local now = reaper.time_precise()
    if now - last_heartbeat < HEARTBEAT_S then return end
    last_heartbeat = now
    write(folder .. "/reaper.alive", string.format("%d\n%s\n%s\n", os.time(), reaper.GetAppVersion(), home.version))
  end

  function mailbox.new_id()
    return string.format("%d-%s", os.time(), reaper.genGuid(""):gsub("[^%x]", ""):lower():sub(1, 16))
  end

  -- Puts a request into the mailbox; returns true, or false and the reason.
  function mailbox.post(folder, id, request)
    request.format = 1
    request.daw = "REAPER"
    request.version = reaper.GetAppVersion()
    local path = folder .. "/in/" .. id
    local done, why = write(path .. ".tmp", text.to_json(request))
    if not done then return false, why end
    return os.rename(path .. ".tmp", path .. ".json")
  end

  -- Cancels request `id`: deletes it if the companion has not read it yet, else asks for its job to be cancelled.
  function mailbox.cancel(folder, id)
    if os.remove(folder .. "/in/" .. id .. ".json") then return end
    mailbox.post(folder, mailbox.new_id(), { ["do"] = "cancel", request = id })
  end

  -- Returns the lines of the reply to request `id`, nil while there is no complete one.
  function mailbox.reply(folder, id)
    local content = text.read_file(folder .. "/out/" .. id .. ".txt")
    return content and text.read_reply(content)
  end

  -- Deletes the reply to request `id`.
  function mailbox.forget(folder, id)
    os.remove(folder .. "/out/" .. id .. ".txt")
  end

  return mailbox
end
