"""The request panel: every control ends up in the block, and every block in the controls."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from bridge.app.models import ModelDesk
from bridge.app.suggestions import known_words, matching
from bridge.desktop.request.advanced import NAMES
from bridge.desktop.request.genres import COMMON
from bridge.desktop.request.panel import RequestPanel
from bridge.home.messages import Message, Messages
from bridge.request.block import SPEC, check_block
from bridge.request.presets.presets import Presets
from engine.registry import ace_step_info, choose


@pytest.fixture
def told() -> list[Message]:
    return []


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path, told: list[Message]) -> RequestPanel:
    messages = Messages()
    messages.subscribe(told.append)
    models = ModelDesk(tmp_path / "models", lambda _: None)
    panel = RequestPanel(Presets(tmp_path / "presets"), models, messages, lambda name: choose(name, models.folder))
    qtbot.addWidget(panel)
    panel.show()
    return panel


def press(panel: RequestPanel, name: str) -> None:
    (found,) = (one for one in panel.findChildren(QPushButton) if one.accessibleName() == name)
    found.click()


def test_chips_put_words_in_and_take_them_out(panel: RequestPanel) -> None:
    panel.genres.text.setPlainText("my own words")
    press(panel, "Genre funk")
    press(panel, "Genre warm")
    assert panel.block()["genres"] == "my own words, funk, warm"
    press(panel, "Genre funk")
    assert panel.block()["genres"] == "my own words, warm"
    assert panel.genres.chips["warm"].isChecked()


def test_while_one_types_the_chips_are_suggestions(panel: RequestPanel, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(panel.genres.words_requested):
        panel.genres.text.setFocus()
        qtbot.keyClicks(panel.genres.text, "funk, sax")
    panel.genres.offer(known_words(tmp_path / "styles"))
    assert "saxophone" in panel.genres.chips
    press(panel, "Genre saxophone")
    assert panel.block()["genres"] == "funk, saxophone"
    assert tuple(panel.genres.chips) == COMMON
    assert panel.genres.chips["funk"].isChecked()


def test_words_that_begin_with_what_is_typed_come_first() -> None:
    words = ("slap bass", "bass", "basson", "lofi")
    assert matching("bas", words) == ["bass", "basson", "slap bass"]
    assert matching("Bass ", words) == ["basson", "slap bass"]
    assert matching("lofi", words) == []
    assert matching("", words) == []


def test_lyrics_take_structure_tags_and_a_language(panel: RequestPanel) -> None:
    press(panel, "Insert Verse")
    panel.lyrics.text.insertPlainText("Lights on the water")
    press(panel, "Insert Chorus")
    panel.lyrics.language.setCurrentText("pt-BR")
    assert panel.block()["lyrics"] == "[Verse]\nLights on the water\n[Chorus]"
    assert panel.block()["language"] == "pt-BR"


def test_the_dice_rolls_a_seed_and_the_lock_keeps_it(panel: RequestPanel) -> None:
    panel.shape.dice.click()
    rolled = panel.block()["seed"]
    panel.shape.after_use()
    assert "seed" not in panel.block()
    panel.shape.seed.setText(str(rolled))
    panel.shape.keep.click()
    panel.shape.after_use()
    assert panel.block()["seed"] == rolled


def test_stems_bars_and_variations_are_asked_for(panel: RequestPanel) -> None:
    assert panel.shape.picks.isVisible()
    assert "stems" not in panel.block()
    panel.shape.stems["bass"].click()
    panel.shape.stems["drums"].click()
    panel.shape.bars.setValue(16)
    panel.shape.variations.setValue(3)
    assert not panel.shape.picks.isVisible()
    block = panel.block()
    assert (set(block["stems"]), block["bars"], block["variations"]) == ({"drums", "bass"}, 16, 3)  # type: ignore[call-overload]


@pytest.mark.parametrize("key", NAMES)
def test_advanced_values_have_the_ranges_of_the_block_and_say_what_they_do(panel: RequestPanel, key: str) -> None:
    field, parameter = panel.advanced.fields[key], SPEC[key]
    is_open = parameter.default is None
    assert (field.minimum() < parameter.low) == is_open
    assert (field.maximum(), key in panel.block()) == (parameter.high, False)
    assert parameter.doc in field.accessibleDescription()
    field.setValue(parameter.high)  # type: ignore[arg-type]
    assert panel.block()[key] == parameter.high


def test_a_block_goes_in_and_comes_out_the_same(panel: RequestPanel) -> None:
    block = {
        "genres": "funk, slap bass",
        "lyrics": "[Verse]\nHey",
        "language": "en",
        "bars": 12.0,
        "variations": 2,
        "seed": 7,
        "stems": ["drums", "bass"],
        "steps": 80,
        "cfg": 7.0,
        "engine": "sketch",
    }
    panel.show_block(block)
    assert check_block(panel.block()) == check_block(block)


def test_presets_are_in_the_menu_and_can_be_removed(panel: RequestPanel) -> None:
    names = [action.text() for action in panel.presets.build_menu().actions()]
    assert "Energetic Dance Track" in names
    assert "Save as preset…" in names
    panel.genres.text.setPlainText("dub techno")
    panel.presets.save("Mine")
    (mine,) = (one for one in panel.presets.build_menu().actions() if one.text() == "Mine")
    panel.genres.text.clear()
    mine.trigger()
    assert panel.block()["genres"] == "dub techno"
    panel.presets.remove("Mine")
    assert "Mine" not in [action.text() for action in panel.presets.build_menu().actions()]


@pytest.mark.parametrize(("text", "part"), [("no json", "JSON"), ('{"speed": 3}', "speed"), ('{"bars": -1}', "bars")])
def test_pasting_nonsense_is_a_sentence_and_changes_nothing(
    panel: RequestPanel, told: list[Message], text: str, part: str
) -> None:
    panel.genres.text.setPlainText("funk")
    QApplication.clipboard().setText(text)
    panel.presets.paste()
    assert part in told[-1].text
    assert panel.block()["genres"] == "funk"


def test_what_the_engine_does_not_use_is_grey(panel: RequestPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("steps", "cfg", "shift", "lyrics_strength"):
        assert not panel.advanced.fields[key].isEnabled()
        assert "Not used: the sketch engine" in panel.advanced.fields[key].toolTip()
    assert panel.advanced.fields["pitch_shift"].isEnabled()
    assert not panel.lyrics.language.isEnabled()
    assert panel.lyrics.text.isEnabled()
    assert "structure tags" in panel.lyrics.text.toolTip()
    assert "it has no voice" in panel.lyrics.text.placeholderText()
    monkeypatch.setattr(panel.engines, "_find", lambda _: ace_step_info())
    panel.engines.refresh()
    assert panel.advanced.fields["steps"].isEnabled()
    assert panel.lyrics.language.isEnabled()
    panel.engines.show_values({"model": "ace-step-2b-turbo"})
    assert not panel.advanced.fields["cfg"].isEnabled()
    assert "guidance built in" in panel.advanced.fields["cfg"].toolTip()
    assert "1–20" in panel.advanced.fields["steps"].toolTip()
