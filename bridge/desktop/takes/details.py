"""The page on a take's origin: prompt, engine, seed, block, measured alignment, notices."""

from __future__ import annotations

import json

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QPlainTextEdit, QVBoxLayout, QWidget

from bridge.desktop.controls.widgets import button, label, row
from bridge.desktop.look.style import mono
from bridge.desktop.takes.badge import badge
from bridge.takes.library import TakeView

SIZE_PX = (620, 620)


class TakeDetails(QDialog):
    """The page; `requested("use" or "copy")` is emitted by its buttons."""

    requested = Signal(str)

    def __init__(self, take: TakeView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Where this take comes from")
        self.resize(*SIZE_PX)
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(8)
        for name, text in lines(take):
            form.addRow(label(name, "dim"), label(text, wrap=True))
        self.block = QPlainTextEdit(json.dumps(take.data["params"], indent=2, ensure_ascii=False))
        self.block.setReadOnly(True)
        self.block.setFont(mono(12))
        self.block.setAccessibleName("Parameter block")
        use = button("Use again", lambda: self._leave("use"), tip="Put block and seed into the request")
        use.setProperty("role", "go")
        copy = button("Copy block", lambda: self.requested.emit("copy"))
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 18)
        box.setSpacing(12)
        box.addWidget(label(take.title, "hero", wrap=True))
        box.addLayout(form)
        box.addWidget(self.block, 1)
        box.addLayout(row(copy, None, button("Close", self.reject), use, spacing=8))

    def _leave(self, action: str) -> None:
        self.requested.emit(action)
        self.accept()


def lines(take: TakeView) -> list[tuple[str, str]]:
    """Return the take's origin as pairs of heading and text; empty texts are left out."""
    data = take.data
    entries = [
        ("Prompt", str(data.get("prompt", ""))),
        ("Engine", " · ".join(str(part) for part in (data["engine"], data["model"]) if part)),
        ("Seed", str(take.seed)),
        ("Made", str(data["created"])),
        ("Alignment", badge(data["alignment"])[2].replace(":\n", ": ").replace("\n", ", ")),
        ("Notes", " ".join(map(str, data.get("notices", ())))),
        ("Folder", str(take.folder)),
    ]
    return [(name, text) for name, text in entries if text]
