-- Stem Bridge: repaints the part of the selected item inside the time selection, as a new take of the item.

local folder = select(2, reaper.get_action_context()):match("^.*[/\\]")
local bridge = dofile(folder .. "lib/stembridge.lua")(folder)

bridge.job.guard(function()
  local here = bridge.project.active()
  local handle = here.handle
  local item = reaper.CountSelectedMediaItems(handle) == 1 and reaper.GetSelectedMediaItem(handle, 0)
  local start, stop = bridge.project.time_selection(handle)
  local take = item and reaper.GetActiveTake(item)
  local source = take and reaper.GetMediaItemTake_Source(take)
  local file = source and reaper.GetMediaSourceFileName(source, "") or ""
  if file == "" or not start then
    error({ sentence = "Select one audio item, and mark the part of it that is to be new with the time selection." })
  end

  local position = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
  local offset = reaper.GetMediaItemTakeInfo_Value(take, "D_STARTOFFS")
  local rate = reaper.GetMediaItemTakeInfo_Value(take, "D_PLAYRATE")
  local length = reaper.GetMediaSourceLength(source)
  -- The new take is as long as the whole file, so that it is aligned with the item as the old one is.
  local first = position - offset / rate
  local function in_file(seconds) return math.min(math.max((seconds - first) * rate, 0), length) end
  local region = { in_file(start), in_file(stop) }
  if region[2] <= region[1] then error({ sentence = "The time selection does not touch the selected item." }) end

  local stem = bridge.tags.of(item, "stem") or "mix"
  -- Only this file is repainted: the mix that comes back is its new version.
  local request = bridge.project.describe(here, bridge.project.stretch(handle, math.max(first, 0), first + length / rate))
  request["do"] = "generate"
  request.block = bridge.settings.block(handle)
  request.block.task, request.block.source_audio = "repaint", file
  request.block.region = bridge.text.list(region)
  local targets = { { item = item, stem = stem, offset = offset, takes_mix = true } }
  bridge.job.run(request, function(reply) return bridge.import.as_takes(here, reply, targets) end)
end)
