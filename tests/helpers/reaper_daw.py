"""A fake REAPER with the real scripts, installed by the real installer, beside a real companion."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.command_here import run_here
from tests.helpers.reaper_stub.installed import running
from tests.helpers.reaper_stub.model import Marker, Project, Track
from tests.helpers.reaper_stub.session import Reaper, Script

CHANGE_BEAT = 22.0
"""The beat of the song's tempo change, inside bar 7: bars of 7/8 are 3.5 beats long."""


def install(home: Path, resources: Path) -> Path:
    """Install the actions for the companion whose home is `home`; return REAPER's resource folder."""
    resources.mkdir(parents=True, exist_ok=True)
    home.mkdir(parents=True, exist_ok=True)
    (resources / "reaper.ini").touch()
    ended = run_here(home, "daw", "install", "reaper", "--dest", str(resources))
    assert (ended.returncode, ended.stderr) == (0, "")
    return resources


def song(reaper: Reaper, folder: Path, name: str = "song") -> Project:
    """Open a saved project in 7/8 at 97.6 BPM that goes on at 120 BPM from `CHANGE_BEAT`."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.rpp"
    file.touch()
    project = reaper.open(file, folder / "Media")
    project.markers = [Marker(0.0, 97.6, (7, 8)), Marker(CHANGE_BEAT * 60 / 97.6, 120.0)]
    set_settings(project, genres="funk, slap bass", stems="drums, bass, chords, lead")
    return project


def set_settings(project: Project, **settings: str) -> None:
    """Set the project's Stem Bridge settings."""
    for name, value in settings.items():
        project.texts["stembridge", name] = value


def select_bars(project: Project, first: int, last: int) -> None:
    """Mark the time selection from the start of bar `first` to the end of bar `last`, both counted from 1."""
    project.selection = (project.seconds_at(project.bar(first - 1)[0]), project.seconds_at(project.bar(last - 1)[1]))


def generate(reaper: Reaper) -> Script:
    """Press Generate and wait until its music is imported, or its window shows an error."""
    script = reaper.press("_STEMBRIDGE_GENERATE")
    steps = len(reaper.front.undo)
    reaper.run(lambda: len(reaper.front.undo) > steps or script.is_over or is_failed(script))
    return script


def is_failed(script: Script) -> bool:
    """Return True if the window shows a final sentence: it draws no progress bar any more."""
    return not script.window.has_bar


def manifest_of(track: Track) -> dict[str, Any]:
    """Return the manifest beside the WAV of a stem's first take, with its path under "path"."""
    source = track.items[0].takes[-1].source
    assert source is not None
    path = source.file.with_name("manifest.json")
    return {**json.loads(path.read_text(encoding="utf-8")), "path": path}


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory, companion_home: Path) -> Path:
    """REAPER's resource folder with the actions for the common companion."""
    return install(companion_home, tmp_path_factory.mktemp("reaper") / "REAPER")


@pytest.fixture
def reaper(resources: Path) -> Iterator[Reaper]:
    """A REAPER 7.08 beside the common companion."""
    with running(resources) as one:
        yield one
