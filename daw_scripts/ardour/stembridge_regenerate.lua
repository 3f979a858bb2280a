ardour {
  ["type"] = "EditorAction",
  name = "Stem Bridge: regenerate",
  author = "Stem Bridge",
  license = "Apache-2.0",
  description = [[Other stems in the place of the last ones of this session: same bars, tempo and meter of now, a new seed.]],
}

function factory ()
  return function ()
    local folder = ARDOUR.user_config_directory (-1) .. "/scripts/stembridge/"
    local library = loadfile and loadfile (folder .. "stembridge.lua")
    if library then return library () (folder).regenerate () end
    LuaDialog.Message ("Stem Bridge", "The files of Stem Bridge cannot be read at " .. folder .. ". In a terminal: stembridge daw install ardour. If they are there, switch off Preferences > Scripting > Sandbox all Lua Scripts.", LuaDialog.MessageType.Error, LuaDialog.ButtonType.Close):run ()
  end
end
