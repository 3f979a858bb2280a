-- Converts Ardour's tempo map to the companion's.
--
-- Ardour stores a tempo as whole superclock ticks per quarter note, so 97.6 BPM is read back as 97.599999843. Its
-- ramps are linear over quarter notes (libs/temporal/tempo.cc), the companion's are linear over time: a ramp is
-- converted into many short ones.

local tempo = {}

local TICKS_PER_BEAT = 1920
local MAX_ERROR_S = 1e-6
local MAX_DECIMALS = 6

-- Returns the shortest decimal that Ardour stores as exactly this tempo: the number that the user has typed.
function tempo.typed(bpm, superclocks_per_second)
  local function stored(value) return math.floor(superclocks_per_second * 60 / value + 0.5) end
  for decimals = 0, MAX_DECIMALS do
    local rounded = math.floor(bpm * 10 ^ decimals + 0.5) / 10 ^ decimals
    if rounded > 0 and stored(rounded) == stored(bpm) then return rounded end
  end
  return bpm
end

-- Returns the mean over time of a tempo that goes from `first` to `last` linearly over quarter notes.
local function mean_over_time(first, last)
  if math.abs(last - first) < 1e-9 * first then return (first + last) / 2 end
  return (last - first) / math.log(last / first)
end

-- Returns the number of pieces that a ramp is cut into, so that the two kinds of ramp differ by at most MAX_ERROR_S in
-- each: the error of a piece of h beats with slope s at tempo b is 2.5 s² h³ / b³ seconds.
local function piece_count(beats, first, last)
  local slope, lowest = math.abs(last - first) / beats, math.min(first, last)
  local longest = (MAX_ERROR_S * lowest ^ 3 / (2.5 * slope * slope)) ^ (1 / 3)
  return math.max(1, math.ceil(beats / longest))
end

-- Adds the points of a ramp of `beats` quarter notes from `at` on; each piece lasts exactly as long as in Ardour.
local function add_ramp(points, at, beats, first, last)
  local count = piece_count(beats, first, last)
  local bpm = first
  for index = 0, count - 1 do
    points[#points + 1] = { beat = at + beats * index / count, bpm = bpm, ramp = true }
    local from = first + (last - first) * index / count
    local to = first + (last - first) * (index + 1) / count
    bpm = 2 * mean_over_time(from, to) - bpm
  end
  return bpm
end

-- Returns the companion's tempo map of a place.
--
-- `sections` are Ardour's tempo sections in it, in order: beat (quarter notes from the place's start), bpm at the
-- section's start, and end_bpm at its end. `length` is the place's length in quarter notes.
function tempo.map(sections, length)
  local points = {}
  for index, section in ipairs(sections) do
    local ends = sections[index + 1] and sections[index + 1].beat or length
    if section.end_bpm == section.bpm then
      points[#points + 1] = { beat = section.beat, bpm = section.bpm, ramp = false }
    else
      -- In the last tick the tempo is constant: the next section may begin with another tempo than the ramp's last.
      local beats = ends - section.beat - 1 / TICKS_PER_BEAT
      local bpm = add_ramp(points, section.beat, beats, section.bpm, section.end_bpm)
      points[#points + 1] = { beat = section.beat + beats, bpm = bpm, ramp = false }
    end
  end
  return points
end

tempo.TICKS_PER_BEAT = TICKS_PER_BEAT

return tempo
