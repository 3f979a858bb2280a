-- The way to the companion: small files in a folder that `companion.json` names.
-- Whatever is written gets its name only when it is complete; each request has a name of its own.

return function(home, text)
  local mailbox = {}
  local FRESH_S = 5
  local HEARTBEAT_S = 1
  local last_beat = -HEARTBEAT_S

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

  -- Returns the mailbox folder of the companion that runs now and its version, nil if none does.
  function mailbox.find()
    local json = text.read_file(home.data .. "/companion.json")
    local folder = json and text.json_field(json, "mailbox")
    local alive = folder and text.read_file(folder .. "/companion.alive")
    local beat = alive and tonumber(alive:match("^%d+"))
    if not beat or os.time() - beat > FRESH_S then return nil end
    return folder, text.json_field(json, "version")
  end

  -- Shows the companion's side that scripts run in this REAPER.
  function mailbox.show_life(folder)
    local now = reaper.time_precise()
    if now - last_beat < HEARTBEAT_S then return end
    last_beat = now
    write(folder .. "/reaper.alive", string.format("%d\n%s\n%s\n", os.time(), reaper.GetAppVersion(), home.version))
  end

  function mailbox.new_id()
    return string.format("%d-%s", os.time(), reaper.genGuid(""):gsub("[^%x]", ""):lower():sub(1, 16))
  end

  -- Puts a request into the mailbox; returns true, or false and why not.
  function mailbox.post(folder, id, request)
    request.format = 1
    request.daw = "REAPER"
    request.version = reaper.GetAppVersion()
    local path = folder .. "/in/" .. id
    local done, why = write(path .. ".tmp", text.to_json(request))
    if not done then return false, why end
    return os.rename(path .. ".tmp", path .. ".json")
  end

  -- Asks for the job of request `id` to be cancelled; one that has not been taken yet is taken back.
  function mailbox.cancel(folder, id)
    if os.remove(folder .. "/in/" .. id .. ".json") then return end
    mailbox.post(folder, mailbox.new_id(), { ["do"] = "cancel", request = id })
  end

  -- Returns the lines of the answer to request `id`, nil while there is none.
  function mailbox.answer(folder, id)
    local content = text.read_file(folder .. "/out/" .. id .. ".txt")
    return content and text.read_answer(content)
  end

  function mailbox.forget(folder, id)
    os.remove(folder .. "/out/" .. id .. ".txt")
  end

  return mailbox
end
