"""Ardour with Stem Bridge's scripts installed, a session, and readers for saved sessions."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.ardour.rig import ArdourHome, ArdourProcess
from tests.helpers.command_here import run_here
from tests.helpers.paths import ROOT

SCRIPTS = ROOT / "daw_scripts" / "ardour"
GENERATE, REGENERATE = "LuaAction/script-1", "LuaAction/script-2"
RATE_HZ = 48000
FIRST_BAR, END_BAR = 5, 9

SESSION = """
-- 97.6 BPM in 7/8; from bar 7 on 120 BPM; from beat 25 (Ardour moves tempo changes to beats) a ramp to 132 at bar 9.
local session = assert(create_session(arg[1], arg[2], 48000))
local map = Temporal.TempoMap.fetch_writable()
local function bar(number) return Temporal.timepos_t.from_ticks((number - 1) * 7 * 960) end
map:set_tempo(Temporal.Tempo(97.6, 97.6, 4), bar(1))
map:set_meter(Temporal.Meter(7, 8), bar(1))
map:set_tempo(Temporal.Tempo(120, 120, 4), bar(7))
local ramp = map:set_tempo(Temporal.Tempo(120, 120, 4), bar(8))
map:set_tempo(Temporal.Tempo(132, 132, 4), bar(9))
map:set_ramped(ramp, true)
Temporal.TempoMap.update(map)
map = nil
collectgarbage()
assert(session:save_state("", false, false, false, false, false) == 0)
close_session()
"""

GRID = """
-- Prints the sample of each bar line from arg[3] to arg[4] in Ardour's tempo map.
load_session(arg[1], arg[2])
local map = Temporal.TempoMap.read()
for bar = math.tointeger(tonumber(arg[3])), math.tointeger(tonumber(arg[4])) do
  io.write("bar ", bar, ": ", map:sample_at_beats(map:quarters_at_bbt(Temporal.BBT_TIME(bar, 1, 0))), "\\n")
end
map = nil
collectgarbage()
close_session()
"""


@dataclass(frozen=True)
class SavedRegion:
    """One region on a track's timeline, in samples."""

    name: str
    track: str
    position: int
    length: int


class ArdourStudio:
    """A user of Ardour with one session, who has run `stembridge daw install ardour` and added the scripts."""

    def __init__(self, folder: Path, script: str = SESSION) -> None:
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.user = ArdourHome(
            folder / "user",
            actions={1: SCRIPTS / "stembridge_generate.lua", 2: SCRIPTS / "stembridge_regenerate.lua"},
            hooks={SCRIPTS / "stembridge_import.lua": ("LuaTimerDS",)},
        )
        ended = run_here(self.home, "daw", "install", "ardour", "--dest", str(self.user.config))
        assert (ended.returncode, ended.stderr) == (0, "")
        self.session = self.user.new_session(folder / "my song", "my song", script)
        # Session > Metadata, as Ardour saves it.
        text = self.session.read_text().replace(
            "<Metadata/>", "<Metadata><genre>funk, slap bass</genre><comment>key: E minor</comment></Metadata>"
        )
        self.session.write_text(text)

    @property
    def project(self) -> Path:
        return self.session.parent

    def open(self, display: str) -> ArdourProcess:
        """Start Ardour and wait until Stem Bridge's hook runs in it."""
        ardour = self.user.run(self.session, display)
        try:
            ardour.wait_until((self.home / "data" / "mailbox" / "ardour.alive").exists, "the hook runs")
        except BaseException:
            ardour.close()
            raise
        return ardour

    def grid(self, first_bar: int, last_bar: int) -> list[int]:
        """Return the samples of the bar lines from `first_bar` to `last_bar`, read from Ardour's tempo map."""
        printed = self.user.lua(GRID, self.project, self.session.stem, str(first_bar), str(last_bar))
        return [int(sample) for sample in re.findall(r"^bar \d+: (\d+)$", printed, re.MULTILINE)]

    def takes(self) -> list[Path]:
        """Return the manifests of the session's takes, oldest first."""
        return sorted((self.project / "StemBridge").glob("[!.]*/manifest.json"))

    def range_start(self) -> int:
        """Return the first sample of the session's range, at which a render begins."""
        root = ElementTree.parse(self.session).getroot()
        (location,) = (place for place in root.iter("Location") if "IsSessionRange" in place.get("flags", ""))
        return _samples(root, location.get("start", ""))

    def regions(self) -> list[SavedRegion]:
        """Return the regions on tracks in the saved session."""
        root = ElementTree.parse(self.session).getroot()
        tracks = {p.get("orig-track-id"): p for p in root.iter("Playlist")}
        found = []
        for route in root.iter("Route"):
            playlist = tracks.get(route.get("id"))
            for region in playlist.iter("Region") if playlist is not None else ():
                length, position = region.get("length", "").split("@")
                found.append(
                    SavedRegion(
                        region.get("name", ""),
                        route.get("name", ""),
                        _samples(root, position),
                        _samples(root, length),
                    )
                )
        return found


def _samples(root: ElementTree.Element, superclocks: str) -> int:
    """Return a time of a session file (`a` and superclock ticks) in samples."""
    tempo_map = root.find("TempoMap")
    assert tempo_map is not None
    return int(superclocks.lstrip("a")) * RATE_HZ // int(tempo_map.get("superclocks-per-second", ""))
