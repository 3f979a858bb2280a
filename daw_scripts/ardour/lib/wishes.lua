-- The actions generate, regenerate and settings: send requests with the session's tempo, meter and place.

return function(home, text, session, settings, companion, say)
  local actions = {}
  local MAX_REQUEST_BYTES = 60000 -- one UDP packet holds 65507 bytes, with its OSC address and the rest

  local function find_companion()
    local to = companion.find()
    if to then return to end
    error({ sentence = "Stem Bridge does not run. Start its window or, in a terminal: " .. home.launch })
  end

  -- Returns the parameter block of a request for a place, in the form of the companion's /generate.
  local function request_block(place, values)
    local bpm, numerator, denominator = session.tempo_at(place.start)
    local points = session.tempo_map(place)
    local beats = (place.stop - place.start) / 1920
    local block = {
      start_beat = place.start / 1920, start_seconds = session.sample_at(place.start) / Session:nominal_sample_rate(),
      bars = beats * denominator / (4 * numerator), time_signature = numerator .. "/" .. denominator,
      sample_rate = math.tointeger(Session:nominal_sample_rate()),
    }
    if #points > 1 then
      block.tempo_map = text.list(points)
    else
      block.tempo = bpm
    end
    local meters, bars = session.meter_map(place)
    if meters and #meters > 1 then
      block.meter_map, block.bars = text.list(meters), bars
    end
    local saved = session.saved_metadata(Session)
    if values.key == "" then values.key = saved.key end
    if values.genres == "" and values.preset == "" then values.genres = saved.genres end
    for _, name in ipairs({ "genres", "key", "preset" }) do
      if values[name] ~= "" then block[name] = values[name] end
    end
    if values.lyrics ~= "" then block.lyrics = values.lyrics:gsub("%s*|%s*", "\n") end
    return block
  end

  local function send(to, place, block)
    local folder = session.folder(Session)
    local box, json = companion.box(folder), text.to_json(block)
    if #json > MAX_REQUEST_BYTES then
      error({ sentence = "The tempo changes too often there for one request; take a shorter stretch." })
    end
    companion.hello(to, box)
    companion.send(to, "/project", folder, Session:snap_name())
    companion.send(to, "/generate", json)
    companion.remember_place(to, box, place)
    if not companion.is_hook_running(to) then
      say.show("The music is being made, but nothing will bring it in: add the hook “Stem Bridge: import” in Edit > Lua Scripts > Script Manager > Action Hooks.")
    end
  end

  -- The action “generate”: the loop range, or some bars from the playhead.
  function actions.generate()
    say.guard(function()
      local to, values = find_companion(), settings.read(Session)
      local place = session.place(Session, settings.bars(values))
      send(to, place, request_block(place, values))
    end)
  end

  -- The action “regenerate”: the place of the last request, with the current tempo and meter and a new seed.
  function actions.regenerate()
    say.guard(function()
      local to, values = find_companion(), settings.read(Session)
      local place = companion.last_place(to, companion.box(session.folder(Session)))
      if not place then error({ sentence = "Nothing has been generated in this session yet." }) end
      send(to, place, request_block(place, values))
    end)
  end

  -- The action “settings”.
  function actions.ask_settings()
    say.guard(function() settings.ask(Session) end)
  end

  return actions
end
