-- Stem Bridge: stops the newest job of this REAPER.

local folder = select(2, reaper.get_action_context()):match("^.*[/\\]")
local bridge = dofile(folder .. "lib/stembridge.lua")(folder)

bridge.job.guard(bridge.job.cancel_newest)
