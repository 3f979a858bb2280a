"""The question before work is lost."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from bridge.desktop.window.closing import agrees_to_close


@pytest.mark.parametrize(
    ("unfinished", "text"), [(1, "One take is being made."), (3, "3 takes are being made or wait.")]
)
@pytest.mark.parametrize(("clicked", "agrees"), [("Keep working", False), ("Close anyway", True)])
def test_the_answer_is_the_button(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, unfinished: int, text: str, clicked: str, agrees: bool
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    texts: list[str] = []

    def execute(box: QMessageBox) -> int:
        texts.append(box.text())
        assert box.defaultButton().text() == "Keep working"
        next(button for button in box.buttons() if button.text() == clicked).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", execute)
    assert agrees_to_close(window, unfinished) is agrees
    assert texts == [text]
