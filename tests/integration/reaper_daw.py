"""A REAPER with the real scripts, installed by the real installer, beside a real companion of the same user."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from companion_process import run_bridge

from tests.reaper_stub.model import Marker, Project
from tests.reaper_stub.session import Reaper


def install(home: Path, resources: Path) -> Path:
    """Install the actions for the companion whose home is `home`."""
    resources.mkdir(parents=True, exist_ok=True)
    home.mkdir(parents=True, exist_ok=True)
    (resources / "reaper.ini").touch()
    ended = run_bridge(home, "daw", "install", "reaper", "--dest", str(resources))
    assert (ended.returncode, ended.stderr) == (0, "")
    return resources


def song(reaper: Reaper, folder: Path, name: str = "song") -> Project:
    """Open a saved project at 97.6 BPM, 7/8, with a change to 120 in the middle of bar 7."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.rpp"
    file.touch()
    project = reaper.open(file, folder / "Media")
    project.markers = [Marker(0.0, 97.6, (7, 8)), Marker(project_seconds(22.0), 120.0)]
    project.texts["stembridge", "genres"] = "funk, slap bass"
    return project


def project_seconds(beat: float) -> float:
    """Return the time of a beat at 97.6 BPM."""
    return beat * 60 / 97.6


@pytest.fixture
def reaper(tmp_path: Path) -> Iterator[Reaper]:
    """A REAPER 7.08 whose scripts know the companion in `tmp_path / "home"`."""
    one = Reaper(install(tmp_path / "home", tmp_path / "REAPER"))
    yield one
    for script in one.scripts:
        script.end()
    for process in one.functions.processes:
        process.terminate()
        process.wait(20)
    assert one.functions.console == ""
