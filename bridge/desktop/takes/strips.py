"""The channel strips beside the waveforms: one per stem, with mute, solo, level and a grip to drag it out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QToolButton, QVBoxLayout, QWidget

from bridge.desktop.controls.widgets import label, tool
from bridge.desktop.look.contrast import legible
from bridge.desktop.look.palette import tokens
from bridge.desktop.takes.drag import DragHandle
from bridge.desktop.takes.picture import LANE_PX, RULER_PX
from bridge.takes.library import StemFile, TakeView

WIDTH_PX = 252
LEVEL_DB = (-60, 6)


class StemStrip(QWidget):
    """The controls of one stem; `changed` is emitted when one of them is moved."""

    changed = Signal()

    def __init__(self, stem: StemFile) -> None:
        super().__init__()
        self.stem = stem
        self.setFixedHeight(LANE_PX)
        self.mute = self._toggle("M", f"Mute {stem.name}")
        self.solo = self._toggle("S", f"Solo {stem.name}")
        self.level = QSlider(Qt.Orientation.Horizontal)
        self.level.setRange(*LEVEL_DB)
        self.level.setAccessibleName(f"Level of {stem.name} in dB")
        self.level.setFixedWidth(62)
        self.level.valueChanged.connect(self._level_moved)
        self.level.setValue(0)
        self.name = label(stem.name)
        self.recolour()
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 8, 0)
        box.setSpacing(3)
        box.addWidget(self.name, 1)
        for widget in (self.mute, self.solo, self.level, DragHandle([stem.path], f"Drag {stem.name}")):
            box.addWidget(widget)

    def recolour(self) -> None:
        """Show the name in the stem's colour, made legible on the background in use."""
        colour = legible(self.stem.color, tokens().panel, tokens().text)
        self.name.setStyleSheet(f"color: {colour}; font-weight: 600;")

    def _toggle(self, sign: str, name: str) -> QToolButton:
        made = tool("more", name, self.changed.emit, checkable=True)
        made.setProperty("sign", None)
        made.setProperty("role", "strip")
        made.setIcon(type(made.icon())())
        made.setText(sign)
        made.setFixedWidth(24)
        return made

    def _level_moved(self, level_db: int) -> None:
        self.level.setToolTip("silent" if level_db <= LEVEL_DB[0] else f"{level_db:+d} dB")
        self.changed.emit()


class StemStrips(QWidget):
    """All strips of a take, level with its waveforms; `changed` is emitted when the balance changes."""

    changed = Signal()

    def __init__(self, take: TakeView) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH_PX)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, RULER_PX, 0, 0)
        box.setSpacing(0)
        self.strips = [StemStrip(stem) for stem in take.stems]
        for strip in self.strips:
            strip.changed.connect(self.changed)
            box.addWidget(strip)

    def recolour(self) -> None:
        """Redraw in the colours in use."""
        for strip in self.strips:
            strip.recolour()

    def quiet(self) -> frozenset[str]:
        """Return the stems that are silent: muted, not among the soloed, or at the lowest level."""
        soloed = any(strip.solo.isChecked() for strip in self.strips)
        return frozenset(
            strip.stem.name
            for strip in self.strips
            if strip.mute.isChecked() or (soloed and not strip.solo.isChecked()) or strip.level.value() <= LEVEL_DB[0]
        )

    def gains_db(self) -> dict[str, float]:
        """Return the level of every stem in dB; silent stems are at the slider's lowest."""
        quiet = self.quiet()
        return {
            strip.stem.name: float(LEVEL_DB[0] if strip.stem.name in quiet else strip.level.value())
            for strip in self.strips
        }
