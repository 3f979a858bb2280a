-- The meter map of a place, in the companion's form. Ardour's scripts use this module too.

local meters = {}

local NEAR_BEATS = 0.001
local DENOMINATORS = { 4, 8, 16, 32 }
local MAX_NUMERATOR = 32

local function bar_beats(meter)
  return meter.numerator * 4 / meter.denominator
end

-- Returns the meter of one bar of `beats` quarter notes, in the denominator of `like` if that fits, nil if none does.
function meters.of_beats(beats, like)
  for _, denominator in ipairs({ like.denominator, table.unpack(DENOMINATORS) }) do
    local numerator = math.floor(beats * denominator / 4 + 0.5)
    local fits = math.abs(numerator * 4 / denominator - beats) < NEAR_BEATS
    if fits and numerator >= 1 and numerator <= MAX_NUMERATOR then
      return { numerator = numerator, denominator = denominator }
    end
  end
  return nil
end

-- Returns the meter of a bar as it is: shorter than its time signature says where the next one begins early.
function meters.of_bar(bar)
  local beats = bar.end_beat - bar.beat
  if math.abs(beats - bar_beats(bar)) < NEAR_BEATS then return bar end
  return meters.of_beats(beats, bar) or bar
end

-- Returns the meter map of a place of `length` quarter notes, and its number of bars; nil if it has no such map.
--
-- `bars` are the bars in it, in order: beat and end_beat (quarter notes from the place's start; the first bar may begin
-- before it), numerator and denominator. The map's bars count from the place's start; where they do not fill the way to
-- a change of meter, the rest is a bar of its own.
function meters.map(bars, length)
  local points, number, at, held = {}, 0, 0, meters.of_bar(bars[1])

  local function add(meter)
    local signature = string.format("%d/%d", meter.numerator, meter.denominator)
    if #points > 0 and points[#points].bar == number then table.remove(points) end
    if #points == 0 or points[#points].time_signature ~= signature then
      points[#points + 1] = { bar = number, time_signature = signature }
    end
  end

  add(held)
  for index = 2, #bars do
    local meter = meters.of_bar(bars[index])
    if meter.numerator ~= held.numerator or meter.denominator ~= held.denominator then
      local beats = bars[index].beat - at
      local whole = math.floor((beats + NEAR_BEATS) / bar_beats(held))
      local rest = beats - whole * bar_beats(held)
      number = number + whole
      if rest > NEAR_BEATS then
        local short = meters.of_beats(rest, held)
        if not short then return nil end
        add(short)
        number = number + 1
      end
      add(meter)
      at, held = bars[index].beat, meter
    end
  end
  return points, number + (length - at) / bar_beats(held)
end

return meters
