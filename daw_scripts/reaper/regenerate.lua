-- Stem Bridge: regenerates the selected music (or the newest), as new takes in the same items.

local folder = select(2, reaper.get_action_context()):match("^.*[/\\]")
local bridge = dofile(folder .. "lib/stembridge.lua")(folder)

bridge.job.guard(function()
  local here = bridge.project.active()
  local handle, tags = here.handle, bridge.tags
  local like = tags.selected(handle)
  local group = like and tags.of(like, "group") or bridge.settings.last(handle)
  local items = group and tags.items(handle, group, like) or {}
  if #items == 0 then error({ sentence = "Select an item that Stem Bridge has made; there is none in this project." }) end

  local start = reaper.GetMediaItemInfo_Value(items[1], "D_POSITION")
  local stop = start + reaper.GetMediaItemInfo_Value(items[1], "D_LENGTH")
  local request = bridge.project.describe(here, bridge.project.stretch(handle, start, stop))
  request["do"] = "regenerate"
  request.job = tags.of(items[1], "job")
  request.block = { variations = bridge.settings.block(handle).variations }

  local targets = {}
  for index, item in ipairs(items) do targets[index] = { item = item, stem = tags.of(item, "stem"), offset = 0 } end
  bridge.job.run(request, function(reply) return bridge.import.as_takes(here, reply, targets) end)
end)
