-- Renders the context that new music has to fit: the selected tracks, or the whole project, over a time range.

return function()
  local RENDER_WITH_LAST_SETTINGS = 42230
  local MASTER_MIX, SELECTED_TRACKS = 0, 128
  local WAV = "evaw" -- the four letters of REAPER's WAV writer, with its default settings
  local NUMBERS = {
    "RENDER_SETTINGS", "RENDER_BOUNDSFLAG", "RENDER_STARTPOS", "RENDER_ENDPOS", "RENDER_CHANNELS", "RENDER_TAILFLAG",
    "RENDER_ADDTOPROJ", "RENDER_DITHER",
  }
  local TEXTS = { "RENDER_FILE", "RENDER_PATTERN", "RENDER_FORMAT" }

  local function set_all(handle, values)
    for _, name in ipairs(NUMBERS) do reaper.GetSetProjectInfo(handle, name, values[name], true) end
    for _, name in ipairs(TEXTS) do reaper.GetSetProjectInfo_String(handle, name, values[name], true) end
  end

  local function get_all(handle)
    local values = {}
    for _, name in ipairs(NUMBERS) do values[name] = reaper.GetSetProjectInfo(handle, name, 0, false) end
    for _, name in ipairs(TEXTS) do values[name] = select(2, reaper.GetSetProjectInfo_String(handle, name, "", false)) end
    return values
  end

  -- Renders into `folder` and returns the WAV. `name` must be unused: for an existing file REAPER would open a dialog.
  return function(handle, place, folder, name)
    reaper.RecursiveCreateDirectory(folder, 0)
    local before = get_all(handle)
    local fine, failure = pcall(function()
      set_all(handle, {
        RENDER_SETTINGS = reaper.CountSelectedTracks(handle) > 0 and SELECTED_TRACKS or MASTER_MIX,
        RENDER_BOUNDSFLAG = 0, RENDER_STARTPOS = place.seconds, RENDER_ENDPOS = place.end_seconds,
        RENDER_CHANNELS = 2, RENDER_TAILFLAG = 0, RENDER_ADDTOPROJ = 0, RENDER_DITHER = 0,
        RENDER_FILE = folder, RENDER_PATTERN = name, RENDER_FORMAT = WAV,
      })
      reaper.Main_OnCommandEx(RENDER_WITH_LAST_SETTINGS, 0, handle)
    end)
    set_all(handle, before)
    if not fine then error(failure, 0) end
    local file = folder .. "/" .. name .. ".wav"
    if not reaper.file_exists(file) then
      error({ sentence = "REAPER did not render the selection; render once by hand (File > Render), then try again." })
    end
    return file
  end
end
