-- Reads the project for a request: place, tempo map, meter map, key, sample rate.

return function(text, settings, meters)
  local project = {}
  local NEAR_S = 1e-6
  local NEAR_BEATS = 0.01
  local NOTES = { "C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B" }
  -- Bit n of a scale stands for n semitones above its root.
  local MODES = {
    [0xAB5] = "major", [0x5AD] = "minor", [0x6AD] = "dorian", [0x5AB] = "phrygian",
    [0xAD5] = "lydian", [0x6B5] = "mixolydian", [0x56B] = "locrian",
  }

  -- Returns the project of the active tab.
  function project.active()
    local handle, file = reaper.EnumProjects(-1)
    return { handle = handle, file = file, name = settings.project_name(handle) }
  end

  -- Returns the current handle of a project, nil if it is closed. It may have been saved under another name since, or
  -- closed and opened again; a tab keeps its handle when another project is opened in it.
  function project.find(known)
    local index, found = 0, nil
    while true do
      local handle, file = reaper.EnumProjects(index)
      if not handle then return found end
      if handle == known.handle and settings.project_name(handle) == known.name then return handle end
      if known.file ~= "" and file == known.file then found = handle end
      index = index + 1
    end
  end

  -- Returns the open project whose folder contains a file, the active one preferred; the active one if none does.
  function project.owner(file)
    local front = project.active()
    local function has(handle, project_file)
      local folder = project_file ~= "" and project_file:match("^(.*)[/\\]") or reaper.GetProjectPathEx(handle)
      return file:sub(1, #folder) == folder and file:sub(#folder + 1, #folder + 1):match("[/\\]") ~= nil
    end
    if has(front.handle, front.file) then return front end
    local index = 0
    while true do
      local handle, project_file = reaper.EnumProjects(index)
      if not handle then return front end
      if has(handle, project_file) then
        return { handle = handle, file = project_file, name = settings.project_name(handle) }
      end
      index = index + 1
    end
  end

  -- Returns the beat of the play position, or of the edit cursor when stopped, and whether the project plays.
  function project.playhead(handle)
    local is_playing = reaper.GetPlayStateEx(handle) & 1 == 1
    local seconds = is_playing and reaper.GetPlayPositionEx(handle) or reaper.GetCursorPositionEx(handle)
    return reaper.TimeMap2_timeToQN(handle, seconds), is_playing
  end

  local function bar(handle, index)
    local seconds, first, last, numerator, denominator = reaper.TimeMap_GetMeasureInfo(handle, index)
    return { index = index, seconds = seconds, beat = first, end_beat = last, numerator = numerator, denominator = denominator }
  end

  local function bar_at(handle, seconds)
    local _, index = reaper.TimeMap2_timeToBeats(handle, seconds)
    return bar(handle, index)
  end

  -- Returns the bar that begins nearest to `seconds`.
  local function nearest_bar(handle, seconds)
    local here = bar_at(handle, seconds)
    local beat = reaper.TimeMap2_timeToQN(handle, seconds)
    if beat - here.beat > here.end_beat - beat then return bar(handle, here.index + 1) end
    return here
  end

  -- Returns the beat at `seconds`, snapped to a bar line less than NEAR_BEATS away.
  local function snapped_beat(handle, seconds)
    local beat = reaper.TimeMap2_timeToQN(handle, seconds)
    local near = nearest_bar(handle, seconds)
    if math.abs(near.beat - beat) < NEAR_BEATS then return near.beat end
    return beat
  end

  local function range(handle, beat, end_beat)
    return {
      beat = beat, end_beat = end_beat,
      seconds = reaper.TimeMap2_QNToTime(handle, beat), end_seconds = reaper.TimeMap2_QNToTime(handle, end_beat),
    }
  end

  -- Returns the whole bars nearest to a time range, at least one.
  local function bars_between(handle, start, stop)
    local first, last = nearest_bar(handle, start), nearest_bar(handle, stop)
    if last.index <= first.index then last = bar(handle, first.index + 1) end
    return range(handle, first.beat, last.beat)
  end

  local function selected_items_range(handle)
    local start, stop
    for index = 0, reaper.CountSelectedMediaItems(handle) - 1 do
      local item = reaper.GetSelectedMediaItem(handle, index)
      local position = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
      local ends = position + reaper.GetMediaItemInfo_Value(item, "D_LENGTH")
      start, stop = math.min(start or position, position), math.max(stop or ends, ends)
    end
    return start, stop
  end

  -- Returns the time selection in seconds, nil if there is none.
  function project.time_selection(handle)
    local start, stop = reaper.GetSet_LoopTimeRange2(handle, false, false, 0, 0, false)
    if stop - start > NEAR_S then return start, stop end
    return nil
  end

  -- Returns the place for new music: the time selection in whole bars, else (with_items) the selected items, else
  -- `bars` bars from the bar at the cursor.
  function project.place(handle, bars, with_items)
    local start, stop = project.time_selection(handle)
    if not start and with_items then start, stop = selected_items_range(handle) end
    if start then return bars_between(handle, start, stop) end
    local cursor = reaper.GetCursorPositionEx(handle)
    local first = bar_at(handle, cursor)
    if first.end_beat - reaper.TimeMap2_timeToQN(handle, cursor) < NEAR_BEATS then first = bar(handle, first.index + 1) end
    return range(handle, first.beat, bar(handle, first.index + bars).beat)
  end

  -- Returns the place from the cursor on that is as long as the bar there times `bars`.
  function project.ahead(handle, bars)
    local seconds = reaper.GetCursorPositionEx(handle)
    local here, beat = bar_at(handle, seconds), snapped_beat(handle, seconds)
    return range(handle, beat, beat + bars * (here.end_beat - here.beat))
  end

  -- Returns the place of existing music, its ends snapped to bar lines that are very near.
  function project.stretch(handle, start, stop)
    return range(handle, snapped_beat(handle, start), snapped_beat(handle, stop))
  end

  -- Returns the tempo at `seconds` in quarter notes per minute, and the meter.
  local function tempo_at(handle, seconds)
    local numerator, denominator, bpm = reaper.TimeMap_GetTimeSigAtTime(handle, seconds)
    return bpm, numerator, denominator
  end

  -- Returns the tempo markers of the project: seconds, and ramp (true if the tempo moves linearly to the next).
  local function markers(handle)
    local found = {}
    for index = 0, reaper.CountTempoTimeSigMarkers(handle) - 1 do
      local _, seconds, _, _, _, _, _, ramp = reaper.GetTempoTimeSigMarker(handle, index)
      found[#found + 1] = { seconds = seconds, ramp = ramp }
    end
    return found
  end

  -- Returns the tempo map of a place, with beats counted from its start.
  function project.tempo_map(handle, place)
    local first = { beat = 0, bpm = tempo_at(handle, place.seconds), ramp = false }
    local points, at_end = text.list({ first }), place.end_seconds
    for _, marker in ipairs(markers(handle)) do
      -- The tempo is read at the marker itself: the place's start may be rounded to just before it.
      if marker.seconds <= place.seconds + NEAR_S then
        first.ramp = marker.ramp
        first.bpm = tempo_at(handle, math.max(marker.seconds, place.seconds))
      elseif marker.seconds < place.end_seconds - NEAR_S then
        local beat = reaper.TimeMap2_timeToQN(handle, marker.seconds) - place.beat
        points[#points + 1] = { beat = beat, bpm = tempo_at(handle, marker.seconds), ramp = marker.ramp }
      elseif marker.seconds <= place.end_seconds + NEAR_S then
        at_end = marker.seconds
      end
    end
    if points[#points].ramp then
      points[#points + 1] = { beat = place.end_beat - place.beat, bpm = tempo_at(handle, at_end), ramp = false }
    end
    return points
  end

  -- Returns the meter map of a place, nil if its meter does not change.
  function project.meter_map(handle, place)
    local bars, found = {}, bar_at(handle, place.seconds + NEAR_S)
    repeat
      found.beat, found.end_beat = found.beat - place.beat, found.end_beat - place.beat
      bars[#bars + 1] = found
      found = bar(handle, found.index + 1)
    until found.beat >= place.end_beat - NEAR_BEATS
    local points = meters.map(bars, place.end_beat - place.beat)
    return points and #points > 1 and text.list(points) or nil
  end

  local function sample_rate(handle)
    if reaper.GetSetProjectInfo(handle, "PROJECT_SRATE_USE", 0, false) == 1 then
      return math.floor(reaper.GetSetProjectInfo(handle, "PROJECT_SRATE", 0, false) + 0.5)
    end
    local known, rate = reaper.GetAudioDeviceInfo("SRATE", "")
    return known and math.tointeger(tonumber(rate)) or 48000
  end

  -- Returns the key of the scale that the MIDI editor shows, "" if it shows none or one without a name here.
  local function editor_key()
    local editor = reaper.MIDIEditor_GetActive()
    local take = editor and reaper.MIDIEditor_GetTake(editor)
    if not take or reaper.MIDIEditor_GetSetting_int(editor, "scale_enabled") ~= 1 then return "" end
    local known, root, scale = reaper.MIDI_GetScale(take)
    local mode = known and MODES[scale & 0xFFF]
    return mode and NOTES[root % 12 + 1] .. " " .. mode or ""
  end

  -- Returns the keys of a request that describe the project.
  function project.describe(owner, place)
    local handle = owner.handle
    local points = project.tempo_map(handle, place)
    local _, numerator, denominator = tempo_at(handle, place.seconds + NEAR_S)
    local cursor = reaper.GetCursorPositionEx(handle)
    local key = settings.read(handle).key
    if key == "" then key = editor_key() end
    if key == "" then key = nil end -- not told: the companion keeps what it knows
    local media = reaper.GetProjectPathEx(handle)
    -- REAPER creates the media folder of an unsaved project only when it records something.
    if owner.file == "" then reaper.RecursiveCreateDirectory(media, 0) end
    return {
      project = { file = owner.file, media = media },
      start_beat = place.beat, start_seconds = place.seconds, end_beat = place.end_beat, end_seconds = place.end_seconds,
      tempo = points[1].bpm, tempo_map = #points > 1 and points or text.list({}),
      time_signature = string.format("%d/%d", numerator, denominator), meter_map = project.meter_map(handle, place),
      key = key, sample_rate = sample_rate(handle), position = reaper.TimeMap2_timeToQN(handle, cursor),
    }
  end

  return project
end
