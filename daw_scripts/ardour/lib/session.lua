-- Reads a session for a request: place, tempo map, meter map, sample rate, metadata.
--
-- Positions are in Ardour's ticks, 1920 per quarter note. All functions work without a window too.

return function(tempo, meters)
  local session = {}
  local TICKS = tempo.TICKS_PER_BEAT
  local NEAR_TICKS = 20
  -- The type for a bar and beat; Ardour 7 has it under the second name.
  local bbt = Temporal.BBT_Argument or Temporal.BBT_TIME

  local function map()
    return Temporal.TempoMap.read()
  end

  local function ticks_of(beats)
    local whole, rest = beats:str():match("^(-?%d+):(-?%d+)$")
    return math.tointeger(tonumber(whole)) * TICKS + math.tointeger(tonumber(rest))
  end

  local function beats_of(ticks)
    return Temporal.Beats.ticks(ticks)
  end

  -- Returns the sample at a position.
  function session.sample_at(ticks)
    return map():sample_at_beats(beats_of(ticks))
  end

  -- Returns the position of a sample.
  function session.ticks_at(sample)
    return ticks_of(map():quarters_at_sample(sample))
  end

  -- Returns the position where the bar with this number begins (the first is 1).
  function session.bar_start(bar)
    return ticks_of(map():quarters_at_bbt(bbt(bar, 1, 0)))
  end

  -- Returns the number of the bar at a position.
  function session.bar_at(ticks)
    return map():bbt_at_beats(beats_of(ticks)).bars
  end

  -- Returns the number of the bar that begins nearest to a position.
  local function nearest_bar(ticks)
    local bar = session.bar_at(ticks)
    if ticks - session.bar_start(bar) > session.bar_start(bar + 1) - ticks then return bar + 1 end
    return bar
  end

  local function place(first, last)
    return { start = session.bar_start(first), stop = session.bar_start(last) }
  end

  -- Returns the place for new music, in ticks: the whole bars nearest to the loop range, else `bars` bars from the bar
  -- at the playhead.
  function session.place(handle, bars)
    local loop = handle:locations():auto_loop_location()
    if loop then
      local first = nearest_bar(session.ticks_at(loop:start():samples()))
      local last = nearest_bar(session.ticks_at(loop:_end():samples()))
      return place(first, math.max(last, first + 1))
    end
    local first = session.bar_at(session.ticks_at(handle:transport_sample()) + NEAR_TICKS)
    return place(first, first + bars)
  end

  local function bpm_at(ticks)
    return map():quarters_per_minute_at(Temporal.timepos_t.from_ticks(ticks))
  end

  local function typed(bpm)
    return tempo.typed(bpm, Temporal.superclock_ticks_per_second())
  end

  -- Returns the tempo point in force from a position on, and its own position. Read one tick later: exactly at a tempo
  -- point Ardour 7 still returns the one before.
  local function point_from(ticks)
    local point = map():tempo_at_beats(beats_of(ticks + 1))
    return point, ticks_of(point:to_point():beats())
  end

  -- Returns the tempo from a position on.
  local function bpm_from(ticks)
    local point, began = point_from(ticks)
    return began == ticks and point:to_tempo():quarter_notes_per_minute() or bpm_at(ticks)
  end

  -- Returns the `sections` for `tempo.map` from `start` to `stop`. Built from the end: Ardour returns the tempo at a
  -- position and where that tempo began.
  local function sections(start, stop)
    local found, ends = {}, stop
    repeat
      local _, began = point_from(ends - 2)
      local from = math.max(began, start)
      local bpm, last = bpm_from(from), bpm_at(ends - 1)
      local is_ramp = math.abs(last - bpm) > 1e-9 * bpm
      table.insert(found, 1, {
        beat = (from - start) / TICKS,
        bpm = is_ramp and bpm or typed(bpm),
        end_bpm = is_ramp and last or typed(bpm),
      })
      ends = from
    until ends <= start
    return found
  end

  -- Returns the tempo map of a place, in the companion's form.
  function session.tempo_map(range)
    return tempo.map(sections(range.start, range.stop), (range.stop - range.start) / TICKS)
  end

  local function meter_at(ticks)
    local meter = map():meter_at_beats(beats_of(ticks + 1))
    return math.tointeger(meter:divisions_per_bar()), math.tointeger(meter:note_value())
  end

  -- Returns the tempo at a position in quarter notes per minute, and the meter.
  function session.tempo_at(ticks)
    return typed(bpm_from(ticks)), meter_at(ticks)
  end

  -- Returns the meter map of a place, in the companion's form, and its number of bars; nil if it has no such map.
  function session.meter_map(range)
    local bars, number = {}, session.bar_at(range.start)
    local at = session.bar_start(number)
    repeat
      local ends = session.bar_start(number + 1)
      local numerator, denominator = meter_at(at)
      bars[#bars + 1] = {
        beat = (at - range.start) / TICKS, end_beat = (ends - range.start) / TICKS,
        numerator = numerator, denominator = denominator,
      }
      number, at = number + 1, ends
    until at >= range.stop
    return meters.map(bars, (range.stop - range.start) / TICKS)
  end

  local MODES = {
    major = true, minor = true, dorian = true, phrygian = true, lydian = true, mixolydian = true, locrian = true,
  }
  local ENTITIES = { lt = "<", gt = ">", quot = '"', apos = "'", amp = "&" }

  -- Returns key and genres from the metadata in a session file's text, "" for missing ones. Ardour's Lua has no access
  -- to the metadata, so the session's file is read, as it was last saved.
  function session.metadata(text)
    local data = text:match("<Metadata>(.-)</Metadata>") or ""
    local function plain(xml)
      return (xml:gsub("<[^>]*>", " "):gsub("&(%a+);", ENTITIES):gsub("^%s+", ""):gsub("%s+$", ""))
    end
    local note, gap, mode = plain(data):match("%f[%a][Kk][Ee][Yy]%s*[:=]%s*([A-Ga-g][#b]?m?)(%s*)(%a*)")
    local key = ""
    if note and MODES[mode:lower()] then
      key = note .. " " .. mode
    elseif note and (gap ~= "" or mode == "") then
      key = note
    end
    return { key = key, genres = plain(data:match("<genre>(.-)</genre>") or "") }
  end

  -- Returns the session's folder without a slash at its end.
  function session.folder(handle)
    return (handle:path():gsub("(.)[/\\]+$", "%1"))
  end

  -- Returns key and genres from the metadata in the session's file.
  function session.saved_metadata(handle)
    local file = io.open(session.folder(handle) .. "/" .. handle:snap_name() .. ".ardour", "rb")
    if not file then return { key = "", genres = "" } end
    local text = file:read("a")
    file:close()
    return session.metadata(text)
  end

  return session
end
