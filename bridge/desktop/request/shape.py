"""The fields for length, number of variations, stems, and the seed with its dice and lock."""

from __future__ import annotations

import secrets

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QSpinBox, QWidget

from bridge.desktop.controls.flow import FlowLayout
from bridge.desktop.controls.open_number import OpenNumber
from bridge.desktop.controls.origin_mark import OriginMark
from bridge.desktop.controls.widgets import inset, label, row, tool
from bridge.desktop.look.style import mono
from bridge.request.block import SPEC
from engine.contract import EngineInfo
from engine.origin import Origin

DEFAULT_BARS = 8.0


class ShapeFields(QWidget):
    """The fields; `changed` is emitted when one of them changes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.bars = inset(OpenNumber(1, 512, DEFAULT_BARS, 1, 0))
        self.bars.setAccessibleName("Length in bars")
        self.bars.setToolTip("Bars; auto: 8, or what is usual in the style")
        self.bars_mark = OriginMark("Length", "as is usual in the style", self.bars.give_back)
        self.bars.valueChanged.connect(lambda _: self._mark_bars())
        self.variations = inset(QSpinBox())
        self.variations.setRange(int(SPEC["variations"].low), int(SPEC["variations"].high))
        self.variations.setAccessibleName("Variations")
        self.variations.setToolTip(SPEC["variations"].doc)
        self.seed = QLineEdit()
        self.seed.setFont(mono())
        self.seed.setPlaceholderText("random")
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip(SPEC["seed"].doc)
        self.dice = tool("dice", "Roll a new seed", self.roll)
        self.keep = tool("unlock", "Keep this seed", checkable=True, tip="Keep this seed for the next takes")
        self.stems: dict[str, QPushButton] = {}
        holder = QWidget()
        self._flow = FlowLayout(holder)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        grid.addLayout(row(label("Bars"), self.bars_mark, spacing=2), 0, 0)
        grid.addWidget(self.bars, 0, 1)
        grid.addWidget(label("Takes"), 0, 2)
        grid.addWidget(self.variations, 0, 3)
        grid.addWidget(label("Seed"), 1, 0)
        grid.addLayout(row(self.seed, self.dice, self.keep, spacing=2), 1, 1, 1, 3)
        grid.addWidget(label("Stems"), 2, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(holder, 2, 1, 1, 3)
        self.picks = label("None chosen: the engine picks what suits.", "faint", wrap=True)
        grid.addWidget(self.picks, 3, 1, 1, 3)
        self._mark_bars()
        for signal in (self.bars.valueChanged, self.variations.valueChanged, self.seed.textChanged):
            signal.connect(lambda _: self.changed.emit())

    def offer(self, info: EngineInfo) -> None:
        """Offer the stems of an engine, with its defaults chosen."""
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self.stems = {}
        for name in info.stems:
            chip = QPushButton(name.replace("_", " "))
            chip.setCheckable(True)
            chip.setChecked(name in info.default_stems)
            chip.setProperty("role", "chip")
            chip.setAccessibleName(f"Stem {name}")
            chip.toggled.connect(lambda _: self._picked())
            self.stems[name] = chip
            self._flow.addWidget(chip)
        self._defaults = list(info.default_stems)
        self._picked()

    def _picked(self) -> None:
        self.picks.setVisible(not any(chip.isChecked() for chip in self.stems.values()))
        self.changed.emit()

    def _mark_bars(self) -> None:
        self.bars_mark.show_origin(Origin.STYLE if self.bars.said is None else Origin.USER)

    def roll(self) -> None:
        """Write a new random seed."""
        self.seed.setText(str(secrets.randbelow(2**32)))

    def values(self) -> dict[str, object]:
        """Return the block's keys from the fields; what nobody said is left out."""
        chosen = [name for name, chip in self.stems.items() if chip.isChecked()]
        values: dict[str, object] = {} if self.bars.said is None else {"bars": self.bars.said}
        if self.variations.value() != SPEC["variations"].default:
            values["variations"] = self.variations.value()
        if chosen and chosen != self._defaults:
            values["stems"] = chosen
        text = self.seed.text().strip()
        if text:
            values["seed"] = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else text
        return values

    def after_use(self) -> None:
        """Clear the seed that was just used, unless its lock is on."""
        if not self.keep.isChecked():
            self.seed.clear()

    def show_values(self, block: dict[str, object]) -> None:
        """Show the block's keys, defaults where it has none."""
        bars = block.get("bars")
        self.bars.setValue(float(bars) if isinstance(bars, int | float) else self.bars.minimum())
        self.variations.setValue(int(block.get("variations") or 1))  # type: ignore[call-overload]
        seed = block.get("seed")
        self.seed.setText("" if seed is None else str(seed))
        self.keep.setChecked(seed is not None)
        stems = block.get("stems", "auto")
        chosen = self._defaults if stems == "auto" or not isinstance(stems, list) else stems
        for name, chip in self.stems.items():
            chip.setChecked(name in chosen)
