"""Fields that may be left open: open is no value, and the first step goes to what is usual."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bridge.desktop.controls.open_number import AUTO, OpenInteger, OpenNumber


@pytest.mark.parametrize(
    ("field", "low", "usual"),
    [(lambda: OpenInteger(1, 150, 50), 1, 50), (lambda: OpenNumber(0, 10, 3, 0.5, 1), 0, 3)],
)
def test_open_is_no_value(qtbot: QtBot, field: type[OpenInteger], low: float, usual: float) -> None:
    made = field()
    qtbot.addWidget(made)
    assert (made.said, made.text()) == (None, AUTO)
    made.stepDown()
    assert made.said == usual
    made.setValue(low)
    assert made.said == low, "the lowest value is a value too"
    made.stepDown()
    assert made.said is None
    made.setValue(low)
    made.give_back()
    assert made.said is None
