-- What Ardour knows of a session: place, tempo map, meter, sample rate, metadata.
--
-- Positions are in ticks, 1920 to the quarter note, as Ardour counts. Everything here works without a window too.

return function(tempo)
  local session = {}
  local TICKS = tempo.TICKS_PER_BEAT
  local NEAR_TICKS = 20
  -- 8 renamed what bars and beats are asked with; 7's own name builds the same thing.
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

  -- Returns where new music goes, in ticks: the whole bars nearest to the loop range, else `bars` bars from the one
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

  -- Returns the tempo point that holds from a position on, and where it began. Asked for a tick later: at its very
  -- position 7 still answers with the one before.
  local function point_from(ticks)
    local point = map():tempo_at_beats(beats_of(ticks + 1))
    return point, ticks_of(point:to_point():beats())
  end

  -- Returns the tempo from a position on.
  local function bpm_from(ticks)
    local point, began = point_from(ticks)
    return began == ticks and point:to_tempo():quarter_notes_per_minute() or bpm_at(ticks)
  end

  -- Returns what `tempo.map` wants to know of the stretch from `start` to `stop`. Read from its end: Ardour tells the
  -- tempo that holds at a position and where that began.
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

  -- Returns the companion's tempo map of a place.
  function session.tempo_map(here)
    return tempo.map(sections(here.start, here.stop), (here.stop - here.start) / TICKS)
  end

  -- Returns the tempo at a position in quarter notes per minute, and the meter.
  function session.tempo_at(ticks)
    local meter = map():meter_at_beats(beats_of(ticks + 1))
    return typed(bpm_from(ticks)), math.tointeger(meter:divisions_per_bar()), math.tointeger(meter:note_value())
  end

  local MODES = {
    major = true, minor = true, dorian = true, phrygian = true, lydian = true, mixolydian = true, locrian = true,
  }
  local ENTITIES = { lt = "<", gt = ">", quot = '"', apos = "'", amp = "&" }

  -- Returns what the session's metadata say of key and genre, "" where they say nothing. Ardour's Lua cannot ask for
  -- them: they are read in the session's file, as it was saved last.
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

  -- Returns the key and genres in the metadata of the session's file.
  function session.saved(handle)
    local file = io.open(session.folder(handle) .. "/" .. handle:snap_name() .. ".ardour", "rb")
    if not file then return { key = "", genres = "" } end
    local text = file:read("a")
    file:close()
    return session.metadata(text)
  end

  return session
end
