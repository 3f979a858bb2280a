"""The files of the style sheet's small icons."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from bridge.desktop.look.signs import SIGN_PX, write_signs
from bridge.desktop.look.tokens import DARK, LIGHT


def test_each_sign_is_written_for_both_scales_in_its_colour(qtbot: QtBot) -> None:
    paths = write_signs(DARK)
    assert set(paths) == {"arrow_down", "arrow_up", "tick"}
    for path in map(Path, paths.values()):
        assert QImage(str(path)).width() == SIGN_PX
        assert QImage(str(path.with_stem(path.stem + "@2x"))).width() == 2 * SIGN_PX
    assert DARK.on_accent.removeprefix("#") in paths["tick"]


def test_the_themes_have_files_of_their_own(qtbot: QtBot) -> None:
    assert not set(write_signs(DARK).values()) & set(write_signs(LIGHT).values())
