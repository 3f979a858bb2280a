-- Stem Bridge: stays connected to the companion until it is started once more.

local folder = select(2, reaper.get_action_context()):match("^.*[/\\]")
local bridge = dofile(folder .. "lib/stembridge.lua")(folder)

bridge.job.guard(bridge.line.toggle)
