-- Reads JSON: objects and arrays as tables, null as nil.

local json = {}

local SIMPLE = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function fail(at, what)
  error(string.format("not JSON at %d: %s", at, what), 0)
end

local function skip(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

local function character(text, at)
  local high = tonumber(text:match("^%x%x%x%x", at) or fail(at, "\\u without four digits"), 16)
  local low = text:match("^\\u([dD][c-fC-F]%x%x)", at + 4)
  if high >= 0xD800 and high < 0xDC00 and low then
    return utf8.char(0x10000 + (high - 0xD800) * 0x400 + tonumber(low, 16) - 0xDC00), at + 10
  end
  return utf8.char(high), at + 4
end

local function read_string(text, at)
  local parts = {}
  at = at + 1
  while true do
    local stop = text:find('["\\]', at) or fail(at, "a string without an end")
    parts[#parts + 1] = text:sub(at, stop - 1)
    if text:sub(stop, stop) == '"' then return table.concat(parts), stop + 1 end
    local kind = text:sub(stop + 1, stop + 1)
    at = stop + 2
    if kind == "u" then
      parts[#parts + 1], at = character(text, at)
    else
      parts[#parts + 1] = SIMPLE[kind] or kind
    end
  end
end

local read_value

-- Reads `{ … }` or `[ … ]` from after the opening bracket on; `read_entry(result, at)` reads one entry.
local function read_list(text, at, close, read_entry)
  local result = {}
  at = skip(text, at)
  if text:sub(at, at) == close then return result, at + 1 end
  while true do
    at = skip(text, read_entry(result, at))
    local sign = text:sub(at, at)
    if sign == close then return result, at + 1 end
    if sign ~= "," then fail(at, "neither , nor " .. close) end
    at = skip(text, at + 1)
  end
end

local WORDS = { t = { "true", true }, f = { "false", false }, n = { "null", nil } }

function read_value(text, at, depth)
  if depth > 100 then fail(at, "too deep") end
  local sign = text:sub(at, at)
  if sign == '"' then return read_string(text, at) end
  if sign == "{" then
    return read_list(text, at + 1, "}", function(result, start)
      if text:sub(start, start) ~= '"' then fail(start, "a key that is no string") end
      local key, after = read_string(text, start)
      after = skip(text, after)
      if text:sub(after, after) ~= ":" then fail(after, "no : after a key") end
      result[key], after = read_value(text, skip(text, after + 1), depth + 1)
      return after
    end)
  end
  if sign == "[" then
    local count = 0
    return read_list(text, at + 1, "]", function(result, start)
      count = count + 1
      local after
      result[count], after = read_value(text, start, depth + 1)
      return after
    end)
  end
  local word = WORDS[sign]
  if word and text:sub(at, at + #word[1] - 1) == word[1] then return word[2], at + #word[1] end
  local digits = text:match("^-?%d+%.?%d*[eE]?[+-]?%d*", at)
  local number = digits and tonumber(digits)
  if not number then fail(at, "no value") end
  return number, at + #digits
end

-- Returns the value that `text` encodes; raises a sentence if it is not JSON.
function json.read(text)
  local value, at = read_value(text, skip(text, 1), 1)
  if skip(text, at) <= #text then fail(at, "more than one value") end
  return value
end

return json
