"""The export dialog."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from bridge.desktop.takes.export import NAMES, ExportDialog
from bridge.takes.export import FORMATS, WHATS


@pytest.fixture
def dialog(qtbot: QtBot) -> ExportDialog:
    made = ExportDialog("funk, slap bass")
    qtbot.addWidget(made)
    return made


def test_everything_that_can_be_exported_has_a_name() -> None:
    assert tuple(NAMES) == WHATS


def test_at_first_every_stem_goes_out_as_wav(dialog: ExportDialog) -> None:
    options = dialog.export_options({"drums": 1.0})
    assert (options.what, options.format, options.zipped, options.gains) == ("stems", "wav", False, {"drums": 1.0})


def test_what_was_chosen_is_returned(dialog: ExportDialog) -> None:
    dialog.what.setCurrentIndex(dialog.what.findText("The mix as it is heard now"))
    dialog.format.setCurrentIndex(dialog.format.findText("MP3"))
    dialog.zipped.click()
    options = dialog.export_options({})
    assert (options.what, options.format, options.zipped) == ("balance", "mp3", True)


def test_all_formats_are_offered(dialog: ExportDialog) -> None:
    assert [dialog.format.itemData(row) for row in range(dialog.format.count())] == list(FORMATS)


@pytest.mark.parametrize(("text", "result"), [("Choose folder…", QDialog.Accepted), ("Cancel", QDialog.Rejected)])
def test_its_buttons_agree_or_cancel(dialog: ExportDialog, text: str, result: QDialog.DialogCode) -> None:
    (button,) = (one for one in dialog.findChildren(QPushButton) if one.text() == text)
    button.click()
    assert dialog.result() == result.value
