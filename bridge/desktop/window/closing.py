"""The dialog that asks before closing the window would lose work."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget


def agrees_to_close(window: QWidget, unfinished: int) -> bool:
    """Ask whether to close although `unfinished` jobs run or wait; True if so."""
    text = "One take is being made." if unfinished == 1 else f"{unfinished} takes are being made or wait."
    ask = QMessageBox(QMessageBox.Icon.Question, "Close Stem Bridge?", text, parent=window)
    ask.setInformativeText("The one that runs would be lost; those that wait go on at the next start.")
    keep = ask.addButton("Keep working", QMessageBox.ButtonRole.RejectRole)
    ask.addButton("Close anyway", QMessageBox.ButtonRole.DestructiveRole)
    ask.setDefaultButton(keep)
    ask.exec()
    return ask.clickedButton() is not keep
