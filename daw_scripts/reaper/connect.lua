-- Stem Bridge: keeps REAPER connected to the companion; started once more, it disconnects.

local folder = select(2, reaper.get_action_context()):match("^.*[/\\]")
local bridge = dofile(folder .. "lib/stembridge.lua")(folder)

bridge.job.guard(bridge.live_link.toggle)
