"""The block's other numbers, made from its table of parameters: range, default and description of each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QSpinBox, QWidget

from bridge.desktop.controls.capability_tip import show_capability
from bridge.desktop.controls.open_number import AUTO, OpenInteger, OpenNumber
from bridge.desktop.controls.origin_mark import OriginMark
from bridge.desktop.controls.widgets import inset, label, row
from bridge.request.block import SPEC
from engine.capability import Capabilities
from engine.models.catalogue import SamplerSpec
from engine.origin import Origin

NAMES = {
    "steps": "Steps",
    "cfg": "Guidance",
    "shift": "Shift",
    "lyrics_strength": "Lyrics strength",
    "pitch_shift": "Pitch shift",
}
"""Key of the block → its label for users."""
USUAL = {"steps": 50.0, "cfg": 7.0, "shift": 3.0}
"""First values of the numbers that are left to the model, where the model is not known."""


class Advanced(QWidget):
    """One field per number; `changed` is emitted when one of them changes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, QSpinBox | QDoubleSpinBox] = {}
        self.marks: dict[str, OriginMark] = {}
        self._titles: dict[str, QLabel] = {}
        self._words: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        for line, (key, name) in enumerate(NAMES.items()):
            parameter = SPEC[key]
            field = self.fields[key] = self._field(key)
            field.setAccessibleName(name)
            field.setAccessibleDescription(f"{parameter.doc} {parameter.range}")
            field.setToolTip(f"{parameter.doc}\n{parameter.range}")
            back = "the model's own" if key in USUAL else "the usual value"
            mark = self.marks[key] = OriginMark(name, back, partial(self._give_back, key))
            title = self._titles[key] = label(name)
            grid.addLayout(row(title, mark, None, spacing=4), 2 * line, 0)
            grid.addWidget(field, 2 * line, 1)
            self._words[key] = label(f"{parameter.doc} {parameter.range}.", "faint", wrap=True)
            grid.addWidget(self._words[key], 2 * line + 1, 0, 1, 2)
        self.mark()

    def values(self) -> dict[str, object]:
        """Return the numbers that were said: those left to the model and the defaults are not."""
        said = {key: self._said(key) for key in self.fields}
        return {key: value for key, value in said.items() if value is not None}

    def show_values(self, block: dict[str, object]) -> None:
        """Show the block's numbers; the others are left open."""
        for key, field in self.fields.items():
            value = block.get(key)
            if isinstance(value, int | float):
                field.setValue(value)  # type: ignore[arg-type]
            else:
                self._give_back(key)

    def offer(self, own: SamplerSpec | None) -> None:
        """Show the model's own values in the fields that are left to it; None = no model is known."""
        values = {"steps": own.steps, "cfg": own.cfg, "shift": own.shift} if own else {}
        for key, usual in USUAL.items():
            field, value = self.fields[key], values.get(key)
            field.setSpecialValueText(AUTO if value is None else f"{value:g}")
            field.usual = type(field.value())(usual if value is None else value)  # type: ignore[union-attr]

    def know(self, keys: Capabilities) -> None:
        """Grey out the numbers that the chosen engine or model does not use, and say why."""
        for key, field in self.fields.items():
            parameter, one = SPEC[key], keys.get(key)
            show_capability(field, f"{parameter.doc}\n{parameter.range}", one)
            why = one.why if one is not None else ""
            self._words[key].setText(f"Not used: {why}." if why else f"{parameter.doc} {parameter.range}.")
            self._titles[key].setEnabled(not why)

    def _said(self, key: str) -> float | None:
        field = self.fields[key]
        if isinstance(field, OpenInteger | OpenNumber):
            return field.said
        return None if field.value() == SPEC[key].default else field.value()

    def _give_back(self, key: str) -> None:
        field = self.fields[key]
        if isinstance(field, OpenInteger | OpenNumber):
            field.give_back()
        else:
            field.setValue(SPEC[key].default)  # type: ignore[arg-type]

    def mark(self, origin: Mapping[str, Origin] = MappingProxyType({})) -> None:
        """Mark each number with who said it; `origin` has those that are not the user's."""
        for key, mark in self.marks.items():
            unsaid = Origin.MODEL if key in USUAL else Origin.DEFAULT
            mark.show_origin(unsaid if self._said(key) is None else origin.get(key, Origin.USER))

    def _field(self, key: str) -> QSpinBox | QDoubleSpinBox:
        parameter = SPEC[key]
        low, high = parameter.low, parameter.high
        field: QSpinBox | QDoubleSpinBox
        if key in USUAL and parameter.kind == "integer":
            field = OpenInteger(int(low), int(high), int(USUAL[key]))
        elif key in USUAL:
            field = OpenNumber(low, high, USUAL[key], 0.5, 1)
        else:
            field = QDoubleSpinBox()
            field.setRange(low, high)
            field.setDecimals(1)
            field.setSingleStep(0.5)
            field.setValue(float(str(parameter.default)))
        inset(field)
        field.valueChanged.connect(lambda _: self.mark())
        field.valueChanged.connect(lambda _: self.changed.emit())
        field.setFixedWidth(90)
        return field
