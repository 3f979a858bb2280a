-- Stem Bridge: asks for genres, lyrics, bars and so on, and keeps them in the project.

local folder = select(2, reaper.get_action_context()):match("^.*[/\\]")
local bridge = dofile(folder .. "lib/stembridge.lua")(folder)

bridge.job.guard(function() bridge.settings.ask((reaper.EnumProjects(-1))) end)
