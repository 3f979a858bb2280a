"""Heartbeat files: what a script in a DAW reads and writes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bridge.home import heartbeat
from bridge.home.heartbeat import heartbeat_age_s, heartbeat_file, write_heartbeat


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the clock of the module; its one element is the time in seconds."""
    clock = [1_000.75]
    monkeypatch.setattr(heartbeat.time, "time", lambda: clock[0])
    return clock


def test_the_file_has_whole_seconds_and_the_facts_a_line_each(tmp_path: Path, now: list[float]) -> None:
    write_heartbeat(tmp_path, "companion", "1.0.2", 9124)
    assert (tmp_path / "companion.alive").read_bytes() == b"1000\n1.0.2\n9124\n"


def test_its_age_is_in_seconds_and_never_negative(tmp_path: Path, now: list[float]) -> None:
    write_heartbeat(tmp_path, "reaper")
    now[0] = 1_007.0
    assert heartbeat_age_s(tmp_path, "reaper") == 7.0
    now[0] = 900.0  # the clock was set back
    assert heartbeat_age_s(tmp_path, "reaper") == 0.0


@pytest.mark.parametrize("content", [b"", b"\n", b"soon\n", b"\xff\xfe", b"1e999x"])
def test_a_file_without_a_time_is_no_heartbeat(tmp_path: Path, content: bytes) -> None:
    heartbeat_file(tmp_path, "reaper").write_bytes(content)
    assert heartbeat_age_s(tmp_path, "reaper") is None


def test_a_missing_file_is_no_heartbeat_and_a_missing_folder_no_error(tmp_path: Path) -> None:
    assert heartbeat_age_s(tmp_path, "reaper") is None
    write_heartbeat(tmp_path / "none", "reaper")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "soon\n", "1e999\n", "-\n"])
def test_a_time_that_makes_no_sense_is_no_age(tmp_path: Path, text: str) -> None:
    heartbeat_file(tmp_path, "reaper").write_text(text)
    assert heartbeat_age_s(tmp_path, "reaper") in (None, 0.0)


def test_an_age_is_counted_by_the_real_clock(tmp_path: Path) -> None:
    write_heartbeat(tmp_path, "reaper", "7.08")
    assert heartbeat_age_s(tmp_path, "reaper") == pytest.approx(0, abs=1.5)
    heartbeat_file(tmp_path, "reaper").write_text(f"{time.time() - 60}\n")
    assert heartbeat_age_s(tmp_path, "reaper") == pytest.approx(60, abs=1)
    write_heartbeat(tmp_path / "gone", "reaper")
