-- Stays connected: tells the companion how the project in front stands, and puts on the timeline what is sent to REAPER.

return function(text, settings, project, mailbox, read_answer, import, job)
  local line = {}
  local LOOK_S, TELL_S, HEARTBEAT_S, LINGER_S = 0.2, 1, 5, 3
  local SECTION, RUNS = "StemBridge", "connected"
  local DEFAULT_BARS = 8

  -- Returns what the companion is told, as a request; the settings that make no sense just now are left out.
  local function standing(number)
    local handle, file = reaper.EnumProjects(-1)
    local fine, bars = pcall(settings.bars, handle)
    local known, block = pcall(settings.block, handle)
    local place = project.ahead(handle, fine and bars or DEFAULT_BARS)
    local request = project.describe({ handle = handle, file = file }, place)
    local beat, plays = project.playhead(handle)
    request["do"] = "connect"
    request.position, request.playing = beat, plays and 1 or 0
    request.block = known and block or {}
    if fine then request.block.bars = bars end
    request.next, request.places = number, text.list({ "trigger", "playhead" })
    return request
  end

  -- Puts what was sent on the timeline of the project it lies in; returns a sentence for the user.
  local function bring(answer)
    if answer.state == "failed" then error({ sentence = answer.message }) end
    local wanted = project.owner(answer.takes[1].mix.file)
    if answer.place == "playhead" then
      answer.start = project.playhead(wanted.handle)
    elseif answer.place ~= "trigger" then
      error({ sentence = "REAPER has no scenes: send the take to its beat or to the playhead." })
    end
    local sentence = import.as_tracks(wanted, answer, "Stem Bridge: place a take")
    return table.concat({ sentence, table.unpack(answer.notices) }, " ")
  end

  -- Shows whether the action is on, in the action list and on a toolbar button.
  local function show_on(is_on)
    local _, _, section, command = reaper.get_action_context()
    reaper.SetToggleCommandState(section, command, is_on and 1 or 0)
    reaper.RefreshToolbar2(section, command)
  end

  local function run(id)
    local number, told, told_at, next_look, complaint = 1, nil, 0, 0, nil

    -- Says what is wrong once, however often it happens.
    local function complain(failure)
      local what = type(failure) == "table" and failure.sentence or tostring(failure)
      if what ~= complaint then job.say(job.sentence(failure)) end
      complaint = what
    end

    local function tell(folder, now)
      if told and now - told_at < TELL_S then return end
      local request = standing(number)
      local words = text.to_json(request)
      if words == told and now - told_at < HEARTBEAT_S then return end
      -- On Windows one that has not been taken yet stays in the way; the next one comes soon.
      mailbox.post(folder, id, request)
      told, told_at = words, now
    end

    -- Returns the answer called `name` if there is one, and takes it out of the way.
    local function fetch(folder, name)
      local lines = mailbox.answer(folder, name)
      if lines then mailbox.forget(folder, name) end
      return lines and read_answer(lines)
    end

    local function look(now)
      local folder = mailbox.find()
      if not folder then return end
      mailbox.show_life(folder)
      tell(folder, now)
      local refusal = fetch(folder, id)
      if refusal then complain({ sentence = "Stem Bridge does not hear REAPER: " .. refusal.message }) end
      local order = fetch(folder, id .. "-" .. number)
      if not order then return end
      number = number + 1
      local fine, result = pcall(bring, order)
      if fine then job.say(result, LINGER_S) else job.say(job.sentence(result)) end
    end

    local function step()
      if reaper.GetExtState(SECTION, RUNS) ~= id then return end
      local now = reaper.time_precise()
      if now >= next_look then
        next_look = now + LOOK_S
        local fine, failure = pcall(look, now)
        if not fine then complain(failure) end
      end
      reaper.defer(step)
    end
    step()
  end

  -- Stays connected, or ends it if it has been already.
  function line.toggle()
    if reaper.GetExtState(SECTION, RUNS) ~= "" then
      reaper.DeleteExtState(SECTION, RUNS, false)
      show_on(false)
      return job.say("No longer connected to Stem Bridge.", LINGER_S)
    end
    local id = mailbox.new_id()
    reaper.SetExtState(SECTION, RUNS, id, false)
    show_on(true)
    reaper.atexit(function()
      if reaper.GetExtState(SECTION, RUNS) ~= id then return end
      reaper.DeleteExtState(SECTION, RUNS, false)
      show_on(false)
    end)
    job.say("REAPER stays connected to Stem Bridge; the same action ends it.", LINGER_S)
    run(id)
  end

  return line
end
