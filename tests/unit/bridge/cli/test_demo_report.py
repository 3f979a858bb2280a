"""The words of the demo: steps while it works, on a terminal and elsewhere, and where to listen at the end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, get_args

import pytest

from bridge.cli import demo_report
from bridge.cli.demo_report import STEPS, DemoReport, describe_take
from engine.contract import Phase
from tests.helpers.small_take import MANIFEST


def test_every_phase_has_words() -> None:
    assert set(STEPS) == set(get_args(Phase))


def test_each_step_is_a_line_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    report = DemoReport(False)
    report.step("Starting")
    for share in (0.1, 0.5, 1.0):
        report.phase("generating", share)
    report.phase("writing", 0.0)
    report.message("-> /hello")
    report.end()
    assert capsys.readouterr().err.splitlines() == ["Starting", "Playing", "Writing the files"]


def test_a_terminal_shows_the_percentage_on_the_same_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    report = DemoReport(False)
    report.step("Starting")
    report.phase("generating", 0.1)
    report.phase("generating", 0.5)
    report.end()
    assert capsys.readouterr().err == "Starting\nPlaying 10%\r\x1b[KPlaying 50%\n"


def test_messages_are_shown_if_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    report = DemoReport(True)
    report.message("-> /hello Demo")
    assert capsys.readouterr().err == "-> /hello Demo\n"


def test_the_end_says_where_to_listen_and_how_to_open_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_report, "own_command", lambda: "/venv/stembridge")
    assert describe_take(Path("/my songs/take/manifest.json"), MANIFEST).splitlines() == [
        "Ready: 0.25 bars of 4/4 at 120 BPM, E minor, 0.5 s. "
        "Of 9 notes measured, half are within 1.25 ms of the beat, 95 % within 4.50 ms.",
        "The sketch engine played.",
        "",
        "Listen here:",
        f"  {demo_report.copyable([str(Path('/my songs/take/mix.wav'))])}",
        "",
        "Each part is a file of its own beside it, as audio and as MIDI:",
        "  bass  bass.wav  bass.mid",
        "",
        "Open the window with:",
        "  /venv/stembridge",
    ]


def test_what_was_not_measured_is_not_claimed() -> None:
    alignment: dict[str, Any] = {**MANIFEST["alignment"], "error_ms_median": None}
    text = describe_take(Path("/t/manifest.json"), {**MANIFEST, "alignment": alignment, "key": ""})
    assert text.splitlines()[0] == "Ready: 0.25 bars of 4/4 at 120 BPM, 0.5 s. Its timing could not be measured."
