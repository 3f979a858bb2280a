"""Running of installing programs: output, errors, and their end."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from bridge.upkeep.engine_env.record import (
    EnvironmentFault,
)
from bridge.upkeep.engine_env.run import run_program
from engine.errors import Cancelled


def test_a_program_that_fails_is_one_sentence_with_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    program = "import sys; print('Collecting torch'); print('ERROR: No matching distribution found'); sys.exit(1)"
    lines: list[str] = []
    with pytest.raises(EnvironmentFault, match="No matching distribution found") as caught:
        run_program([sys.executable, "-c", program], {}, log, lines.append)
    assert str(log) in str(caught.value)
    assert [line for line in lines if line] == ["Collecting torch", "ERROR: No matching distribution found"]
    assert "Collecting torch" in log.read_text()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk is full; what has arrived"),
        ("cause: client error (Connect)", "index cannot be reached"),
        (
            "cause: Failed to download python-build-standalone/x\n cause: client error (Connect)",
            "no Python 3.11–3.13",
        ),
        ("error: No interpreter found for Python >=3.11", "no Python 3.11–3.13"),
    ],
)
def test_what_can_be_helped_is_named(tmp_path: Path, said: str, told: str) -> None:
    program = f"import sys; sys.exit({said!r})"
    with pytest.raises(EnvironmentFault, match=told):
        run_program([sys.executable, "-c", program], {}, tmp_path / "log", lambda _: None)


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="cannot be run"):
        run_program(["/no/such/program"], {}, tmp_path / "log", lambda _: None)


def test_a_silent_program_is_ended_with_its_children(tmp_path: Path) -> None:
    child = "import time; time.sleep(60)"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    pids: list[int] = []

    def stop_when_both_run(_: str) -> None:
        if psutil.Process(pids[0]).children():
            pids.extend(one.pid for one in psutil.Process(pids[0]).children())
            raise Cancelled

    with pytest.raises(Cancelled):
        run_program([sys.executable, "-c", program], {}, tmp_path / "log", stop_when_both_run, pids.append)
    assert not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in pids)
