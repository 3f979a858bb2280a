"""The block's other numbers, made from its table of parameters: range, default and description of each."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLabel, QSpinBox, QWidget

from bridge.desktop.controls.widgets import inset, label
from bridge.request.block import SPEC

NAMES = {
    "steps": "Steps",
    "cfg": "Guidance",
    "shift": "Shift",
    "lyrics_strength": "Lyrics strength",
    "pitch_shift": "Pitch shift",
}
"""Key of the block → its label for users."""


class Advanced(QWidget):
    """One field per number; `changed` is emitted when one of them changes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, QSpinBox | QDoubleSpinBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        for line, (key, name) in enumerate(NAMES.items()):
            parameter = SPEC[key]
            field = self.fields[key] = self._field(key)
            field.setAccessibleName(name)
            field.setAccessibleDescription(f"{parameter.doc} {parameter.range}")
            field.setToolTip(f"{parameter.doc}\n{parameter.range}")
            grid.addWidget(label(name), 2 * line, 0)
            grid.addWidget(field, 2 * line, 1)
            words: QLabel = label(f"{parameter.doc} {parameter.range}.", "faint", wrap=True)
            grid.addWidget(words, 2 * line + 1, 0, 1, 2)

    def values(self) -> dict[str, object]:
        """Return the numbers that differ from the defaults."""
        return {key: field.value() for key, field in self.fields.items() if field.value() != SPEC[key].default}

    def show_values(self, block: dict[str, object]) -> None:
        """Show the block's numbers, defaults where it has none."""
        for key, field in self.fields.items():
            value = block.get(key, SPEC[key].default)
            field.setValue(value)  # type: ignore[arg-type]

    def _field(self, key: str) -> QSpinBox | QDoubleSpinBox:
        parameter = SPEC[key]
        field = inset(QSpinBox() if parameter.kind == "integer" else QDoubleSpinBox())
        field.setRange(parameter.low, parameter.high)  # type: ignore[arg-type]
        if isinstance(field, QDoubleSpinBox):
            field.setDecimals(1)
            field.setSingleStep(0.5)
        field.setValue(parameter.default)  # type: ignore[arg-type]
        field.valueChanged.connect(lambda _: self.changed.emit())
        field.setFixedWidth(90)
        return field
