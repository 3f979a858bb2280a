-- The hook, ten times a second: tells the companion how the session stands, and does what comes back.

return function(session, companion, take, import, say)
  local hook = {}
  local LOOK_TICKS, LIFE_TICKS, STATE_TICKS = 2, 10, 20
  local ticks, busy, told, known = 0, false, {}, nil

  -- Sends what has changed, or everything when `all` is true.
  local function tell(to, folder, all)
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
      if all or told[path] ~= words then
        companion.send(to, path, table.unpack(values))
        told[path] = words
      end
    end
  end

  local function where_to(where, beat)
    if where == "playhead" then return Session:transport_sample() end
    if where == "trigger" then return session.sample_at(math.floor(beat * 1920 + 0.5)) end
    error({ sentence = "Ardour has no scenes that a take could go to; send it to its own bar or to the playhead." })
  end

  -- Brings a take in; says and tells the companion what has become of it.
  local function bring(to, manifest, where)
    local fine, count, problem = pcall(function()
      local found = take.read(manifest)
      return import.place(found, where_to(where, found.start_beat))
    end)
    if not fine then count, problem = 0, say.sentence(count) end
    companion.send(to, "/take/placed", manifest, count, problem)
    if problem ~= "" then say.show(problem) end
  end

  local function act(to, message)
    local address = message[1]
    if address == "/job/done" then
      bring(to, message[3], "trigger")
    elseif address == "/take/place" then
      bring(to, message[2], message[3])
    elseif address == "/job/failed" then
      say.show(message[3])
    elseif address == "/error" then
      say.show(message[2])
    end
  end

  local function look()
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
    if is_new or ticks % LIFE_TICKS == 0 then companion.show_life(to, folder) end
    tell(to, folder, is_new or ticks % STATE_TICKS == 0)
    for _, message in ipairs(companion.news(to, box)) do act(to, message) end
  end

  -- Importing and sentences let Ardour's own loop run: the hook is called while it still works.
  function hook.tick()
    ticks = ticks + 1
    if busy or ticks % LOOK_TICKS ~= 0 then return end
    busy = true
    say.guard(look)
    busy = false
  end

  return hook
end
