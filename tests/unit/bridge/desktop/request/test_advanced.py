"""The fields of the block's other numbers."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from bridge.desktop.request.advanced import NAMES, Advanced
from bridge.request.block import SPEC
from engine.models.catalogue import read_catalogue
from engine.origin import Origin


@pytest.fixture
def advanced(qtbot: QtBot) -> Advanced:
    made = Advanced()
    qtbot.addWidget(made)
    return made


def test_defaults_stay_out_of_the_block(advanced: Advanced) -> None:
    assert advanced.values() == {}


@pytest.mark.parametrize("key", NAMES)
def test_a_number_that_was_changed_is_in_the_block_until_it_is_back(
    advanced: Advanced, qtbot: QtBot, key: str
) -> None:
    field = advanced.fields[key]
    with qtbot.waitSignal(advanced.changed):
        field.setValue(SPEC[key].low)  # type: ignore[arg-type]
    assert advanced.values() == {key: SPEC[key].low}
    assert advanced.marks[key].isEnabled()
    advanced.marks[key].click()
    assert advanced.values() == {}
    assert not advanced.marks[key].isEnabled()


def test_what_is_left_to_the_model_shows_the_models_own_and_is_not_said(advanced: Advanced) -> None:
    steps = advanced.fields["steps"]
    assert steps.text() == "auto"
    advanced.offer(read_catalogue()["ace-step-xl-turbo"].sampling)
    assert (steps.text(), advanced.fields["shift"].text(), advanced.values()) == ("8", "3", {})
    assert advanced.marks["steps"].text() == "model"
    steps.stepUp()
    assert (advanced.values(), advanced.marks["steps"].text()) == ({"steps": 8}, "you")
    advanced.mark({"steps": Origin.PRESET})
    assert advanced.marks["steps"].text() == "preset"


def test_whole_numbers_have_fields_without_decimals(advanced: Advanced) -> None:
    for key, field in advanced.fields.items():
        assert isinstance(field, QSpinBox) == (SPEC[key].kind == "integer")


def test_a_block_is_shown_with_defaults_where_it_says_nothing(advanced: Advanced) -> None:
    advanced.show_values({"steps": 80, "genres": "funk"})
    assert advanced.values() == {"steps": 80}
    advanced.show_values({})
    assert advanced.values() == {}


def test_what_lies_outside_the_range_is_held_at_its_end(advanced: Advanced) -> None:
    advanced.show_values({"steps": 10_000_000})
    assert advanced.values() == {"steps": SPEC["steps"].high}
