"""The choice of engine and model, over an empty folder of models."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bridge.app.models import ModelDesk
from bridge.desktop.request.engines import BEST_THERE, Engines
from bridge.request.block.table import ENGINES
from bridge.settings.all_settings import ENGINE_LABELS
from engine.contract import AUTO, EngineInfo
from engine.errors import EngineUnavailable
from engine.models.catalogue import OWN_FILE
from engine.registry import ACE_STEP, REMOTE, SKETCH, ace_step_info, remote_info

MODEL = "ace-step-2b-turbo"
Make = Callable[[Callable[[str], EngineInfo]], Engines]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelDesk:
    monkeypatch.setattr(ModelDesk, "missing", lambda _: "")
    return ModelDesk(tmp_path / "models", lambda _: None)


@pytest.fixture
def make(desk: ModelDesk, qtbot: QtBot) -> Make:
    def one(find: Callable[[str], EngineInfo]) -> Engines:
        made = Engines(desk, find)
        qtbot.addWidget(made)
        made.show()
        return made

    return one


def choose(engines: Engines, name: str) -> None:
    engines.engine.setCurrentIndex(engines.engine.findData(name))


def test_every_engine_of_the_block_is_offered_by_its_label(make: Make) -> None:
    engines = make(lambda _: SKETCH)
    offered = [engines.engine.itemText(row) for row in range(engines.engine.count())]
    assert offered == [ENGINE_LABELS[name] for name in ENGINES]


def test_the_sketch_engine_needs_no_model(make: Make) -> None:
    engines = make(lambda _: SKETCH)
    assert engines.info is SKETCH
    assert not engines.model.isVisible()
    assert engines.state.text() == SKETCH.notice
    assert engines.get.text() == "Models…"
    assert engines.values() == {}


def test_a_chosen_engine_is_in_the_block_and_reported(make: Make, qtbot: QtBot) -> None:
    engines = make(lambda name: SKETCH)
    with qtbot.waitSignal(engines.changed) as changed:
        choose(engines, "sketch")
    assert changed.args == [SKETCH]
    assert engines.values() == {"engine": "sketch"}


def test_an_engine_that_cannot_run_says_why_and_offers_a_model(make: Make) -> None:
    def find(name: str) -> EngineInfo:
        if name == ACE_STEP:
            raise EngineUnavailable("No model is installed.")
        return SKETCH

    engines = make(find)
    choose(engines, ACE_STEP)
    assert engines.info.name == ACE_STEP
    assert (engines.state.text(), engines.state.property("role")) == ("No model is installed.", "warn")
    assert engines.get.text() == engines.get.accessibleName() == "Get a model…"


def test_models_that_are_not_installed_say_so(make: Make, desk: ModelDesk) -> None:
    engines = make(lambda _: ace_step_info(desk.folder))
    choose(engines, ACE_STEP)
    entry = next(state.entry for state in desk.states() if state.entry.name == MODEL)
    row = engines.model.findData(MODEL)
    assert engines.model.itemText(row) == f"{entry.label} – not installed"
    engines.model.setCurrentIndex(row)
    assert engines.values() == {"engine": ACE_STEP, "model": MODEL}
    assert engines.state.text().startswith(f"{entry.label} is not installed: ")


def test_the_models_page_is_asked_for_at_the_chosen_model(make: Make, desk: ModelDesk, qtbot: QtBot) -> None:
    engines = make(lambda _: ace_step_info(desk.folder))
    engines.model.setCurrentIndex(engines.model.findData(MODEL))
    with qtbot.waitSignal(engines.models_requested) as asked:
        engines.get.click()
    assert asked.args == [MODEL]


def test_a_model_stays_chosen_when_the_list_is_made_again(make: Make, desk: ModelDesk) -> None:
    engines = make(lambda _: ace_step_info(desk.folder))
    engines.model.setCurrentIndex(engines.model.findData(MODEL))
    engines.refresh()
    assert engines.model.currentData() == MODEL


def test_another_companion_has_its_own_models_and_nothing_to_get_here(make: Make, desk: ModelDesk) -> None:
    engines = make(lambda _: remote_info("http://studio:9125", desk.folder))
    choose(engines, REMOTE)
    assert engines.model.isVisible()
    assert not engines.get.isVisible()
    assert engines.model.itemText(engines.model.findData(AUTO)) == BEST_THERE
    assert "not installed" not in engines.model.itemText(engines.model.findData(MODEL))


def test_a_block_is_shown_and_unknown_names_mean_the_defaults(make: Make, desk: ModelDesk) -> None:
    engines = make(lambda _: ace_step_info(desk.folder))
    engines.show_values({"engine": ACE_STEP, "model": MODEL})
    assert engines.values() == {"engine": ACE_STEP, "model": MODEL}
    engines.show_values({"engine": "unknown", "model": "unknown"})
    assert engines.values() == {}


def test_a_broken_catalogue_of_the_user_leaves_the_sketch_engine(make: Make, desk: ModelDesk) -> None:
    desk.folder.mkdir()
    (desk.folder / OWN_FILE).write_text("[")

    def find(name: str) -> EngineInfo:
        return ace_step_info(desk.folder)

    engines = make(find)
    assert engines.info is SKETCH
    assert OWN_FILE in engines.state.text()
