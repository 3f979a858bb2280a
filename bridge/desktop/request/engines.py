"""Which engine makes the music, and whether it is ready here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from bridge.block.spec import ENGINES
from bridge.desktop.controls.basics import label, restyle
from engine.errors import StemBridgeError
from engine.registry import SKETCH
from engine.seam import EngineInfo

NAMES = {
    "auto": "Best that is ready",
    "sketch": "Sketch engine (built in)",
    "ace-step": "ACE-Step",
    "remote": "Another companion",
}


class Engines(QWidget):
    """Engine and model; `changed(info)` says which engine it will be."""

    changed = Signal(object)

    def __init__(self, find: Callable[[str], EngineInfo]) -> None:
        """`find` is the registry: the block's `engine` → what is known of it, or the error why it cannot run."""
        super().__init__()
        self._find = find
        self.engine = QComboBox()
        self.engine.setAccessibleName("Engine")
        for name in ENGINES:
            self.engine.addItem(NAMES.get(name, name), name)
        self.model = QComboBox()
        self.model.setAccessibleName("Model")
        self.state = label("", "faint", wrap=True)
        self.engine.currentIndexChanged.connect(lambda _: self.refresh())
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        for widget in (self.engine, self.model, self.state):
            box.addWidget(widget)
        self.info: EngineInfo = SKETCH
        self.refresh()

    def refresh(self) -> None:
        """Ask the registry again what is ready."""
        try:
            self.info = self._find(str(self.engine.currentData()))
        except StemBridgeError as error:
            self.state.setText(str(error))
            restyle(self.state, role="warn")
        else:
            self.state.setText(self.info.notice)
            restyle(self.state, role="faint")
            self.model.clear()
            self.model.addItems(self.info.models)
        self.changed.emit(self.info)

    def values(self) -> dict[str, object]:
        """Return the block's keys: nothing where the defaults are meant."""
        engine = str(self.engine.currentData())
        values: dict[str, object] = {} if engine == "auto" else {"engine": engine}
        if self.model.currentIndex() > 0:
            values["model"] = self.model.currentText()
        return values

    def show_values(self, block: dict[str, object]) -> None:
        """Show the block's engine and model."""
        self.engine.setCurrentIndex(max(0, self.engine.findData(block.get("engine", "auto"))))
        self.model.setCurrentIndex(max(0, self.model.findText(str(block.get("model", "")))))
