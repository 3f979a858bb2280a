-- Puts the stems of a take on tracks: named, coloured, in one group, at the exact sample, as one undo step.

return function()
  local import = {}
  local GROUP = "Stem Bridge"
  local CHANNELS = 2
  -- The name of the undo step. Only after a step with this (English) name does Ardour extend the session's range, which
  -- exports use, to the new regions (libs/ardour/session.cc: playlist_region_added).
  local UNDO_STEP = "insert region"

  -- The comment that identifies a stem's track: the user may change its name.
  local function mark(stem)
    return "Stem Bridge: " .. stem.name
  end

  local function find_track(stem)
    for track in Session:get_tracks():iter() do
      if track:comment() == mark(stem) and not track:to_track():to_audio_track():isnil() then
        return track:to_track()
      end
    end
    return nil
  end

  local function find_group()
    for group in Session:route_groups():iter() do
      if group:name() == GROUP then return group end
    end
    local group = Session:new_route_group(GROUP)
    -- Each stem keeps its own level, mute, solo and colour.
    for _, name in ipairs({ "set_gain", "set_mute", "set_solo", "set_recenable", "set_select", "set_color" }) do
      group[name](group, false)
    end
    return group
  end

  local function no_group()
    -- Ardour 9 keeps groups in shared pointers, for which nil is no valid argument.
    local fine, none = pcall(function() return ARDOUR.RouteGroup() end)
    return fine and none or nil
  end

  local function add_track(stem)
    local arguments = {
      CHANNELS, CHANNELS, nil, 1, stem.name, ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, false, false,
    }
    local fine, tracks = pcall(function() return Session:new_audio_track(table.unpack(arguments, 1, 9)) end)
    if not fine then
      arguments[3] = no_group()
      tracks = Session:new_audio_track(table.unpack(arguments, 1, 9))
    end
    local track = tracks:front()
    track:set_comment(mark(stem), nil)
    track:presentation_info_ptr():set_color(tonumber((stem.color or "#b0bec5"):sub(2) .. "ff", 16))
    find_group():add(track)
    return track
  end

  local function known_regions()
    local known = {}
    for id, region in ARDOUR.RegionFactory.regions():iter() do known[id:to_s()] = region end
    return known
  end

  -- Copies a file into the session, resampled if necessary; returns its region, or nil. The region is on no track yet:
  -- importing onto a track would be a separate undo step.
  local function read_file(path)
    local before = known_regions()
    local files = C.StringVector()
    files:push_back(path)
    Editor:do_import(
      files, Editing.ImportMergeFiles, Editing.ImportAsRegion, ARDOUR.SrcQuality.SrcBest,
      ARDOUR.MidiTrackNameSource.SMFTrackName, ARDOUR.MidiTempoMapDisposition.SMFTempoIgnore,
      Temporal.timepos_t(0), ARDOUR.PluginInfo(), ARDOUR.Track(), false
    )
    for id, region in pairs(known_regions()) do
      if not before[id] then return region end
    end
    return nil
  end

  -- Puts a copy of a region on a track, and returns the copy.
  local function put(track, region, sample, name)
    local playlist = track:playlist()
    playlist:to_stateful():clear_changes()
    local copy = ARDOUR.RegionFactory.clone_region(region, true, false)
    copy:set_name(name)
    playlist:add_region(copy, Temporal.timepos_t(sample), 1, false)
    Session:add_stateful_diff_command(playlist:to_statefuldestructible())
    return copy
  end

  local function whole_length(take)
    return take.frames * Session:nominal_sample_rate() / take.sample_rate
  end

  local function read_files(take)
    local regions, faults = {}, {}
    for _, stem in ipairs(take.stems) do
      local region = read_file(stem.path)
      if not region then
        faults[#faults + 1] = stem.name .. " could not be imported"
      elseif math.abs(region:length():samples() - whole_length(take)) > 1 then
        faults[#faults + 1] = stem.name .. " came in too short"
      else
        regions[stem] = region
      end
    end
    return regions, faults
  end

  local function put_all(take, regions, sample)
    local count = 0
    for _, stem in ipairs(take.stems) do
      if regions[stem] then
        put(find_track(stem) or add_track(stem), regions[stem], sample, stem.name .. " " .. take.id)
        count = count + 1
      end
    end
    return count
  end

  -- Puts `take` (see take.lua) on tracks from a sample on and saves the session.
  -- Returns the number of stems placed, and a sentence about the missing ones ("" if there are none).
  function import.place(take, sample)
    local regions, faults = read_files(take)
    Session:begin_reversible_command(UNDO_STEP)
    local fine, count = pcall(put_all, take, regions, sample)
    Session:commit_reversible_command(nil)
    if not fine then error(count, 0) end
    Editor:access_action("Common", "Save")
    return count, #faults == 0 and "" or table.concat(faults, ", ") .. "."
  end

  return import
end
