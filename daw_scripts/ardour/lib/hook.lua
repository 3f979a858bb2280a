-- The hook, called ten times a second: reports the session's state to the companion, and handles its messages.

return function(session, companion, take, import, say)
  local hook = {}
  local POLL_TICKS, HEARTBEAT_TICKS, STATE_TICKS = 2, 10, 20
  local ticks, is_busy, sent, known = 0, false, {}, nil

  -- Sends the values that have changed, or all when `all` is true.
  local function send_state(to, folder, all)
    local sample = Session:transport_sample()
    local at = session.ticks_at(sample)
    local bpm, numerator, denominator = session.tempo_at(at)
    local state = {
      ["/project"] = { folder, Session:snap_name() },
      ["/tempo"] = { bpm },
      ["/timesig"] = { numerator, denominator },
      ["/position"] = { at / 1920 },
      ["/playing"] = { Session:transport_rolling() and 1 or 0 },
    }
    for path, values in pairs(state) do
      local words = table.concat(values, "\t")
      if all or sent[path] ~= words then
        companion.send(to, path, table.unpack(values))
        sent[path] = words
      end
    end
  end

  -- Returns the sample at which a take begins.
  local function target_sample(where, beat)
    if where == "playhead" then return Session:transport_sample() end
    if where == "trigger" then return session.sample_at(math.floor(beat * 1920 + 0.5)) end
    error({ sentence = "Ardour has no scenes that a take could go to; send it to its own bar or to the playhead." })
  end

  -- Imports a take, and reports the result to the companion and, on problems, to the user.
  local function import_take(to, manifest, where)
    local fine, count, problem = pcall(function()
      local found = take.read(manifest)
      return import.place(found, target_sample(where, found.start_beat))
    end)
    if not fine then count, problem = 0, say.sentence(count) end
    companion.send(to, "/take/placed", manifest, count, problem)
    if problem ~= "" then say.show(problem) end
  end

  local function handle(to, message)
    local address = message[1]
    if address == "/job/done" then
      import_take(to, message[3], "trigger")
    elseif address == "/take/place" then
      import_take(to, message[2], message[3])
    elseif address == "/job/failed" then
      say.show(message[3])
    elseif address == "/error" then
      say.show(message[2])
    end
  end

  local function poll()
    local to = companion.find()
    if not to then
      known = nil
      return
    end
    local folder = session.folder(Session)
    local box = companion.box(folder)
    local is_new = known ~= to.pid .. box
    if is_new then
      known = to.pid .. box
      companion.hello(to, box)
    end
    if is_new or ticks % HEARTBEAT_TICKS == 0 then companion.write_heartbeat(to, folder) end
    send_state(to, folder, is_new or ticks % STATE_TICKS == 0)
    for _, message in ipairs(companion.unread_messages(to, box)) do handle(to, message) end
  end

  -- Imports and dialogs run Ardour's event loop, which calls the hook again while it is still busy.
  function hook.tick()
    ticks = ticks + 1
    if is_busy or ticks % POLL_TICKS ~= 0 then return end
    is_busy = true
    say.guard(poll)
    is_busy = false
  end

  return hook
end
