"""The Python that the worker runs in: the companion's own for sketches, the environment's for neural engines."""

from __future__ import annotations

import asyncio
import os
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bridge.cli.elsewhere import hand_over
from bridge.jobs.worker.client import WorkerClient, WorkerLaunch, worker_start
from engine import interpreter
from engine.interpreter import Interpreter, neural_interpreter, neural_program, set_neural_finder
from engine.optional_libraries import PACKAGES, missing_packages

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a link to Python is no Python on Windows")


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Interpreter]:
    """Another Python, whose packages are this one's."""
    program = tmp_path / "bin" / "python3"
    program.parent.mkdir()
    program.symlink_to(Path(sys.executable).resolve())
    packages = Path(sysconfig.get_path("purelib"))
    monkeypatch.setenv("PYTHONPATH", str(packages))
    found = Interpreter(program, packages)
    set_neural_finder(lambda: found)
    yield found
    set_neural_finder(interpreter._no_other_interpreter)


def program_of(pid: int | None) -> str:
    assert pid is not None
    return psutil.Process(pid).cmdline()[0]


def test_the_worker_moves_to_the_environment_and_stays(other: Interpreter) -> None:
    async def run() -> list[str]:
        client, seen = WorkerClient(), []
        try:
            await client.warm_up("sketch")
            seen.append(program_of(client.pid))
            for engine in ("ace-step", "sketch"):
                outcome = await client.run("job", "{}", "{}", lambda *_: None, engine)
                assert outcome.kind == "failed"  # "{}" is no job; it was the worker's to say so
                assert not outcome.engine_died
                seen.append(program_of(client.pid))
            return seen
        finally:
            await client.stop()

    assert asyncio.run(run()) == [sys.executable, str(other.program), str(other.program)]


def test_a_worker_from_before_a_repair_is_not_used_again(other: Interpreter) -> None:
    async def run() -> list[int | None]:
        client, seen = WorkerClient(), []
        try:
            for stamp in ("monday", "monday", "tuesday"):
                set_neural_finder(lambda stamp=stamp: replace(other, stamp=stamp))
                await client.run("job", "{}", "{}", lambda *_: None, "ace-step")
                seen.append(client.pid)
            return seen
        finally:
            await client.stop()

    monday, again, tuesday = asyncio.run(run())
    assert monday == again != tuesday


def test_without_an_environment_all_run_here() -> None:
    assert neural_interpreter() is None
    assert (
        worker_start("ace-step")
        == worker_start("sketch")
        == WorkerLaunch((sys.executable, "-m", "bridge.jobs.worker.main"))
    )
    assert hand_over(["separate"]) is None


def test_this_very_python_is_no_other_one() -> None:
    set_neural_finder(lambda: Interpreter(Path(sys.executable), Path("/anywhere")))
    try:
        assert neural_interpreter() is None
        assert neural_program() == sys.executable
    finally:
        set_neural_finder(interpreter._no_other_interpreter)


def test_libraries_are_looked_for_where_they_are_used(tmp_path: Path) -> None:
    set_neural_finder(lambda: Interpreter(tmp_path / "python", tmp_path))
    try:
        assert missing_packages() == list(PACKAGES)
        for name in PACKAGES[1:]:
            (tmp_path / name).mkdir()
            (tmp_path / name / "__init__.py").touch()
        assert missing_packages() == [PACKAGES[0]]
    finally:
        set_neural_finder(interpreter._no_other_interpreter)


def test_a_command_is_handed_over_with_its_words(other: Interpreter, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, list[str], str]] = []

    def become(path: str, words: list[str], environ: dict[str, str]) -> None:
        calls.append((path, words, environ["PYTHONPATH"]))
        raise SystemExit

    monkeypatch.setattr(os, "execve", become)
    with pytest.raises(SystemExit):
        hand_over(["separate", "in.wav"])
    path, words, pythonpath = calls[0]
    assert (path, words) == (str(other.program), [str(other.program), "-m", "bridge", "separate", "in.wav"])
    assert pythonpath.split(os.pathsep)[0] == str(interpreter.ROOT)
