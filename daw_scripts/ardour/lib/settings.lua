-- The user's settings for a session; kept in a small file in the session's folder.

return function(session)
  local settings = {}
  local DEFAULTS = { genres = "", lyrics = "", key = "", preset = "", bars = "8" }

  local function path(handle)
    return session.folder(handle) .. "/stembridge.txt"
  end

  -- Returns all settings of a session as text.
  function settings.read(handle)
    local values = {}
    for name, default in pairs(DEFAULTS) do values[name] = default end
    local file = io.open(path(handle), "rb")
    if not file then return values end
    for line in file:lines() do
      local name, value = line:match("^(%l+) = (.-)\r?$")
      if DEFAULTS[name] then values[name] = value end
    end
    file:close()
    return values
  end

  -- Asks the user, and keeps the answers.
  function settings.ask(handle)
    local now = settings.read(handle)
    local function entry(key, title)
      return { type = "entry", key = key, title = title, default = now[key] }
    end
    local answers = LuaDialog.Dialog("Stem Bridge", {
      entry("genres", "Genres, instruments, mood (empty: from tempo and key)"),
      entry("lyrics", "Lyrics (| = new line)"),
      entry("key", "Key (empty: from the session's metadata)"),
      entry("preset", "Preset"),
      { type = "number", key = "bars", title = "Bars without a loop range", min = 1, max = 256, step = 1, digits = 0,
        default = tonumber(now.bars) or 8 },
    }):run()
    if not answers then return end
    answers.bars = string.format("%d", math.floor(answers.bars + 0.5))
    local file, why = io.open(path(handle), "wb")
    if not file then error({ sentence = "The settings cannot be written: " .. tostring(why) }) end
    for name in pairs(DEFAULTS) do file:write(name, " = ", (tostring(answers[name]):gsub("[\r\n]", " ")), "\n") end
    file:close()
  end

  -- Returns the number of bars for a place without a loop range.
  function settings.bars(values)
    local bars = math.tointeger(tonumber(values.bars))
    if not bars or bars < 1 then
      error({ sentence = "bars must be a whole number from 1, not “" .. values.bars .. "”: see Stem Bridge: settings." })
    end
    return bars
  end

  return settings
end
