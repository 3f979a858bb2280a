"""The first-run page: how a DAW connects, where takes go, which engine plays. It can be skipped and shown again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QDialog, QVBoxLayout, QWidget

from bridge.desktop.controls.basics import button, label, row
from bridge.player.output import devices
from engine.registry import choose


class FirstRun(QDialog):
    """The page. `folder_wanted` asks for the folder picker."""

    folder_wanted = Signal()

    def __init__(self, host: str, osc_port: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Welcome to Stem Bridge")
        self.setMinimumWidth(520)
        self.address = f"{host}:{osc_port}"
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.setSpacing(8)
        box.addWidget(label("Stems on your grid, in your project", "hero"))
        box.addWidget(label("Nothing below is needed to begin; all of it can be done later.", "dim"))
        outs = devices()
        sound = (
            f"{len(outs)} output{'s' if len(outs) != 1 else ''} found" if outs else "no output found: silent playback"
        )
        for title, words, widget in (
            (
                "Your DAW",
                f"Let it send OSC to {self.address} (UDP or TCP), beginning with /stembridge/hello. "
                "Its name appears at the top as soon as it is heard.",
                button("Copy address", self._copy),
            ),
            (
                "Project folder",
                "A connected DAW names its own. Without one, choose where takes go.",
                button("Choose folder…", self.folder_wanted.emit),
            ),
            ("Engine", choose("auto").notice, None),
            ("Sound", sound, None),
        ):
            box.addSpacing(8)
            box.addWidget(label(title, "title"))
            line = row(spacing=12)
            line.addWidget(label(words, "dim", wrap=True), 1)
            if widget is not None:
                line.addWidget(widget)
            box.addLayout(line)
        start = button("Start", self.accept)
        start.setObjectName("primary")
        box.addSpacing(12)
        box.addLayout(row(None, button("Skip", self.reject), start))

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.address)
