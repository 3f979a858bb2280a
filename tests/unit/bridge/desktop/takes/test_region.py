"""The bar of actions on marked bars, for engines of different abilities."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bridge.desktop.takes.region import RegionBar
from bridge.takes.library import TakeView
from engine.contract import EngineInfo
from tests.helpers.long_take import NAMES, take_view

ALL = EngineInfo("e", "Engine", (*NAMES, "vocals", "strings"), (), ("text2music", "repaint", "lego"), ("auto",))
REPAINTS = replace(ALL, tasks=("text2music", "repaint"))
NONE = replace(ALL, tasks=("text2music",))


@pytest.fixture
def bar(qtbot: QtBot) -> RegionBar:
    made = RegionBar()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def take(tmp_path: Path) -> TakeView:
    return take_view(tmp_path, 16.0)


def test_it_is_shown_only_while_bars_are_marked(bar: RegionBar, take: TakeView) -> None:
    bar.show_region(take, (0, 96_000), (1, 1), ALL)
    assert bar.isVisible()
    assert bar.text.text() == "Bars 1–1 marked"
    bar.show_region(take, None, (0, 0), ALL)
    assert not bar.isVisible()


def test_parts_that_the_take_has_are_not_offered(bar: RegionBar, take: TakeView) -> None:
    bar.show_region(take, (0, 96_000), (1, 1), ALL)
    assert [bar.part.itemText(row) for row in range(bar.part.count())] == ["vocals", "strings"]


def test_an_engine_that_can_do_less_says_so_on_its_buttons(bar: RegionBar, take: TakeView) -> None:
    bar.show_region(take, (0, 96_000), (1, 1), REPAINTS)
    assert [one.isEnabled() for one in (bar.repaint_it, bar.extend, bar.add, bar.part)] == [True, True, False, False]
    assert bar.add.toolTip() == "The engine “Engine” cannot do this"
    assert bar.repaint_it.toolTip() == ""
    assert not bar.get.isVisible()


def test_without_a_part_left_none_can_be_added(bar: RegionBar, take: TakeView) -> None:
    bar.show_region(take, (0, 96_000), (1, 1), replace(ALL, stems=NAMES))
    assert not bar.add.isEnabled()


def test_an_engine_that_can_do_none_of_it_leaves_only_the_way_to_a_model(
    bar: RegionBar, take: TakeView, qtbot: QtBot
) -> None:
    bar.show_region(take, (0, 96_000), (3, 4), NONE)
    assert [one.isVisible() for one in (bar.repaint_it, bar.extend, bar.part, bar.add)] == [False] * 4
    assert bar.text.text().startswith("Bars 3–4 marked. To ")
    with qtbot.waitSignal(bar.models_requested):
        bar.get.click()


def test_buttons_ask_for_a_rework_of_the_marked_region(bar: RegionBar, take: TakeView) -> None:
    asked: list[tuple[object, ...]] = []
    bar.requested.connect(lambda rework: asked.append((rework.take, rework.region, rework.what, rework.part)))
    bar.show_region(take, (96_000, 192_000), (2, 2), ALL)
    bar.part.setCurrentText("strings")
    for button in (bar.repaint_it, bar.extend, bar.add):
        button.click()
    assert asked == [(take, (96_000, 192_000), what, "strings") for what in ("repaint", "extend", "lego")]


def test_before_any_region_was_shown_nothing_is_asked_for(bar: RegionBar, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(bar.requested):
        bar.repaint_it.click()
