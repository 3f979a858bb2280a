"""Mute, solo and level of stems, as they add up to a balance."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bridge.desktop.look.contrast import READABLE, contrast
from bridge.desktop.look.palette import tokens
from bridge.desktop.takes.drag import DragHandle
from bridge.desktop.takes.picture import LANE_PX, RULER_PX
from bridge.desktop.takes.strips import LEVEL_DB, StemStrips
from tests.helpers.long_take import NAMES, take_view


@pytest.fixture
def strips(qtbot: QtBot, tmp_path: Path) -> StemStrips:
    made = StemStrips(take_view(tmp_path, 4.0))
    qtbot.addWidget(made)
    made.show()
    return made


def test_at_first_all_stems_are_heard_at_their_level(strips: StemStrips) -> None:
    assert strips.quiet() == frozenset()
    assert strips.gains_db() == dict.fromkeys(NAMES, 0.0)


def test_muted_and_lowest_stems_are_silent(strips: StemStrips) -> None:
    strips.strips[0].mute.click()
    strips.strips[1].level.setValue(LEVEL_DB[0])
    strips.strips[2].level.setValue(-6)
    assert strips.quiet() == {"drums", "percussion"}
    assert strips.gains_db() == {**dict.fromkeys(NAMES, 0.0), "drums": -60.0, "percussion": -60.0, "bass": -6.0}


def test_solo_silences_all_others_but_not_against_mute(strips: StemStrips) -> None:
    strips.strips[0].solo.click()
    strips.strips[2].solo.click()
    assert strips.quiet() == set(NAMES) - {"drums", "bass"}
    strips.strips[0].mute.click()
    assert strips.quiet() == set(NAMES) - {"bass"}
    for number in (0, 2):
        strips.strips[number].solo.click()
    assert strips.quiet() == {"drums"}


def test_every_control_reports_a_change(strips: StemStrips, qtbot: QtBot) -> None:
    strip = strips.strips[3]
    for move in (strip.mute.click, strip.solo.click, lambda: strip.level.setValue(3)):
        with qtbot.waitSignal(strips.changed):
            move()


def test_the_level_is_said_in_db(strips: StemStrips) -> None:
    level = strips.strips[0].level
    for value, words in ((3, "+3 dB"), (-12, "-12 dB"), (-60, "silent")):
        level.setValue(value)
        assert level.toolTip() == words


def test_strips_are_level_with_the_lanes(strips: StemStrips) -> None:
    assert [strip.y() for strip in strips.strips] == [RULER_PX + number * LANE_PX for number in range(len(NAMES))]
    assert {strip.height() for strip in strips.strips} == {LANE_PX}


def test_names_can_be_read_in_their_colours(strips: StemStrips) -> None:
    for strip in strips.strips:
        colour = strip.name.styleSheet().split()[1].rstrip(";")
        assert contrast(colour, tokens().panel) >= READABLE


def test_each_strip_has_the_grip_of_its_own_file(strips: StemStrips, tmp_path: Path) -> None:
    for strip in strips.strips:
        (grip,) = strip.findChildren(DragHandle)
        assert grip.paths == [tmp_path / f"{strip.stem.name}.wav"]
        assert grip.accessibleName() == f"Drag {strip.stem.name}"
