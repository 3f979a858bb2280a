-- The user's settings for a project; kept in the project's own file.

return function(text)
  local settings = {}
  local SECTION = "StemBridge"
  -- Name, caption, default. A line break of the lyrics is typed as |.
  local FIELDS = {
    { "genres", "Genres, instruments, mood", "" },
    { "lyrics", "Lyrics (| = new line)", "" },
    { "bars", "Bars, without a time selection", "8" },
    { "preset", "Preset", "" },
    { "stems", "Stems (drums, bass, … or auto)", "auto" },
    { "key", "Key (empty = MIDI editor's)", "" },
    { "variations", "Variations, 1–8", "1" },
    { "part", "Part to add", "" },
  }

  -- Returns all settings of a project as text.
  function settings.read(handle)
    local values = {}
    for _, field in ipairs(FIELDS) do
      local found, value = reaper.GetProjExtState(handle, SECTION, field[1])
      values[field[1]] = found > 0 and value or field[3]
    end
    return values
  end

  -- Asks the user, and keeps the answers; returns false if the user cancels.
  function settings.ask(handle)
    local values, captions, answers = settings.read(handle), {}, {}
    for index, field in ipairs(FIELDS) do
      captions[index], answers[index] = field[2]:gsub(",", ";"), values[field[1]]
    end
    -- Genres have commas in them: the answers are separated by line breaks.
    local extra = "extrawidth=320,separator=\n"
    local agreed, typed = reaper.GetUserInputs(
      "Stem Bridge", #FIELDS, table.concat(captions, ",") .. "," .. extra, table.concat(answers, "\n")
    )
    if not agreed then return false end
    local index = 0
    for value in (typed .. "\n"):gmatch("([^\n]*)\n") do
      index = index + 1
      if FIELDS[index] then reaper.SetProjExtState(handle, SECTION, FIELDS[index][1], value) end
    end
    return true
  end

  local function whole_number(values, name, low)
    local number = math.tointeger(tonumber(values[name]))
    if not number or number < low then
      error({ sentence = string.format("%s must be a whole number from %d, not “%s”: see Stem Bridge's settings.", name, low, values[name]) })
    end
    return number
  end

  -- Returns the number of bars for a place without a selection.
  function settings.bars(handle)
    return whole_number(settings.read(handle), "bars", 1)
  end

  -- Returns the settings as keys of the parameter block.
  function settings.block(handle)
    local values = settings.read(handle)
    local block = { variations = whole_number(values, "variations", 1) }
    for _, name in ipairs({ "genres", "preset" }) do
      if values[name] ~= "" then block[name] = values[name] end
    end
    if values.lyrics ~= "" then block.lyrics = values.lyrics:gsub("%s*|%s*", "\n") end
    local names = text.list({})
    for name in values.stems:gmatch("[^,]+") do
      name = name:match("^%s*(.-)%s*$")
      if name ~= "" then names[#names + 1] = name end
    end
    if #names > 0 and names[1] ~= "auto" then block.stems = names end
    return block
  end

  -- Returns a unique name for a project, kept in it: it distinguishes projects that have no file yet.
  function settings.project_name(handle)
    local found, name = reaper.GetProjExtState(handle, SECTION, "project")
    if found > 0 then return name end
    reaper.SetProjExtState(handle, SECTION, "project", reaper.genGuid(""))
    return select(2, reaper.GetProjExtState(handle, SECTION, "project"))
  end

  -- Remembers the group that was imported last, for Regenerate without a selection.
  function settings.remember(handle, group)
    reaper.SetProjExtState(handle, SECTION, "last", group)
  end

  -- Returns the group that was imported last, nil if there is none.
  function settings.last(handle)
    local found, group = reaper.GetProjExtState(handle, SECTION, "last")
    return found > 0 and group or nil
  end

  return settings
end
