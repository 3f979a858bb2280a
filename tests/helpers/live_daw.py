"""A fake Live with the real control surface, installed by the real installer, beside a real companion."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.ableton.fake_live.clip import Clip
from tests.helpers.ableton.fake_live.host import FakeLive
from tests.helpers.ableton.fake_live.strict import Version
from tests.helpers.ableton.fake_live.track import Track
from tests.helpers.command_here import run_here
from tests.helpers.companion_process import CompanionProcess

LIVE_12: Version = (12, 3, 6)
GENERATE = (0x90, 36, 100)
CANCEL = (0x90, 37, 100)
REGENERATE = (0x90, 38, 100)
FILL_LOOP = (0x90, 39, 100)
"""A Generate without a length."""
VARIATIONS = (0x90, 40, 100)
"""A Generate of two takes."""
PADS = {
    GENERATE: "generate",
    FILL_LOOP: "generate",
    VARIATIONS: "generate",
    CANCEL: "cancel",
    REGENERATE: "regenerate",
}


def install(home: Path, library: Path) -> Path:
    """Install the control surface for the companion whose home is `home`; return Live's User Library."""
    (library / "Presets").mkdir(parents=True, exist_ok=True)
    home.mkdir(parents=True, exist_ok=True)
    ended = run_here(home, "daw", "install", "ableton", "--dest", str(library))
    assert (ended.returncode, ended.stderr) == (0, "")
    return library


def saved_set(folder: Path, name: str = "song") -> Path:
    """Return the path of a set that was saved into a project of its own."""
    project = folder / f"{name} Project"
    (project / "Ableton Project Info").mkdir(parents=True)
    (project / f"{name}.als").touch()
    return project / f"{name}.als"


@contextmanager
def running(
    library: Path, set_file: Path | None = None, version: Version = LIVE_12, track_limit: int | None = None
) -> Iterator[FakeLive]:
    """Start a Live with the control surface chosen; the log must have no error at the end."""
    with FakeLive(version, str(set_file or ""), track_limit) as live:
        live.select_surface(library)
        yield live


def song_of_97(live: FakeLive) -> None:
    """Set tempo, meter and key to 97.6 BPM, 7/8 and D Dorian."""
    song = live.song
    song.tempo, song.signature_numerator, song.signature_denominator = 97.6, 7, 8
    song.root_note, song.scale_name = 2, "Dorian"
    if live.version >= (12, 0, 5):
        song.scale_mode = True


def write_pads(home: Path, bars: int = 1) -> None:
    """Write the user's MIDI map."""
    config = home / "config"
    config.mkdir(parents=True, exist_ok=True)
    lines = []
    for message, action in PADS.items():
        lines += ["[[binding]]", f"note = {message[1]}", f'action = "{action}"']
        lines += [f"bars = {bars}"] if message in (GENERATE, VARIATIONS) else []
        lines += ["variations = 2"] if message == VARIATIONS else []
    (config / "midi.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def set_settings(home: Path, **settings: object) -> None:
    """Write the user's settings, which the control surface reads whenever it places a take."""
    (home / "config" / "settings.json").write_text(json.dumps(settings), encoding="utf-8")


def wait_for_companion(live: FakeLive) -> None:
    """Let Live run until the companion has answered, and has received the set's state."""
    session = live.surface._session
    live.run(lambda: session._link.is_connected and session._sent, "the companion answers")


def press(live: FakeLive, pad: tuple[int, int, int] = GENERATE) -> None:
    """Hit a pad once the set's present state has been sent."""
    wait_for_companion(live)
    session = live.surface._session
    due_s = session._next_state_s
    live.run(lambda: session._next_state_s != due_s, "the state is sent")
    live.messages.clear()
    live.press(pad)


def generate(live: FakeLive, pad: tuple[int, int, int] = GENERATE) -> None:
    """Hit the pad and wait for the stems."""
    press(live, pad)
    live.wait_for("placed")


def stem_tracks(live: FakeLive) -> list[Track]:
    return [track for track in live.song.tracks if track.name.startswith("SB ")]


def arrangement_clips(live: FakeLive) -> list[Clip]:
    return [clip for track in stem_tracks(live) for clip in track.arrangement_clips]


def manifest_of(clip: Clip) -> dict[str, Any]:
    """Return the manifest beside a clip's file, with its path under "path"."""
    path = Path(clip.file_path).with_name("manifest.json")
    return {**json.loads(path.read_text(encoding="utf-8")), "path": path}


@pytest.fixture(scope="module")
def live_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's home with the control surface installed into `User Library` beside it."""
    folder = tmp_path_factory.mktemp("live") / "home"
    install(folder, folder.parent / "User Library")
    write_pads(folder)
    return folder


@pytest.fixture(scope="module")
def live_companion(live_home: Path) -> Iterator[CompanionProcess]:
    """The companion that the Lives of a test module share."""
    with CompanionProcess(live_home) as companion:
        yield companion


@pytest.fixture
def library(live_home: Path) -> Path:
    """Live's User Library; settings of an earlier test are reset."""
    set_settings(live_home)
    return live_home.parent / "User Library"
