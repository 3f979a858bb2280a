-- Puts the stems of a take on tracks: named, coloured, in one group, at the exact sample, as one undo step.

return function(session)
  local import = {}
  local GROUP = "Stem Bridge"
  local CHANNELS = 2

  -- A track of ours is known by its comment: its name is the user's to change.
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
    -- 9 keeps groups in shared pointers, of which nil is none.
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

  local function region_ids(track)
    local ids = {}
    for region in track:playlist():region_list():iter() do ids[region:to_stateful():id():to_s()] = region end
    return ids
  end

  -- Brings one file to a track; returns the region that has come to be, nil if none has.
  local function bring(track, path, sample)
    local before = region_ids(track)
    local files = C.StringVector()
    files:push_back(path)
    -- This is the one pair of modes that looks at the track it is given.
    Editor:do_import(
      files, Editing.ImportMergeFiles, Editing.ImportToTrack, ARDOUR.SrcQuality.SrcBest,
      ARDOUR.MidiTrackNameSource.SMFTrackName, ARDOUR.MidiTempoMapDisposition.SMFTempoIgnore,
      Temporal.timepos_t(sample), ARDOUR.PluginInfo(), track, false
    )
    for id, region in pairs(region_ids(track)) do
      if not before[id] then return region end
    end
    return nil
  end

  local function whole_length(take)
    return take.frames * Session:nominal_sample_rate() / take.sample_rate
  end

  local function bring_all(take, sample, title)
    local count, faults = 0, {}
    for _, stem in ipairs(take.stems) do
      local region = bring(find_track(stem) or add_track(stem), stem.path, sample)
      if not region then
        faults[#faults + 1] = stem.name .. " could not be imported"
      else
        count = count + 1
        region:set_name(stem.name .. " " .. title)
        if math.abs(region:length():samples() - whole_length(take)) > 1 then
          faults[#faults + 1] = stem.name .. " came in too short"
        elseif region:position():samples() ~= sample then
          faults[#faults + 1] = stem.name .. " came to another place"
        end
      end
    end
    return count, faults
  end

  -- Puts `take` (see take.lua) on tracks from a sample on and saves the session. `title` goes into the regions' names.
  -- Returns how many stems are there, and a sentence about those that are not ("" if all are).
  function import.place(take, sample, title)
    Session:begin_reversible_command("Stem Bridge: " .. title)
    local fine, count, faults = pcall(bring_all, take, sample, title)
    Session:commit_reversible_command(nil)
    if not fine then error(count, 0) end
    Editor:access_action("Common", "Save")
    return count, #faults == 0 and "" or table.concat(faults, ", ") .. "."
  end

  return import
end
