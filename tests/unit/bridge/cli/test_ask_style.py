"""Presets that leave the style open: asked for on a terminal, else chosen by tempo and key."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from bridge.cli.ask_style import with_style
from bridge.request.presets.presets import Presets

OPEN = {"preset": "fast-prototyping"}


@pytest.fixture
def presets(tmp_path: Path) -> Presets:
    return Presets(tmp_path)


def on_terminal(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    terminal = io.StringIO(f"{text}\n")
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", terminal)


def test_the_answer_is_the_style(
    presets: Presets, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    on_terminal(monkeypatch, " dub, warm ")
    assert with_style(OPEN, presets) == {**OPEN, "genres": "dub, warm"}
    assert capsys.readouterr().err.startswith("“Fast Prototyping” leaves the style open.")
    on_terminal(monkeypatch, "")
    assert with_style(OPEN, presets) == OPEN


@pytest.mark.parametrize("block", [{}, {**OPEN, "genres": "dub"}, {"preset": "energetic dance track"}])
def test_nothing_is_asked_where_a_style_is_known_or_no_preset_named(
    block: dict[str, object], presets: Presets, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    on_terminal(monkeypatch, "never read")
    assert with_style(block, presets) == block
    assert capsys.readouterr().err == ""


def test_without_a_terminal_nothing_is_asked(presets: Presets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("dub\n"))
    assert with_style(OPEN, presets) == OPEN
