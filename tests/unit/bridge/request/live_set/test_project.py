"""The Live set of a project folder that counts."""

from __future__ import annotations

import os
from pathlib import Path

from bridge.request.live_set import newest_set
from tests.helpers.ableton.als_files import write_als


def test_the_set_saved_last_counts(tmp_path: Path) -> None:
    assert newest_set(tmp_path) is None
    assert newest_set(tmp_path / "nothing") is None
    for seconds, name in ((1, "new.als"), (2, "newer.ALS"), (3, "Backup/newest.als"), (4, ".hidden.als")):
        os.utime(write_als(tmp_path / name, tempo=100 + seconds), (seconds, seconds))
    saved = newest_set(tmp_path)
    assert saved is not None
    assert saved.path.name == "newer.ALS"
    write_als(saved.path, tempo=150)
    again = newest_set(tmp_path)
    assert again is not None
    assert again.tempo.bpm_at(0) == 150
