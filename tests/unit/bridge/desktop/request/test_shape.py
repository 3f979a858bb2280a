"""Length, variations, stems and seed."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from bridge.desktop.request.shape import DEFAULT_BARS, ShapeFields
from engine.contract import EngineInfo

INFO = EngineInfo("e", "E", ("drums", "bass", "backing_vocals"), ("drums", "bass"), (), ("auto",))
FREE = EngineInfo("f", "F", ("drums", "pad"), (), (), ("auto",))


@pytest.fixture
def shape(qtbot: QtBot) -> ShapeFields:
    made = ShapeFields()
    qtbot.addWidget(made)
    made.offer(INFO)
    made.show()
    return made


def test_at_first_nothing_is_said(shape: ShapeFields) -> None:
    assert shape.values() == {}
    shape.bars.stepUp()
    assert shape.values() == {"bars": DEFAULT_BARS}
    shape.bars_mark.click()
    assert (shape.values(), shape.bars.text()) == ({}, "auto")
    assert [name for name, chip in shape.stems.items() if chip.isChecked()] == ["drums", "bass"]
    assert not shape.picks.isVisible()


def test_stems_are_named_for_people(shape: ShapeFields) -> None:
    assert [chip.text() for chip in shape.stems.values()] == ["drums", "bass", "backing vocals"]


def test_stems_other_than_the_defaults_are_in_the_block_in_the_engines_order(shape: ShapeFields) -> None:
    shape.stems["backing_vocals"].click()
    shape.stems["drums"].click()
    assert shape.values()["stems"] == ["bass", "backing_vocals"]


def test_no_stem_leaves_the_choice_to_the_engine(shape: ShapeFields) -> None:
    for name in ("drums", "bass"):
        shape.stems[name].click()
    assert "stems" not in shape.values()
    assert shape.picks.isVisible()


def test_another_engine_brings_its_own_stems(shape: ShapeFields, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shape.changed):
        shape.offer(FREE)
    assert list(shape.stems) == ["drums", "pad"]
    assert "stems" not in shape.values()
    assert shape.picks.isVisible()


@pytest.mark.parametrize(
    ("text", "seed"),
    [
        ("7", 7),
        (" 42 ", 42),
        ("0", 0),
        ("-1", "-1"),
        ("abc", "abc"),
        ("٣", "٣"),
        ("1" * 20, "1" * 20),
        ("1.5", "1.5"),
    ],
)
def test_a_seed_is_a_number_or_left_for_the_check_to_judge(shape: ShapeFields, text: str, seed: object) -> None:
    shape.seed.setText(text)
    assert shape.values()["seed"] == seed


def test_the_dice_rolls_seeds_of_32_bits_that_differ(shape: ShapeFields) -> None:
    seeds = set()
    for _ in range(20):
        shape.dice.click()
        seeds.add(shape.values()["seed"])
    assert len(seeds) > 15
    assert all(isinstance(seed, int) and 0 <= seed < 2**32 for seed in seeds)


def test_a_seed_is_used_once_unless_it_is_locked(shape: ShapeFields) -> None:
    shape.seed.setText("7")
    shape.keep.click()
    shape.after_use()
    assert shape.values()["seed"] == 7
    shape.keep.click()
    shape.after_use()
    assert "seed" not in shape.values()


def test_a_block_is_shown_and_its_seed_kept(shape: ShapeFields) -> None:
    shape.show_values({"bars": 16, "variations": 3, "seed": 0, "stems": ["bass"]})
    assert shape.values() == {"bars": 16.0, "variations": 3, "seed": 0, "stems": ["bass"]}
    assert shape.keep.isChecked()


@pytest.mark.parametrize("stems", ["auto", None, {"drums": 1}])
def test_a_block_without_a_list_of_stems_means_the_defaults(shape: ShapeFields, stems: object) -> None:
    shape.stems["backing_vocals"].click()
    shape.show_values({"stems": stems})
    assert shape.values() == {}
    assert not shape.keep.isChecked()
