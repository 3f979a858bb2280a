"""Handing a command over to the Python that has the neural engines' libraries."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bridge.cli import elsewhere
from bridge.cli.elsewhere import hand_over
from engine.interpreter import Interpreter

OTHER = Interpreter(Path("/engine/bin/python"), Path("/engine/lib"))
COMMAND = [str(OTHER.program), "-m", "bridge", "separate", "a b.wav"]


def test_with_the_libraries_in_this_python_nothing_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "neural_interpreter", lambda: None)
    assert hand_over(["separate", "a.wav"]) is None


@pytest.mark.skipif(os.name != "posix", reason="other systems cannot replace a process")
def test_this_process_becomes_the_other_one_with_its_output_written(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    monkeypatch.setattr(elsewhere, "neural_interpreter", lambda: OTHER)
    monkeypatch.setattr(sys.stdout, "flush", lambda: calls.append("stdout"))
    monkeypatch.setattr(sys.stderr, "flush", lambda: calls.append("stderr"))

    def become(program: str, command: list[str], environ: dict[str, str]) -> None:
        calls.append((program, command, "PYTHONPATH" in environ))
        raise SystemExit  # as far as this process is concerned

    monkeypatch.setattr(os, "execve", become)
    with pytest.raises(SystemExit):
        hand_over(["separate", "a b.wav"])
    assert calls == ["stdout", "stderr", (str(OTHER.program), COMMAND, True)]


def test_elsewhere_the_other_process_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[object] = []

    def run(command: list[str], env: dict[str, str], check: bool) -> SimpleNamespace:
        runs.append((command, "PYTHONPATH" in env, check))
        return SimpleNamespace(returncode=130)

    monkeypatch.setattr(elsewhere, "neural_interpreter", lambda: OTHER)
    monkeypatch.setattr(elsewhere, "os", SimpleNamespace(name="nt"))
    monkeypatch.setattr(elsewhere.subprocess, "run", run)
    assert hand_over(["separate", "a b.wav"]) == 130
    assert runs == [(COMMAND, True, False)]
