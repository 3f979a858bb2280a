ardour {
  ["type"] = "EditorAction",
  name = "Stem Bridge: generate",
  author = "Stem Bridge",
  license = "Apache-2.0",
  description = [[New stems for the loop range, or for some bars from the playhead, made by the Stem Bridge companion. The hook "Stem Bridge: import" puts them on tracks.]],
}

function factory ()
  return function ()
    local folder = ARDOUR.user_config_directory (-1) .. "/scripts/stembridge/"
    local library = loadfile and loadfile (folder .. "stembridge.lua")
    if library then return library () (folder).generate () end
    LuaDialog.Message ("Stem Bridge", "The files of Stem Bridge cannot be read at " .. folder .. ". In a terminal: stembridge daw install ardour. If they are there, switch off Preferences > Scripting > Sandbox all Lua Scripts.", LuaDialog.MessageType.Error, LuaDialog.ButtonType.Close):run ()
  end
end
