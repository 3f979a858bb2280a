-- Text formats of the mailbox: writes requests as JSON, reads tab-separated replies and whole files.

local text = {}

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function escape(character)
  return ESCAPES[character] or string.format("\\u%04x", character:byte())
end

local function number(value)
  if value ~= value or value == math.huge or value == -math.huge then error("not a number: " .. tostring(value)) end
  if math.type(value) == "integer" then return string.format("%d", value) end
  -- A host may have set a locale with a decimal comma.
  return (string.format("%.17g", value):gsub(",", "."))
end

-- Returns a value as JSON: lists are made by text.list, other tables need string keys. Keys are sorted, so that equal
-- tables give equal text.
function text.to_json(value)
  local kind = type(value)
  if kind == "string" then return '"' .. value:gsub('[%c"\\\127]', escape) .. '"' end
  if kind == "number" then return number(value) end
  if kind == "boolean" then return tostring(value) end
  local parts = {}
  if getmetatable(value) == text.LIST then
    for _, entry in ipairs(value) do parts[#parts + 1] = text.to_json(entry) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys)
  for _, key in ipairs(keys) do parts[#parts + 1] = text.to_json(key) .. ":" .. text.to_json(value[key]) end
  return "{" .. table.concat(parts, ",") .. "}"
end

text.LIST = {}

-- Marks a table as a JSON list, since an empty table would become an object.
function text.list(entries)
  return setmetatable(entries, text.LIST)
end

local SIMPLE = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

-- Decodes the escapes of a JSON string in one pass: two passes would turn "\\n" into a line break.
local function unescape_json(body)
  body = body:gsub("\\u([dD][89abAB]%x%x)\\u([dD][c-fC-F]%x%x)", function(high, low)
    return utf8.char(0x10000 + (tonumber(high, 16) - 0xD800) * 0x400 + tonumber(low, 16) - 0xDC00)
  end)
  return (body:gsub("\\(.)(%x?%x?%x?%x?)", function(kind, digits)
    if kind == "u" then return utf8.char(tonumber(digits, 16)) end
    return (SIMPLE[kind] or kind) .. digits
  end))
end

-- Returns the string under `key` in a flat JSON object, nil if there is none.
function text.json_field(json, key)
  local at = select(2, json:find('"' .. key .. '"%s*:%s*"'))
  if not at then return nil end
  local stop = at + 1
  while stop <= #json and json:sub(stop, stop) ~= '"' do
    stop = stop + (json:sub(stop, stop) == "\\" and 2 or 1)
  end
  return unescape_json(json:sub(at + 1, stop - 1))
end

local FIELD = { t = "\t", n = "\n", r = "\r", ["\\"] = "\\" }

-- Returns the lines of a reply file, each a list of fields; nil while the file is not complete.
function text.read_reply(content)
  local lines = {}
  for line in content:gmatch("([^\n]*)\n") do
    local fields = {}
    for field in (line .. "\t"):gmatch("([^\t]*)\t") do
      fields[#fields + 1] = field:gsub("\\(.)", FIELD)
    end
    lines[#lines + 1] = fields
  end
  local first, last = lines[1], lines[#lines]
  if not first or first[1] ~= "stembridge" or last[1] ~= "end" then return nil end
  return lines
end

-- Returns the content of a file, nil if it cannot be opened.
function text.read_file(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local content = file:read("a")
  file:close()
  return content
end

return text
