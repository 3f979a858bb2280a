"""The end of every command: its exit code, and one line on standard error."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module
from types import SimpleNamespace

import pytest

from bridge import __version__
from bridge.cli import doctor
from bridge.cli.main import main, program
from bridge.request.block import InvalidBlock
from engine.errors import InvalidValue, StemBridgeError

main_module = import_module("bridge.cli.main")  # the package has a function of this name


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"stembridge {__version__}\n"


def test_an_interrupt_is_130_and_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "run", interrupted)
    assert main(["doctor"]) == 130
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (InvalidValue("cfg", 99, "1–15"), 2, "stembridge: cfg must be 1–15, not 99"),
        (InvalidBlock([InvalidValue("cfg", 99, "1–15")]), 2, "cfg must be 1–15, not 99"),
        (StemBridgeError("The disk is full."), 1, "stembridge: The disk is full."),
        (KeyboardInterrupt(), 130, "stembridge: interrupted; nothing half-written was left."),
    ],
)
def test_every_failure_is_one_line_and_its_exit_code(
    error: BaseException, code: int, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> int:
        raise error

    monkeypatch.setattr(doctor, "run", fail)
    assert main(["doctor"]) == code
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert line in told.err


def test_an_error_that_is_no_users_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(doctor, "run", fail)
    with pytest.raises(ZeroDivisionError):
        main(["doctor"])


def test_the_commands_own_exit_code_and_words_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []
    monkeypatch.setattr(doctor, "run", lambda options: seen.append(options.words) or 1)
    assert main(["doctor", "--json"]) == 1
    monkeypatch.setattr("sys.argv", ["stembridge", "doctor"])
    assert main() == 1
    assert seen == [["doctor", "--json"], ["doctor"]]


def test_without_a_command_the_window_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[str] = []
    monkeypatch.setattr(main_module, "_run", lambda command, _: commands.append(command) or 0)
    assert main([]) == 0
    assert main(["--in-background"]) == 0
    assert commands == ["window", "window"]


def test_a_reader_that_has_gone_is_a_failure_without_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> int:
        raise BrokenPipeError

    copied: list[tuple[int, int]] = []
    monkeypatch.setattr(doctor, "run", fail)
    monkeypatch.setattr("sys.stdout", SimpleNamespace(fileno=lambda: 77, flush=lambda: None))
    monkeypatch.setattr(os, "dup2", lambda one, other: copied.append((one, other)))
    assert main(["doctor"]) == 1
    ((null, other),) = copied
    assert other == 77
    os.close(null)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "variable", "level"),
    [([], None, "WARNING"), (["-v"], None, logging.DEBUG), ([], "INFO", "INFO"), (["-v"], "INFO", logging.DEBUG)],
)
def test_the_log_is_as_wordy_as_asked_for(
    arguments: list[str], variable: str | None, level: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured: list[dict[str, object]] = []
    monkeypatch.setattr(logging, "basicConfig", lambda **options: configured.append(options))
    monkeypatch.setattr(doctor, "run", lambda _: 0)
    monkeypatch.delenv("STEMBRIDGE_LOG", raising=False)
    if variable is not None:
        monkeypatch.setenv("STEMBRIDGE_LOG", variable)
    assert main([*arguments, "doctor"]) == 0
    (options,) = configured
    assert (options["level"], options["stream"]) == (level, sys.stderr)


def test_the_program_ends_at_once_after_an_interrupt_and_else_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    exits: list[int] = []
    monkeypatch.setattr(os, "_exit", exits.append)
    for code in (0, 1, 2):
        monkeypatch.setattr(main_module, "main", lambda code=code: code)
        assert program() == code
    assert exits == []
    monkeypatch.setattr(main_module, "main", lambda: 130)
    program()
    assert exits == [130]
