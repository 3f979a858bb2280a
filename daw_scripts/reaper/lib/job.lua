-- One job, from the request to its music in the project, without blocking REAPER: everything happens in small steps
-- from reaper.defer, and the companion may start, stop and restart in between.

return function(home, text, mailbox, read_reply, window)
  local job = {}
  local POLL_S, LINGER_S = 0.2, 2
  local SECTION = "StemBridge"
  local message_count = 0
  local PHASES = {
    queued = "Waiting for jobs before it", loading = "Loading the engine", generating = "Generating",
    separating = "Separating", aligning = "Aligning", writing = "Writing the files",
  }

  -- Returns the ids of the jobs that run in this REAPER, newest last, for the action Cancel.
  local function running()
    local ids = {}
    for id in reaper.GetExtState(SECTION, "running"):gmatch("[^ ]+") do ids[#ids + 1] = id end
    return ids
  end

  local function set_running(id, is_running)
    local ids = {}
    for _, other in ipairs(running()) do
      if other ~= id then ids[#ids + 1] = other end
    end
    if is_running then ids[#ids + 1] = id end
    reaper.SetExtState(SECTION, "running", table.concat(ids, " "), false)
  end

  -- Shows a sentence until the user closes the window, `linger` seconds have passed, or the next sentence comes.
  function job.say(sentence, linger)
    message_count = message_count + 1
    local number = message_count
    window.open()
    local ends = linger and reaper.time_precise() + linger
    local function show()
      if number ~= message_count then return end
      window.draw(sentence)
      if window.is_dismissed() or (ends and reaper.time_precise() >= ends) then
        window.close()
      else
        reaper.defer(show)
      end
    end
    show()
  end

  -- Returns an error as a sentence for the user; unexpected ones go to the console too.
  function job.sentence(failure)
    if type(failure) == "table" and failure.sentence then return failure.sentence end
    reaper.ShowConsoleMsg("!SHOW:Stem Bridge: " .. tostring(failure) .. "\n")
    return "Stem Bridge stumbled over " .. tostring(failure)
  end

  -- Runs `action`, and shows an error that it raises.
  function job.guard(action)
    local fine, failure = pcall(action)
    if not fine then job.say(job.sentence(failure)) end
  end

  -- Cancels the newest job of this REAPER.
  function job.cancel_newest()
    local ids, folder = running(), mailbox.find()
    if #ids == 0 then return job.say("Nothing of Stem Bridge runs here.", LINGER_S) end
    if folder then mailbox.cancel(folder, ids[#ids]) end
    reaper.SetExtState(SECTION, "cancelled " .. ids[#ids], "1", false)
  end

  -- Sends `request` and imports its takes into the project with `import(reply)`, which returns a sentence.
  -- `clear_up`, if given, is called when the job is not done: failed, cancelled or given up.
  function job.run(request, import, clear_up)
    local id, folder, reply = mailbox.new_id(), nil, nil
    local is_posted, is_over, next_poll = false, false, 0
    window.open()
    set_running(id, true)

    local function finish()
      is_over = true
      set_running(id, false)
      reaper.DeleteExtState(SECTION, "cancelled " .. id, false)
      if is_posted then mailbox.forget(folder, id) end
      if clear_up and not (reply and reply.state == "done") then clear_up() end
    end

    local function give_up()
      if is_posted then mailbox.cancel(folder, id) end
      finish()
    end

    local function import_result()
      finish()
      if reply.state == "done" then
        local fine, result = pcall(import, reply)
        if not fine then return job.say(job.sentence(result)) end
        return job.say(table.concat({ result, table.unpack(reply.notices) }, " "), LINGER_S)
      end
      if reply.state == "cancelled" then return job.say("Cancelled.", LINGER_S) end
      job.say(reply.message)
    end

    -- Posts the request once a companion runs, and reads the reply; returns true while a companion runs.
    local function poll()
      local found = mailbox.find()
      if found then
        mailbox.write_heartbeat(found)
        if not is_posted then
          local posted, why = mailbox.post(found, id, request)
          if not posted then error({ sentence = "The request cannot be written to " .. found .. " (" .. tostring(why) .. ")." }) end
          is_posted, folder = true, found
        end
      end
      local lines = is_posted and mailbox.reply(folder, id)
      reply = lines and read_reply(lines) or reply
      return found ~= nil
    end

    local is_running = false
    local function sentence()
      if not is_running then
        return is_posted and "The companion does not answer; waiting for it. Esc cancels."
          or "Stem Bridge does not run. Start it (action “open companion”); this waits for it. Esc cancels."
      end
      if not reply then return "Stem Bridge has the request." end
      return PHASES[reply.phase] or reply.phase
    end

    local function step()
      if reaper.time_precise() >= next_poll then
        next_poll = reaper.time_precise() + POLL_S
        is_running = poll()
        if reply and reply.is_final then return import_result() end
      end
      window.draw(sentence(), reply and reply.progress or 0)
      if window.is_dismissed() or (not is_posted and reaper.HasExtState(SECTION, "cancelled " .. id)) then
        give_up()
        return window.close()
      end
      reaper.defer(function() job.guard(step) end)
    end

    reaper.atexit(function()
      if not is_over then give_up() end
    end)
    step()
  end

  -- Starts the companion unless one runs already, and shows a sentence either way.
  function job.open_companion()
    local _, version = mailbox.find()
    if version then return job.say("Stem Bridge " .. version .. " is running.", LINGER_S) end
    reaper.ExecProcess(home.launch, -2)
    local ends = reaper.time_precise() + 30
    window.open()
    local function wait()
      local _, started = mailbox.find()
      if started then return job.say("Stem Bridge " .. started .. " is running.", LINGER_S) end
      window.draw("Starting Stem Bridge …")
      if window.is_dismissed() then return window.close() end
      if reaper.time_precise() >= ends then return job.say("Stem Bridge did not start. In a terminal, try: " .. home.launch) end
      reaper.defer(function() job.guard(wait) end)
    end
    wait()
  end

  return job
end
