-- The live link: reports the state of the active project to the companion, and imports takes that are sent to REAPER.

return function(text, settings, project, mailbox, read_reply, import, job)
  local live_link = {}
  local POLL_S, STATE_S, RESEND_S, LINGER_S = 0.2, 1, 5, 3
  local SECTION, LINK_ID = "StemBridge", "connected"
  local DEFAULT_BARS = 8

  -- Returns the project's state as a request; invalid settings are left out. `number` is that of the next order from
  -- the companion to REAPER.
  local function state_request(number)
    local handle, file = reaper.EnumProjects(-1)
    local has_bars, bars = pcall(settings.bars, handle)
    local has_block, block = pcall(settings.block, handle)
    local place = project.ahead(handle, has_bars and bars or DEFAULT_BARS)
    local request = project.describe({ handle = handle, file = file }, place)
    local beat, plays = project.playhead(handle)
    request["do"] = "connect"
    request.position, request.playing = beat, plays and 1 or 0
    request.block = has_block and block or {}
    if has_bars then request.block.bars = bars end
    request.next, request.places = number, text.list({ "trigger", "playhead" })
    return request
  end

  -- Imports a take into the project whose folder it lies in; returns a sentence for the user.
  local function import_order(order)
    if order.state == "failed" then error({ sentence = order.message }) end
    local owner = project.owner(order.takes[1].mix.file)
    if order.place == "playhead" then
      order.start = project.playhead(owner.handle)
    elseif order.place ~= "trigger" then
      error({ sentence = "REAPER has no scenes: send the take to its beat or to the playhead." })
    end
    local sentence = import.as_tracks(owner, order, "Stem Bridge: place a take")
    return table.concat({ sentence, table.unpack(order.notices) }, " ")
  end

  -- Shows whether the action is on, in the action list and on a toolbar button.
  local function show_on(is_on)
    local _, _, section, command = reaper.get_action_context()
    reaper.SetToggleCommandState(section, command, is_on and 1 or 0)
    reaper.RefreshToolbar2(section, command)
  end

  local function run(id)
    local number, sent, sent_at, next_poll, complaint = 1, nil, 0, 0, nil

    -- Shows an error once, however often it repeats.
    local function complain(failure)
      local what = type(failure) == "table" and failure.sentence or tostring(failure)
      if what ~= complaint then job.say(job.sentence(failure)) end
      complaint = what
    end

    -- Sends the state when it has changed, at most every STATE_S; an unchanged one every RESEND_S.
    local function send_state(folder, now)
      if sent and now - sent_at < STATE_S then return end
      local request = state_request(number)
      local json = text.to_json(request)
      if json == sent and now - sent_at < RESEND_S then return end
      -- On Windows this fails while the request before it has not been read; the next one follows soon.
      mailbox.post(folder, id, request)
      sent, sent_at = json, now
    end

    -- Returns the reply named `name` and deletes its file, nil if there is none.
    local function fetch(folder, name)
      local lines = mailbox.reply(folder, name)
      if lines then mailbox.forget(folder, name) end
      return lines and read_reply(lines)
    end

    local function poll(now)
      local folder = mailbox.find()
      if not folder then return end
      mailbox.write_heartbeat(folder)
      send_state(folder, now)
      local refusal = fetch(folder, id)
      if refusal then complain({ sentence = "Stem Bridge does not hear REAPER: " .. refusal.message }) end
      local order = fetch(folder, id .. "-" .. number)
      if not order then return end
      number = number + 1
      local fine, result = pcall(import_order, order)
      if fine then job.say(result, LINGER_S) else job.say(job.sentence(result)) end
    end

    local function step()
      if reaper.GetExtState(SECTION, LINK_ID) ~= id then return end
      local now = reaper.time_precise()
      if now >= next_poll then
        next_poll = now + POLL_S
        local fine, failure = pcall(poll, now)
        if not fine then complain(failure) end
      end
      reaper.defer(step)
    end
    step()
  end

  -- Connects, or disconnects if the link is on already.
  function live_link.toggle()
    if reaper.GetExtState(SECTION, LINK_ID) ~= "" then
      reaper.DeleteExtState(SECTION, LINK_ID, false)
      show_on(false)
      return job.say("No longer connected to Stem Bridge.", LINGER_S)
    end
    local id = mailbox.new_id()
    reaper.SetExtState(SECTION, LINK_ID, id, false)
    show_on(true)
    reaper.atexit(function()
      if reaper.GetExtState(SECTION, LINK_ID) ~= id then return end
      reaper.DeleteExtState(SECTION, LINK_ID, false)
      show_on(false)
    end)
    job.say("REAPER stays connected to Stem Bridge; the same action ends it.", LINGER_S)
    run(id)
  end

  return live_link
end
