"""`stembridge serve`: which options reach the companion, and its life until a signal."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from bridge.cli import serve
from bridge.cli.main import main
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.settings import SettingsFile
from bridge.upkeep.updates import Outdated


class FakeCompanion:
    """A companion that gets a signal as soon as it runs."""

    started: list[LaunchOptions]
    ended: list[LaunchOptions]
    signal_number = signal.SIGTERM

    def __init__(self, options: LaunchOptions) -> None:
        self.options = options
        self.osc_port, self.http_port = 19_124, 19_125

    async def __aenter__(self) -> FakeCompanion:
        FakeCompanion.started.append(self.options)
        signal.raise_signal(FakeCompanion.signal_number)
        return self

    async def __aexit__(self, *_: object) -> None:
        FakeCompanion.ended.append(self.options)


@pytest.fixture(autouse=True)
def companion(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "Companion", FakeCompanion)
    monkeypatch.setattr(serve, "find_outdated", lambda _: [])
    for name in ("started", "ended"):
        monkeypatch.setattr(FakeCompanion, name, [], raising=False)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_tells_its_ports_and_runs_until_a_signal(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(FakeCompanion, "signal_number", number)
    assert main(["serve"]) == 0
    assert capsys.readouterr().out == "ready osc=19124 http=19125\n"
    assert FakeCompanion.started == FakeCompanion.ended
    assert len(FakeCompanion.started) == 1


def test_without_flags_the_settings_hold(folders: Folders) -> None:
    settings = SettingsFile(folders.settings)
    for key, value in (
        ("osc_port", 9000),
        ("host", "0.0.0.0"),
        ("engine", "sketch"),
        ("project", "/song"),
        ("abletonosc", True),
    ):
        settings.set(key, value)
    assert main(["serve"]) == 0
    assert FakeCompanion.started == [
        LaunchOptions(folders, "0.0.0.0", 9000, 9125, Path("/song"), "sketch", abletonosc=True)
    ]


def test_flags_win_over_the_settings_a_port_of_0_too(folders: Folders) -> None:
    settings = SettingsFile(folders.settings)
    settings.set("osc_port", 9000)
    settings.set("project", "/song")
    flags = ["--osc-port", "0", "--http-port", "0", "--host", "::1", "--project", "/other", "--engine", "remote"]
    assert main(["serve", *flags]) == 0
    assert FakeCompanion.started == [LaunchOptions(folders, "::1", 0, 0, Path("/other"), "remote")]


def test_wrong_settings_are_warned_of_and_the_defaults_hold(
    folders: Folders, caplog: pytest.LogCaptureFixture
) -> None:
    folders.settings.parent.mkdir(parents=True)
    folders.settings.write_text('{"version": 1, "osc_port": "many"}')
    assert main(["serve"]) == 0
    assert FakeCompanion.started == [LaunchOptions(folders)]
    (record,) = caplog.records
    assert (record.levelno, "osc_port must be a whole number" in record.getMessage()) == (logging.WARNING, True)


def outdated(name: str, is_told: bool) -> Outdated:
    return Outdated(name, "0.9", f"{name} is old.", lambda _: None, is_told)


def test_what_is_outdated_is_warned_of(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(serve, "find_outdated", lambda _: [outdated("REAPER", True), outdated("Live", False)])
    assert main(["serve"]) == 0
    assert [record.getMessage() for record in caplog.records] == [
        "REAPER is old. `stembridge update` brings it up to date."
    ]


def test_a_failing_look_for_what_is_outdated_does_not_end_the_companion(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: object) -> list[Outdated]:
        raise RuntimeError("boom")

    monkeypatch.setattr(serve, "find_outdated", fail)
    assert main(["serve"]) == 0
    assert len(FakeCompanion.ended) == 1
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.skipif(os.name != "posix", reason="elsewhere every loop is such a one")
def test_where_loops_take_no_signal_handlers_the_systems_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers: dict[int, Callable[[], object]] = {}

    def refuse(*_: object) -> None:
        raise NotImplementedError

    system = SimpleNamespace(SIGINT=2, SIGTERM=15, signal=handlers.__setitem__)
    monkeypatch.setattr("asyncio.unix_events._UnixSelectorEventLoop.add_signal_handler", refuse)
    monkeypatch.setattr(serve, "signal", system)
    monkeypatch.setattr(signal, "raise_signal", lambda number: handlers[number]())
    assert main(["serve"]) == 0
    assert set(handlers) == {2, 15}
