-- Imports finished takes into a project, as one undo step and without dialogs. The user's selection and the active
-- project tab stay as they are.

return function(project, settings, tags)
  local import = {}
  local BEATS_TIMEBASE = 1
  local CUSTOM_COLOR = 0x1000000
  local BUILD_MISSING_PEAKS = 40047

  -- Returns a function that REAPER 6.24 does not have, nil if this REAPER does not have it either.
  local function newer(name)
    return reaper[name]
  end

  local function native_color(hex)
    local red, green, blue = hex:match("^#(%x%x)(%x%x)(%x%x)$")
    if not red then return 0 end
    return reaper.ColorToNative(tonumber(red, 16), tonumber(green, 16), tonumber(blue, 16)) | CUSTOM_COLOR
  end

  local function build_peaks(handle, sources)
    local build = newer("PCM_Source_BuildPeaks")
    if not build then
      reaper.Main_OnCommandEx(BUILD_MISSING_PEAKS, 0, handle)
      return
    end
    for _, source in ipairs(sources) do
      if build(source, 0) ~= 0 then
        repeat local left = build(source, 1) until left == 0
        build(source, 2)
      end
    end
  end

  -- Opens the files that `pick` returns for each take. Returns the sources by take and stem name, the names of the
  -- missing files, and all sources as a list.
  local function open_sources(takes, pick)
    local opened, missing, all = {}, {}, {}
    for index, take in ipairs(takes) do
      opened[index] = {}
      for _, stem in ipairs(pick(take)) do
        local source = reaper.file_exists(stem.file) and reaper.PCM_Source_CreateFromFile(stem.file)
        if source then
          opened[index][stem.name], all[#all + 1] = source, source
        else
          missing[#missing + 1] = stem.file:match("[^/\\]+$")
        end
      end
    end
    return opened, missing, all
  end

  local function add_take(item, source, name, offset)
    local take = reaper.AddTakeToMediaItem(item)
    reaper.SetMediaItemTake_Source(take, source)
    reaper.GetSetMediaItemTakeInfo_String(take, "P_NAME", name, true)
    reaper.SetMediaItemTakeInfo_Value(take, "D_PLAYRATE", 1)
    reaper.SetMediaItemTakeInfo_Value(take, "B_PPITCH", 1)
    reaper.SetMediaItemTakeInfo_Value(take, "D_STARTOFFS", offset)
    return take
  end

  local function add_track(handle, name, depth, color)
    local index = reaper.CountTracks(handle)
    reaper.InsertTrackAtIndex(index, false)
    local track = reaper.GetTrack(handle, index)
    reaper.GetSetMediaTrackInfo_String(track, "P_NAME", name, true)
    reaper.SetMediaTrackInfo_Value(track, "I_FOLDERDEPTH", depth)
    reaper.SetMediaTrackInfo_Value(track, "I_CUSTOMCOLOR", color)
    reaper.SetMediaTrackInfo_Value(track, "D_VOL", 1) -- at unity gain the stems sum to the mix
    return track
  end

  local function add_item(track, seconds, source)
    local item = reaper.AddMediaItemToTrack(track)
    local length = reaper.GetMediaSourceLength(source)
    local values = {
      D_POSITION = seconds, D_LENGTH = length, B_LOOPSRC = 0, D_FADEINLEN = 0, D_FADEOUTLEN = 0, B_UISEL = 0,
      C_BEATATTACHMODE = BEATS_TIMEBASE,
    }
    for name, value in pairs(values) do reaper.SetMediaItemInfo_Value(item, name, value) end
    return item
  end

  -- Adds a take per variation to an item, each from `offset` seconds into its file, and makes the best one the active
  -- take; returns true if one was added.
  local function fill_item(item, takes, sources, stem, offset)
    local best
    for index, take in ipairs(takes) do
      local source = sources[index][stem]
      if source then
        local name = #takes > 1 and string.format("%s %d", stem, index) or stem
        local added = add_take(item, source, name, offset)
        if take.is_best or not best then best = added end
      end
    end
    if best then reaper.SetActiveTake(best) end
    return best ~= nil
  end

  local function remember_selection(handle)
    local selected = {}
    for index = 0, reaper.CountSelectedTracks(handle) - 1 do selected[reaper.GetSelectedTrack(handle, index)] = true end
    for index = 0, reaper.CountSelectedMediaItems(handle) - 1 do selected[reaper.GetSelectedMediaItem(handle, index)] = true end
    return selected
  end

  local function restore_selection(handle, selected)
    for index = 0, reaper.CountTracks(handle) - 1 do
      local track = reaper.GetTrack(handle, index)
      local wanted = selected[track] == true
      if reaper.IsTrackSelected(track) ~= wanted then reaper.SetTrackSelected(track, wanted) end
    end
    for index = 0, reaper.CountMediaItems(handle) - 1 do
      local item = reaper.GetMediaItem(handle, index)
      local wanted = selected[item] == true
      if reaper.IsMediaItemSelected(item) ~= wanted then reaper.SetMediaItemSelected(item, wanted) end
    end
  end

  -- Runs `change` as one undo step in a project, whether its tab is active or not; errors are raised at the end.
  local function as_one_step(handle, title, change)
    local front = reaper.EnumProjects(-1)
    -- REAPER inserts tracks into the active project only.
    if front ~= handle then reaper.SelectProjectInstance(handle) end
    local selected = remember_selection(handle)
    reaper.PreventUIRefresh(1)
    reaper.Undo_BeginBlock2(handle)
    local fine, result = pcall(change)
    restore_selection(handle, selected)
    reaper.Undo_EndBlock2(handle, title, -1)
    reaper.PreventUIRefresh(-1)
    if front ~= handle then reaper.SelectProjectInstance(front) end
    reaper.TrackList_AdjustWindows(false)
    reaper.UpdateArrange()
    if not fine then error(result, 0) end
    return result
  end

  local function stems_of(take)
    return take.stems
  end

  local function missing_sentence(missing)
    if #missing == 0 then return "" end
    return " Missing: " .. table.concat(missing, ", ") .. "."
  end

  local function style_of(folder)
    local words = folder:match("^%S+ %S+ (.+) %S+$")
    return words and "Stem Bridge: " .. words or "Stem Bridge"
  end

  local function open_project(owner)
    local handle = project.find(owner)
    if not handle then
      error({ sentence = "The project that this music is for is closed; the files lie in its folder StemBridge." })
    end
    return handle
  end

  -- Adds a folder track with a track for each stem, as an undo step named `title`; returns a sentence for the user.
  function import.as_tracks(owner, reply, title)
    local handle = open_project(owner)
    local sources, missing, all = open_sources(reply.takes, stems_of)
    if #all == 0 then error({ sentence = "No file of the take can be read." .. missing_sentence(missing) }) end
    local stems = {}
    for _, stem in ipairs(reply.takes[1].stems) do
      if sources[1][stem.name] then stems[#stems + 1] = stem end
    end
    as_one_step(handle, title, function()
      local seconds = reaper.TimeMap2_QNToTime(handle, reply.start)
      add_track(handle, style_of(reply.takes[1].folder), 1, native_color("#b0bec5"))
      for index, stem in ipairs(stems) do
        local color = native_color(stem.color)
        local track = add_track(handle, stem.name, index == #stems and -1 or 0, color)
        local item = add_item(track, seconds, sources[1][stem.name])
        fill_item(item, reply.takes, sources, stem.name, 0)
        tags.mark(item, reply.job, reply.job, stem.name)
        reaper.UpdateItemInProject(item)
      end
      build_peaks(handle, all)
      settings.remember(handle, reply.job)
    end)
    return string.format("%d stems are there.%s", #stems, missing_sentence(missing))
  end

  -- Returns the `targets` whose items still exist, and a function that picks the files they need from a take.
  local function existing_targets(handle, targets)
    local existing = {}
    for _, target in ipairs(targets) do
      if reaper.ValidatePtr2(handle, target.item, "MediaItem*") then existing[#existing + 1] = target end
    end
    return existing, function(take)
      local picked = {}
      for _, target in ipairs(existing) do
        if target.takes_mix then picked[#picked + 1] = { name = target.stem, file = take.mix.file } end
        for _, stem in ipairs(take.stems) do
          if stem.name == target.stem and not target.takes_mix then picked[#picked + 1] = stem end
        end
      end
      return picked
    end
  end

  -- Adds takes to existing items: `targets` are tables of item, stem, offset (seconds into the file) and takes_mix
  -- (true to add the mix instead of one stem). Returns a sentence for the user.
  function import.as_takes(owner, reply, targets)
    local handle = open_project(owner)
    local existing, pick = existing_targets(handle, targets)
    local sources, missing, all = open_sources(reply.takes, pick)
    local filled = 0
    if #all == 0 then error({ sentence = "No item is left to take the new takes." .. missing_sentence(missing) }) end
    as_one_step(handle, "Stem Bridge: new takes", function()
      for _, target in ipairs(existing) do
        if fill_item(target.item, reply.takes, sources, target.stem, target.offset) then
          filled = filled + 1
          tags.mark(target.item, tags.of(target.item, "group") or reply.job, reply.job, target.stem)
          reaper.UpdateItemInProject(target.item)
        end
      end
      build_peaks(handle, all)
    end)
    return string.format("New takes in %d items.%s", filled, missing_sentence(missing))
  end

  return import
end
