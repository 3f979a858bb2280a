-- One job, from the request to its music in the project, without holding REAPER up: everything happens in small steps
-- out of reaper.defer, and the companion may start, end and come back in between.

return function(home, text, mailbox, read_answer, window)
  local job = {}
  local POLL_S, LINGER_S = 0.2, 2
  local SECTION = "StemBridge"
  local said = 0
  local PHASES = {
    queued = "Waiting for jobs before it", loading = "Loading the engine", generating = "Generating",
    separating = "Separating", aligning = "Aligning", writing = "Writing the files",
  }

  -- Names the jobs that run in this REAPER, newest last, for the action Cancel.
  local function running()
    local ids = {}
    for id in reaper.GetExtState(SECTION, "running"):gmatch("[^ ]+") do ids[#ids + 1] = id end
    return ids
  end

  local function set_running(id, runs)
    local ids = {}
    for _, other in ipairs(running()) do
      if other ~= id then ids[#ids + 1] = other end
    end
    if runs then ids[#ids + 1] = id end
    reaper.SetExtState(SECTION, "running", table.concat(ids, " "), false)
  end

  -- Shows a sentence until the user closes the window, for `linger` seconds, or until there is another one to show.
  function job.say(sentence, linger)
    said = said + 1
    local number = said
    window.open()
    local ends = linger and reaper.time_precise() + linger
    local function show()
      if number ~= said then return end
      window.draw(sentence)
      if window.is_dismissed() or (ends and reaper.time_precise() >= ends) then
        window.close()
      else
        reaper.defer(show)
      end
    end
    show()
  end

  -- Returns the sentence that an error means to the user.
  function job.sentence(failure)
    if type(failure) == "table" and failure.sentence then return failure.sentence end
    reaper.ShowConsoleMsg("!SHOW:Stem Bridge: " .. tostring(failure) .. "\n")
    return "Stem Bridge stumbled over " .. tostring(failure)
  end

  -- Runs `action`; what goes wrong in it is shown.
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

  -- Sends `request` and brings what comes of it into the project with `import(answer)`, which returns a sentence.
  -- `clear_up`, if given, is called when nothing comes of it.
  function job.run(request, import, clear_up)
    local id, folder, answer = mailbox.new_id(), nil, nil
    local is_posted, is_over, next_poll = false, false, 0
    window.open()
    set_running(id, true)

    local function finish()
      is_over = true
      set_running(id, false)
      reaper.DeleteExtState(SECTION, "cancelled " .. id, false)
      if is_posted then mailbox.forget(folder, id) end
      if clear_up and not (answer and answer.state == "done") then clear_up() end
    end

    local function give_up()
      if is_posted then mailbox.cancel(folder, id) end
      finish()
    end

    local function take_in()
      finish()
      if answer.state == "done" then
        local fine, result = pcall(import, answer)
        if not fine then return job.say(job.sentence(result)) end
        return job.say(table.concat({ result, table.unpack(answer.notices) }, " "), LINGER_S)
      end
      if answer.state == "cancelled" then return job.say("Cancelled.", LINGER_S) end
      job.say(answer.message)
    end

    local function look()
      local there = mailbox.find()
      if there then
        mailbox.show_life(there)
        if not is_posted then
          local posted, why = mailbox.post(there, id, request)
          if not posted then error({ sentence = "The request cannot be written to " .. there .. " (" .. tostring(why) .. ")." }) end
          is_posted, folder = true, there
        end
      end
      local lines = is_posted and mailbox.answer(folder, id)
      answer = lines and read_answer(lines) or answer
      return there ~= nil
    end

    local is_there = false
    local function sentence()
      if not is_there then
        return is_posted and "The companion does not answer; waiting for it. Esc cancels."
          or "Stem Bridge does not run. Start it (action “open companion”); this waits for it. Esc cancels."
      end
      if not answer then return "Stem Bridge has the request." end
      return PHASES[answer.phase] or answer.phase
    end

    local function step()
      if reaper.time_precise() >= next_poll then
        next_poll = reaper.time_precise() + POLL_S
        is_there = look()
        if answer and answer.is_final then return take_in() end
      end
      window.draw(sentence(), answer and answer.progress or 0)
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

  -- Starts the companion if none runs, and says so.
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
