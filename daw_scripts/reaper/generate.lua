-- Stem Bridge: generates music in the time selection, or for some bars from the cursor, as a folder of tracks.

local folder = select(2, reaper.get_action_context()):match("^.*[/\\]")
local bridge = dofile(folder .. "lib/stembridge.lua")(folder)

bridge.job.guard(function()
  local here = bridge.project.active()
  local place = bridge.project.place(here.handle, bridge.settings.bars(here.handle), false)
  local request = bridge.project.describe(here, place)
  request["do"] = "generate"
  request.block = bridge.settings.block(here.handle)
  bridge.job.run(request, function(reply) return bridge.import.as_tracks(here, reply, "Stem Bridge: generate") end)
end)
