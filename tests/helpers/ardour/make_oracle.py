"""Records the positions of a real Ardour's bar lines, over random meters, tempo changes and ramps.

`python -m tests.helpers.ardour.make_oracle` writes `oracle.json` beside it. It needs Ardour 7 (Debian 12: ardour).
"""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
from pathlib import Path

from tests.helpers.ardour.rig import ArdourHome
from tests.helpers.paths import ROOT

FIXTURE = Path(__file__).with_name("oracle.json")
LIBRARY = ROOT / "daw_scripts" / "ardour" / "lib"
CASES, BARS, SEED = 24, 24, 20261121
RATES_HZ = (44_100, 48_000, 96_000)

ASK = """
-- arg: folder, name, our scripts' library, sample rate, bars; then changes: "tempo TICKS BPM", "meter TICKS NUM DEN",
-- "ramp TICKS".
local library = arg[3]
local meters = dofile(library .. "/../../reaper/lib/meters.lua") -- installed for both DAWs
local session = dofile(library .. "/session.lua")(dofile(library .. "/tempo.lua"), meters)
local handle = assert(create_session(arg[1], arg[2], math.tointeger(tonumber(arg[4]))))
local map = Temporal.TempoMap.fetch_writable()
local set, ramps = {}, {}
for index = 6, #arg do
  local kind, ticks, first, second = arg[index]:match("^(%a+) (%d+) ?([%d.]*) ?([%d.]*)$")
  local at = Temporal.timepos_t.from_ticks(math.tointeger(tonumber(ticks)))
  if kind == "tempo" then
    set[ticks] = map:set_tempo(Temporal.Tempo(tonumber(first), tonumber(first), 4), at)
  elseif kind == "meter" then
    map:set_meter(Temporal.Meter(tonumber(first), tonumber(second)), at)
  else
    ramps[#ramps + 1] = set[ticks]
  end
end
for _, point in ipairs(ramps) do map:set_ramped(point, true) end
Temporal.TempoMap.update(map)
map, set, ramps = nil, nil, nil
local last = math.tointeger(tonumber(arg[5]))
for bar = 1, last do
  local ticks = session.bar_start(bar)
  print("bar", bar, ticks, session.sample_at(ticks))
end
local place = { start = session.bar_start(3), stop = session.bar_start(last) }
for _, point in ipairs(session.tempo_map(place)) do
  print("point", string.format("%.17g", point.beat), string.format("%.17g", point.bpm), point.ramp)
end
local points, bars = session.meter_map(place)
for _, point in ipairs(points) do print("meter", point.bar, point.time_signature) end
print("bars", string.format("%.17g", bars))
assert(handle:save_state("", false, false, false, false, false) == 0)
collectgarbage()
"""


def random_orders(chance: random.Random) -> list[str]:
    """Return tempo points on quarter notes, ramps on some of them, and meters at bar lines."""
    orders, ticks = [f"tempo 0 {chance.uniform(50, 200):.3f}"], 0
    meters = [(chance.choice([2, 3, 4, 5, 6, 7, 9, 11, 12, 15]), chance.choice([2, 4, 8, 16]))]
    orders.append(f"meter 0 {meters[0][0]} {meters[0][1]}")
    ramped = []
    for _ in range(chance.randrange(6)):
        if chance.random() < 0.4:
            ramped.append(ticks)
        ticks += 1920 * chance.randint(1, 24)
        orders.append(f"tempo {ticks} {chance.uniform(50, 200):.3f}")
    if chance.random() < 0.5:
        bar_ticks = meters[0][0] * 7680 // meters[0][1]
        numerator, denominator = chance.choice([(3, 4), (4, 4), (5, 4), (7, 8), (6, 8)])
        # Ardour allows a change of meter only at a bar line on a quarter note.
        orders.append(f"meter {bar_ticks * 4 * chance.randint(1, 3)} {numerator} {denominator}")
    return [*orders, *(f"ramp {at}" for at in ramped)]


def ask(home: ArdourHome, folder: Path, rate_hz: int, orders: list[str]) -> dict[str, object]:
    """Return one case: the tempo map as Ardour saves it, our script's maps, and the sample of each bar."""
    printed = home.lua(ASK, folder, "oracle", LIBRARY, str(rate_hz), str(BARS), *orders)
    text = (folder / "oracle.ardour").read_text()
    saved = re.search(r"<TempoMap .*?</TempoMap>", text, re.DOTALL)
    assert saved is not None
    bars = re.findall(r"^bar (\d+) (\d+) (\d+)$", printed, re.MULTILINE)
    points = re.findall(r"^point (\S+) (\S+) (true|false)$", printed, re.MULTILINE)
    meters = re.findall(r"^meter (\d+) (\S+)$", printed, re.MULTILINE)
    length = re.search(r"^bars (\S+)$", printed, re.MULTILINE)
    assert length is not None
    return {
        "orders": orders,
        "sample_rate": rate_hz,
        "tempo_map_xml": re.sub(r">\s+<", "><", saved[0]),
        "bars": [{"bar": int(bar), "ticks": int(ticks), "sample": int(sample)} for bar, ticks, sample in bars],
        "first_bar": 3,
        "meter_map": [{"bar": int(bar), "time_signature": signature} for bar, signature in meters],
        "length_bars": float(length[1]),
        "tempo_map": [{"beat": float(b), "bpm": float(bpm), "ramp": ramp == "true"} for b, bpm, ramp in points],
    }


def main() -> int:
    """Write the fixture."""
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        home = ArdourHome(Path(folder) / "user")
        cases = [
            ask(home, Path(folder) / str(number), RATES_HZ[number % len(RATES_HZ)], random_orders(chance))
            for number in range(CASES)
        ]
    assert all(case["bars"] and case["tempo_map"] for case in cases)
    FIXTURE.write_text(json.dumps({"ardour": "7.3", "seed": SEED, "cases": cases}, indent=0) + "\n")
    print(f"{FIXTURE}: {len(cases)} cases")
    return 0


if __name__ == "__main__":
    sys.exit(main())
