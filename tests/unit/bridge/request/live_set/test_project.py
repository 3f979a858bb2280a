"""The choice of a project's Live set: the one saved last."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bridge.request.live_set import newest_set
from engine.errors import InvalidValue
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


def test_an_unchanged_set_is_read_once(tmp_path: Path) -> None:
    path = write_als(tmp_path / "a.als", tempo=100)
    first = newest_set(tmp_path)
    assert newest_set(tmp_path) is first
    write_als(path, tempo=101)
    os.utime(path, ns=(1, 1))
    changed = newest_set(tmp_path)
    assert changed is not None
    assert changed.tempo.bpm_at(0) == 101


def test_the_newest_set_counts_even_if_it_is_broken(tmp_path: Path) -> None:
    os.utime(write_als(tmp_path / "old.als"), (1, 1))
    (tmp_path / "new.als").write_bytes(b"JUNK")
    (tmp_path / "folder.als").mkdir()
    with pytest.raises(InvalidValue, match=r"new\.als"):
        newest_set(tmp_path)
