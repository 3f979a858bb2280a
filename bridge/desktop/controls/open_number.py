"""Number fields that may be left open: a value that nobody says is shown as a word, and is no value."""

from __future__ import annotations

from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

AUTO = "auto"


class OpenInteger(QSpinBox):
    """A whole number or none; the first step away from none is to what is usual."""

    def __init__(self, low: int, high: int, usual: int) -> None:
        super().__init__()
        self.usual = usual
        self.setRange(low - 1, high)
        self.setSpecialValueText(AUTO)
        self.give_back()

    @property
    def said(self) -> int | None:
        """The number, None while it is left open."""
        return None if self.value() == self.minimum() else self.value()

    def give_back(self) -> None:
        """Leave it open."""
        self.setValue(self.minimum())

    def stepBy(self, steps: int) -> None:  # noqa: N802
        """Step; from open to the usual value."""
        if self.said is None:
            self.setValue(self.usual)
        else:
            super().stepBy(steps)


class OpenNumber(QDoubleSpinBox):
    """A number or none; the first step away from none is to what is usual."""

    def __init__(self, low: float, high: float, usual: float, step: float, decimals: int) -> None:
        super().__init__()
        self.usual = usual
        self.setDecimals(decimals)
        self.setSingleStep(step)
        self.setRange(low - step, high)
        self.setSpecialValueText(AUTO)
        self.give_back()

    @property
    def said(self) -> float | None:
        """The number, None while it is left open."""
        return None if self.value() == self.minimum() else self.value()

    def give_back(self) -> None:
        """Leave it open."""
        self.setValue(self.minimum())

    def stepBy(self, steps: int) -> None:  # noqa: N802
        """Step; from open to the usual value."""
        if self.said is None:
            self.setValue(self.usual)
        else:
            super().stepBy(steps)
