"""The look of the window: legible text, no clipped text, and pictures of every state for people to judge."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from bridge.desktop.look.contrast import READABLE, contrast, legible
from bridge.desktop.look.tokens import DARK, LIGHT, Tokens
from bridge.takes.colors import stem_color
from engine.sketch.instruments import STEMS
from tests.helpers.paths import ROOT

IN_THE_DOCS = ("playing-queue", "models-download", "first-run", "midi")
"""Pictures of the documentation, in the dark theme; the first one is there in the light theme too."""
STATES = (
    *("empty", "not-connected", "first-run", "settings", "models", "models-download", "midi", "midi-learning"),
    *("lyrics", "advanced", "presets", "take", "export", "details", "take-menu", "region", "playing-queue", "errors"),
)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("words", ["text", "dim", "faint", "accent", "good", "warn", "bad"])
@pytest.mark.parametrize("ground", ["ground", "panel", "raised"])
def test_text_is_legible_on_every_background(tokens: Tokens, words: str, ground: str) -> None:
    assert contrast(getattr(tokens, words), getattr(tokens, ground)) >= READABLE


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_text_on_the_accent_colour_is_legible(tokens: Tokens) -> None:
    assert contrast(tokens.on_accent, tokens.accent) >= READABLE
    assert contrast(tokens.accent, tokens.accent_soft) >= READABLE


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_stem_names_in_their_colours_are_legible(tokens: Tokens) -> None:
    for name in STEMS:
        assert contrast(legible(stem_color(name), tokens.panel, tokens.text), tokens.panel) >= READABLE


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(("theme", "scale"), [("dark", 1), ("light", 1), ("dark", 2)])
def test_every_state_has_its_picture_and_no_text_is_cut(tmp_path: Path, theme: str, scale: int) -> None:
    """With STEMBRIDGE_PICTURES=1 the pictures of the documentation are written again."""
    program = [sys.executable, "-m", "tests.helpers.pictures", str(tmp_path), theme]
    environ = {**os.environ, "QT_SCALE_FACTOR": str(scale), "PYTHONPATH": str(ROOT)}
    environ |= {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    ended = subprocess.run(program, env=environ, cwd=tmp_path, capture_output=True, text=True, timeout=280)
    assert ended.returncode == 0, ended.stderr
    assert [line for line in ended.stdout.splitlines() if line.startswith("clipped")] == []
    for state in STATES:
        image = QImage(str(tmp_path / f"{state}-{theme}.png"))
        steps = range(0, image.width(), 5), range(0, image.height(), 5)
        assert len({image.pixel(x, y) for x in steps[0] for y in steps[1]}) > 12, state
    assert QImage(str(tmp_path / f"empty-{theme}.png")).width() == 1240 * scale
    if os.environ.get("STEMBRIDGE_PICTURES") and scale == 1:
        keep(tmp_path, theme)


def keep(folder: Path, theme: str) -> None:
    for state in IN_THE_DOCS if theme == "dark" else IN_THE_DOCS[:1]:
        name = "window" if state == "playing-queue" else state
        shutil.copyfile(folder / f"{state}-{theme}.png", ROOT / "docs" / "images" / f"{name}-{theme}.png")
