"""Running of installing programs: output, errors, and their end."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from bridge.upkeep.engine_env.record import (
    EnvironmentFault,
)
from bridge.upkeep.engine_env.run import _sentence, end_group, run_program
from engine.errors import Cancelled
from tests.helpers.waiting import wait_until


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
    ("output", "expected"),
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
def test_what_can_be_helped_is_named(tmp_path: Path, output: str, expected: str) -> None:
    program = f"import sys; sys.exit({output!r})"
    with pytest.raises(EnvironmentFault, match=expected):
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
    wait_until(lambda: not any(map(is_running, pids)), "both have ended")


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_program_that_succeeds_is_logged_with_its_command(tmp_path: Path) -> None:
    log, lines, pids = tmp_path / "log", list[str](), list[int]()
    program = "import os, sys; print(os.environ['MINE']); print('Progress 5 of 10'); print('é', file=sys.stderr)"
    environ = {"MINE": "yes", "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    run_program([sys.executable, "-c", program], environ, log, lines.append, pids.append)
    assert [line for line in lines if line] == ["yes", "Progress 5 of 10", "é"]
    assert log.read_text(encoding="utf-8").splitlines()[0].startswith(f"$ {sys.executable} -c ")
    assert log.read_text(encoding="utf-8").splitlines()[1:] == ["yes", "é"]  # a bar's thousand lines are left out
    assert len(pids) == 1


def test_a_second_program_is_appended_to_the_log(tmp_path: Path) -> None:
    for word in ("first", "second"):
        run_program([sys.executable, "-c", f"print('{word}')"], {}, tmp_path / "log", lambda _: None)
    lines = (tmp_path / "log").read_text().splitlines()
    assert [line for line in lines if not line.startswith("$")] == ["first", "second"]


def test_a_program_that_fails_without_output_says_so(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match=r"^It failed without a word \(exit code 3\)\. All that was said: "):
        run_program([sys.executable, "-c", "raise SystemExit(3)"], {}, tmp_path / "log", lambda _: None)


@pytest.mark.parametrize(
    ("last", "sentence"),
    [
        (["ERROR: first", "ERROR: second", "then this"], "second"),
        (["error: of uv", "  hint: x"], "error: of uv"),
        (["noise", "  the end "], "the end"),
        (["ReadTimeoutError: x"], "The package index has stopped answering; what has arrived is kept, go on later"),
        ([], "It failed without a word"),
    ],
)
def test_the_most_telling_line_becomes_the_sentence(last: list[str], sentence: str) -> None:
    assert _sentence(last) == sentence


def test_a_process_that_has_ended_may_be_ended_again(tmp_path: Path) -> None:
    pids: list[int] = []
    run_program([sys.executable, "-c", ""], {}, tmp_path / "log", lambda _: None, pids.append)
    end_group(pids[0])
