"""New music out of marked bars, made from the window by a tiny ACE-Step model, without any fake in between."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from pytestqt.qtbot import QtBot

pytest.importorskip("diffusers", reason="the extra ace-step is not installed")

from bridge.desktop.takes.card import TakeCard
from bridge.desktop.window.main_window import MainWindow
from bridge.home.folders import Folders
from bridge.takes.library import TakeView
from engine.models.adopt import adopt
from engine.models.catalogue import find_entry
from engine.models.installed_models import ModelStore
from tests.helpers.hub.catalogue import write_catalogue

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(autouse=True)
def home_variable(monkeypatch: pytest.MonkeyPatch, folders: Folders) -> None:
    """Set the user's home, by which the engine's process finds models."""
    monkeypatch.setenv("STEMBRIDGE_HOME", str(folders.data.parent))


@pytest.fixture
def marked(card: TakeCard, checkpoints: dict[str, Path], folders: Folders, window: MainWindow) -> TakeCard:
    """A take whose second bar is marked, in a window that has a turbo model."""
    folders.models.mkdir(parents=True)
    write_catalogue(folders.models, checkpoints)
    entry = find_entry("tiny-turbo", folders.models)
    adopt(entry, checkpoints[entry.repository], ModelStore(folders.models))
    window.request.engines.refresh()
    card.waveform.set_region((card.take.bar_frames()[1], card.take.frames))
    return card


def made_out_of(window: MainWindow, qtbot: QtBot) -> TakeView:
    """Wait for the take that is being made; fail at once if its job fails."""
    before = set(window.take_list.cards)

    def ended() -> bool:
        assert [job.phase.text() for job in window.take_list.jobs.values() if job.again.isVisible()] == []
        assert window.message_bar.shown == []
        return len(window.take_list.cards) > len(before)

    qtbot.waitUntil(ended, timeout=400_000)
    (made,) = set(window.take_list.cards) - before
    return window.take_list.cards[made].take


def sound(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="float32", always_2d=True)[0]


def test_new_music_is_made_out_of_a_take_at_the_takes_own_tempo(
    window: MainWindow, marked: TakeCard, qtbot: QtBot
) -> None:
    window.session.override("tempo", 90.0)  # of another song
    before = sound(marked.take.mix)
    window.region_bar.repaint_it.click()
    repainted = made_out_of(window, qtbot)
    after = sound(repainted.mix)
    assert before.shape == after.shape
    np.testing.assert_allclose(after[:96_000], before[:96_000], atol=1e-4)
    assert (after[100_000:] != before[100_000:]).mean() > 0.5

    window.region_bar.extend.click()
    extended = made_out_of(window, qtbot)
    assert (extended.data["tempo"], extended.data["bars"]) == (120.0, 10)
    assert extended.frames == 10 * 4 * 24_000
    assert extended.data["start_beat"] == marked.take.data["start_beat"]
    after = sound(extended.mix)
    np.testing.assert_allclose(after[: len(before)], before, atol=1e-4)
    assert np.abs(after[len(before) :]).max() > 1e-4


def test_a_part_that_no_installed_model_can_add_is_a_sentence_with_a_button_for_models(
    window: MainWindow, marked: TakeCard, qtbot: QtBot
) -> None:
    window.region_bar.part.setCurrentText("strings")
    window.region_bar.add.click()
    qtbot.waitUntil(lambda: any("lego" in m.text for m in window.message_bar.shown))
    action = window.message_bar.shown[-1].action
    assert action is not None
    assert action.command == "models"
