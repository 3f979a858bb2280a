"""Detection of running programs by their names."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from bridge.daws.running import is_running


def test_a_star_stands_for_every_end_of_a_process_name(tmp_path: Path) -> None:
    sleep = Path("/bin/sleep")
    if not sleep.exists():
        pytest.skip("needs a program that waits")
    name = f"ard{os.getpid()}"
    program = tmp_path / f"{name}-7.3"
    program.write_bytes(sleep.read_bytes())
    program.chmod(0o755)
    process = subprocess.Popen([program, "60"])
    try:
        assert is_running([f"{name}*"])
        assert not is_running([name])
        assert is_running([f"{name}-7.3"])
    finally:
        process.kill()
        process.wait()


@dataclass
class Process:
    """A process as `psutil.process_iter` yields it."""

    name: str | None
    status: str = psutil.STATUS_RUNNING

    @property
    def info(self) -> dict[str, str | None]:
        return {"name": self.name, "status": self.status}


@pytest.mark.parametrize(
    ("running", "names", "expected"),
    [
        ("REAPER", ["reaper"], True),
        ("reaper.exe", ["REAPER"], True),
        ("reaper-helper", ["reaper"], False),
        ("reaper", ["reaper*"], True),
        ("Ardour-9.0", ["ardour*"], True),
        ("hardour", ["ardour*"], False),
        ("Ableton Live 12 Suite.exe", ["Ableton Live 12 Suite"], True),
        (None, ["reaper"], False),
        ("anything", [], False),
    ],
)
def test_names_are_compared_without_case_and_ending(
    monkeypatch: pytest.MonkeyPatch, running: str | None, names: list[str], expected: bool
) -> None:
    monkeypatch.setattr(psutil, "process_iter", lambda _: [Process("init"), Process(running)])
    assert is_running(names) is expected


def test_a_process_that_has_ended_but_was_not_waited_for_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "process_iter", lambda _: [Process("reaper", psutil.STATUS_ZOMBIE)])
    assert not is_running(["reaper"])
