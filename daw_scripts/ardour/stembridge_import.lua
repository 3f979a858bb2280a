ardour {
  ["type"] = "EditorHook",
  name = "Stem Bridge: import",
  author = "Stem Bridge",
  license = "Apache-2.0",
  description = [[Puts finished takes of the Stem Bridge companion on tracks, and tells it this session's tempo, meter and playhead.]],
}

function signals ()
  return LuaSignal.Set ():add ({ [LuaSignal.LuaTimerDS] = true })
end

function factory ()
  local tick
  return function ()
    if not tick then
      local folder = ARDOUR.user_config_directory (-1) .. "/scripts/stembridge/"
      local library = loadfile and loadfile (folder .. "stembridge.lua")
      -- Without the library the hook does nothing; an error would make Ardour drop the hook until its next start.
      local fine, made = pcall (function () return library () (folder) end)
      tick = fine and made.tick or function () end
    end
    tick ()
  end
end
