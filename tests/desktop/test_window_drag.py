"""Files are dragged out of the real window, by a real mouse on a real screen, into other programs."""

from __future__ import annotations

import json
import re
import select
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from bridge.home.folders import HOME_VARIABLE, Folders
from bridge.takes.layout import takes_folder
from tests.helpers.ardour.rig import NEW_SESSION, ArdourHome, ArdourProcess
from tests.helpers.debian import need
from tests.helpers.paths import HELPERS, ROOT
from tests.helpers.screen import Screen, end, screen
from tests.helpers.waiting import poll

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="X11 is Linux's")]

TAKE = "2026-11-21 090000 übung"
"""A space and a letter that is not ASCII: both are escaped in the URLs of a drop."""
WINDOW_X_PX = 1400
"""Right of Ardour's window, which sets its own size on a fresh start."""
TARGET_PX = (300, 300)
TRACK_PX, EMPTY_PX = (600, 362), (600, 560)
"""In Ardour: on the session's only track, and below all tracks."""
ATTEMPTS, ARRIVAL_S = 3, 60.0
SUPERCLOCKS_PER_FRAME = 282_240_000 // 48_000
WITH_A_TRACK = NEW_SESSION.replace(
    "assert(session:save_state",
    'session:new_audio_track(2, 2, nil, 1, "voice", 0xffffffff, ARDOUR.TrackMode.Normal, true)\n'
    "assert(session:save_state",
)


@contextmanager
def program(words: list[str | Path], environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run a Python program of this folder; it is terminated when the block ends."""
    process = subprocess.Popen(
        [sys.executable, *map(str, words)],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        end(process)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def drag_until(desk: Screen, start: tuple[int, int], end: tuple[int, int], arrived: Callable[[], object]) -> None:
    """Drag, with retries, until something has arrived: on a busy machine a program may miss the last steps."""
    for _ in range(ATTEMPTS):
        desk.drag(start, end)
        if poll(arrived, ARRIVAL_S, pause_s=0.1):
            return
    raise AssertionError(f"nothing has arrived in {ATTEMPTS} attempts")


def has_line(process: subprocess.Popen[str]) -> bool:
    """Return True if a program has printed something that was not read yet."""
    assert process.stdout is not None
    return bool(select.select([process.stdout], [], [], 0)[0])


def line_of(process: subprocess.Popen[str]) -> str:
    """Return the next line that a program prints; only the test's timeout limits the wait."""
    out: IO[str] | None = process.stdout
    assert out is not None
    line = out.readline().strip()
    assert line, f"the program ended with {process.wait(120)}"
    return line


@pytest.fixture(scope="module")
def desk() -> Iterator[Screen]:
    with screen(2700, 900) as one:
        yield one


@pytest.fixture(scope="module")
def home_with_take(short_take: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder in which the window finds one take."""
    home_with_take = tmp_path_factory.mktemp("home")
    shutil.copytree(
        short_take, takes_folder(Folders(home_with_take / "data", home_with_take / "config").takes) / TAKE
    )
    return home_with_take


@pytest.fixture(scope="module")
def grips(desk: Screen, home_with_take: Path) -> Iterator[dict[str, tuple[int, int]]]:
    """The positions of the take's grips on the screen; the window is open for all tests of this module."""
    environment = {**desk.environment(home_with_take), HOME_VARIABLE: str(home_with_take), "PYTHONPATH": str(ROOT)}
    with program([HELPERS / "window_program.py", str(WINDOW_X_PX), "0"], environment) as window:
        yield {name: (place[0], place[1]) for name, place in json.loads(line_of(window)).items()}


def take_folder(home_with_take: Path) -> Path:
    return takes_folder(Folders(home_with_take / "data", home_with_take / "config").takes) / TAKE


def stems(home_with_take: Path) -> dict[str, Path]:
    """Return the stems' files by name, in the take's order."""
    manifest: dict[str, Any] = json.loads((take_folder(home_with_take) / "manifest.json").read_text(encoding="utf-8"))
    return {stem["name"]: take_folder(home_with_take) / stem["file"] for stem in manifest["stems"]}


def test_one_stem_and_all_stems_reach_another_program(
    desk: Screen, home_with_take: Path, grips: dict[str, tuple[int, int]]
) -> None:
    files = stems(home_with_take)
    with program([HELPERS / "drop_program.py", "100", "100"], desk.environment(home_with_take)) as target:
        assert line_of(target) == "shown"
        for grip, expected in (("Drag bass", [files["bass"]]), ("Drag all stems", list(files.values()))):
            drag_until(desk, grips[grip], TARGET_PX, lambda: has_line(target))
            dropped = json.loads(line_of(target))
            assert [Path(file) for file in dropped["files"]] == expected
            assert "text/uri-list" in dropped["formats"]
            assert not dropped["may_move"]
    assert all(file.is_file() for file in files.values())


def saved(ardour: ArdourProcess, session: Path) -> ET.Element:
    """Have Ardour save its session; return it."""
    before = session.stat().st_mtime_ns
    ardour.action("Common/Save")
    ardour.wait_until(lambda: session.stat().st_mtime_ns != before, "the session is saved")
    return ET.parse(session).getroot()


def regions(session: ET.Element) -> dict[str, list[tuple[str, int]]]:
    """Return the regions of a session by playlist: the source file and the length in frames of each."""
    files = {source.get("id", ""): source.get("name", "") for source in session.iter("Source")}
    found: dict[str, list[tuple[str, int]]] = {}
    for playlist in session.iterfind("Playlists/Playlist"):
        for region in playlist.iterfind("Region"):
            length = re.match(r"a(\d+)", region.get("length", ""))
            assert length is not None
            frames, rest = divmod(int(length[1]), SUPERCLOCKS_PER_FRAME)
            assert rest == 0
            # Ardour's name for the left half of a stereo file that it has imported, perhaps not for the first time.
            source = re.sub(r"(-\d+)?%L", "", Path(files[region.get("source-0", "")]).name)
            found.setdefault(playlist.get("name", "").split(".")[0], []).append((source, frames))
    return found


@pytest.mark.timeout(400)
def test_stems_dropped_into_ardour_are_regions_of_their_full_length(
    desk: Screen, home_with_take: Path, grips: dict[str, tuple[int, int]], tmp_path: Path
) -> None:
    need("ardour7-lua")
    files = stems(home_with_take)
    manifest = json.loads((take_folder(home_with_take) / "manifest.json").read_text(encoding="utf-8"))
    frames = manifest["frames"]
    user = ArdourHome(tmp_path / "ardour")
    session = user.new_session(tmp_path / "song", "song", WITH_A_TRACK)
    with user.run(session, desk.display) as ardour:
        desk.do("search", "--sync", "--onlyvisible", "--name", "song - Ardour")
        drag_until(desk, grips["Drag bass"], TRACK_PX, lambda: regions(saved(ardour, session)))
        assert regions(saved(ardour, session)) == {"voice": [(files["bass"].name, frames)]}
        everything = len(files) + 1
        drag_until(
            desk, grips["Drag all stems"], EMPTY_PX, lambda: len(regions(saved(ardour, session))) == everything
        )
        everywhere = regions(saved(ardour, session))
    everywhere.pop("voice")
    dropped = [region for track in everywhere.values() for region in track]
    assert sorted(dropped) == sorted((file.name, frames) for file in files.values())
    assert all(file.is_file() for file in files.values())
