-- Reads a take's manifest and checks that its files are complete: Ardour imports a truncated file without an error.

return function(json, text)
  local take = {}
  local BYTES = { ["16"] = 2, ["24"] = 3, float = 4 }
  local CHANNELS = 2

  local function size_of(path)
    local file = io.open(path, "rb")
    if not file then return nil end
    local size = file:seek("end")
    file:close()
    return size
  end

  -- Returns the take of a manifest: frames, sample_rate, start_beat, and stems (name, path, color).
  -- Raises a sentence if the manifest cannot be read, or a stem is missing or cut short.
  function take.read(path)
    local content = text.read_file(path)
    if not content then error({ sentence = "The take is gone: " .. path }) end
    local fine, manifest = pcall(json.read, content)
    if not fine or type(manifest) ~= "table" or manifest.format ~= 1 then
      error({ sentence = "This is no manifest of a take: " .. path })
    end
    local folder, faults = path:match("^(.*[/\\])"), {}
    local whole = manifest.frames * CHANNELS * (BYTES[manifest.bit_depth] or BYTES["16"])
    for _, stem in ipairs(manifest.stems) do
      stem.path = folder .. stem.file
      local size = size_of(stem.path)
      if not size then
        faults[#faults + 1] = stem.file .. " is missing"
      elseif size < whole then
        faults[#faults + 1] = stem.file .. " is cut short"
      end
    end
    if #faults > 0 then
      error({ sentence = "Nothing was brought in: " .. table.concat(faults, ", ") .. " in " .. folder })
    end
    return manifest
  end

  return take
end
