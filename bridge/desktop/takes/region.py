"""The bar of actions on marked bars: repaint them, extend the take, add a part."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QWidget

from bridge.app.rework import EXTEND_BARS, Rework
from bridge.desktop.controls.widgets import button, label, row
from bridge.desktop.takes.bar_lines import Region
from bridge.takes.library import TakeView
from engine.contract import EngineInfo


class RegionBar(QFrame):
    """The bar, shown while bars are marked.

    Signals:
        requested(Rework): the chosen action. models_requested(): the models page, if the engine can do none of them.
    """

    requested = Signal(object)
    models_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("message")
        self.text = label("", "dim", wrap=True)
        self.repaint_it = button("Repaint", lambda: self._want("repaint"))
        self.extend = button(f"Extend by {EXTEND_BARS} bars", lambda: self._want("extend"))
        self.part = QComboBox()
        self.part.setAccessibleName("Part to add")
        self.add = button("Add this part", lambda: self._want("lego"))
        self.get = button("Get a model…", self.models_requested.emit)
        layout = row(self.text, self.repaint_it, self.extend, self.part, self.add, self.get, spacing=8)
        layout.setStretch(0, 1)
        layout.setContentsMargins(12, 6, 12, 6)
        self.setLayout(layout)
        self.setVisible(False)
        self._take: TakeView | None = None
        self._region: Region = (0, 0)

    def show_region(self, take: TakeView, region: Region | None, bars: tuple[int, int], info: EngineInfo) -> None:
        """Offer the actions that `info`'s engine can do on a region of `take`; None hides the bar."""
        self.setVisible(region is not None)
        if region is None:
            return
        self._take, self._region = take, region
        self.text.setText(f"Bars {bars[0]}–{bars[1]} marked")
        self.part.clear()
        self.part.addItems([name for name in info.stems if name not in {stem.name for stem in take.stems}])
        for widget, task in ((self.repaint_it, "repaint"), (self.extend, "repaint"), (self.add, "lego")):
            can = task in info.tasks and (task != "lego" or self.part.count() > 0)
            widget.setEnabled(can)
            widget.setToolTip("" if can else f"The engine “{info.label}” cannot do this")
        self.part.setEnabled(self.add.isEnabled())
        none = not {"repaint", "lego"} & set(info.tasks)
        controls: tuple[QWidget, ...] = (self.repaint_it, self.extend, self.part, self.add)
        for control in controls:
            control.setVisible(not none)
        self.get.setVisible(none)
        if none:
            self.text.setText(
                f"{self.text.text()}. To make them anew, go on from the end or add a part, get a model."
            )

    def _want(self, what: str) -> None:
        if self._take is not None:
            self.requested.emit(Rework(self._take, self._region, what, self.part.currentText()))
