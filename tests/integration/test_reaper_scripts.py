"""The main job inside REAPER: real scripts in real Lua, a real companion at the other end of the real mailbox."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile
from companion_process import Start
from reaper_daw import reaper, song  # noqa: F401

from tests.reaper_stub.session import Reaper


def test_music_lands_in_the_time_selection(start: Start, reaper: Reaper, tmp_path: Path) -> None:  # noqa: F811
    start()
    project = song(reaper, tmp_path / "one")
    project.selection = (project.seconds_at(14.0), project.seconds_at(28.0))
    script = reaper.press("_STEMBRIDGE_GENERATE")
    reaper.run()
    print(script.window.shown[-1], project.tracks, project.undo)
    for track in project.tracks:
        print(track.name, track.values, [(i.values, [(t.name, t.source) for t in i.takes]) for i in track.items])
