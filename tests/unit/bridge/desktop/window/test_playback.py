"""Cards, transport and player together, on takes of known length."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from bridge.desktop.takes.card import TakeCard
from bridge.desktop.window.playback import Playback
from bridge.home.messages import Message
from bridge.settings import SettingsFile
from tests.helpers.take_files import RATE

Add = Callable[..., TakeCard]


def test_a_card_is_loaded_with_its_balance_and_shown_as_current(add: Add, playback: Playback) -> None:
    card = add("one")
    card.strips.strips[0].level.setValue(-6)
    assert playback.load(card)
    assert playback.player.take is card.take
    mixer = playback.player.mixer
    assert mixer is not None
    assert {name: channel.level_db for name, channel in mixer.channels.items()} == {"drums": -6.0, "bass": 0.0}
    assert card.property("current") is True


def test_the_same_card_is_not_loaded_twice(add: Add, playback: Playback) -> None:
    card = add("one")
    playback.load(card)
    mixer = playback.player.mixer
    assert playback.load(card)
    assert playback.player.mixer is mixer


def test_the_card_before_becomes_take_b(add: Add, playback: Playback) -> None:
    one, two = add("one"), add("two")
    playback.load(one)
    playback.load(two)
    assert playback.other is one
    assert (one.property("current"), one.compare.isChecked(), two.compare.isChecked()) == (False, True, False)
    assert playback._transport.swap.isEnabled()


def test_a_take_that_cannot_be_read_is_a_message(add: Add, playback: Playback, posted: list[Message]) -> None:
    card = add("one")
    card.take.stems[0].path.unlink()
    assert not playback.load(card)
    assert (posted[0].level, posted[0].topic) == ("error", "play")
    assert playback.card is None


def test_a_card_plays_and_pauses(add: Add, playback: Playback, qtbot: QtBot) -> None:
    card = add("one", bars=8)
    playback.play(card)
    assert playback.player.is_playing
    qtbot.waitUntil(lambda: card.play.property("sign") == "pause")
    playback.play(card)
    assert not playback.player.is_playing
    qtbot.waitUntil(lambda: card.play.property("sign") == "play")


def test_a_click_into_a_card_moves_the_playhead(add: Add, playback: Playback) -> None:
    card = add("one")
    playback.seek(card, 5_000)
    assert playback.player.position == 5_000
    assert card.waveform.playhead == 5_000


def test_a_b_goes_on_at_the_same_beat_of_another_tempo(add: Add, playback: Playback) -> None:
    slow, fast = add("slow", tempo=60.0), add("fast", tempo=120.0)
    playback.load(slow)
    playback.compare_with(fast)
    playback.player.seek(3 * RATE)  # beat 3 at 60 BPM
    playback.swap()
    assert playback.card is fast
    assert playback.other is slow
    assert playback.player.position == round(1.5 * RATE)
    assert not playback.player.is_playing


def test_a_b_keeps_playing(add: Add, playback: Playback) -> None:
    one, two = add("one", bars=8), add("two", bars=8)
    playback.play(one)
    playback.compare_with(two)
    playback.swap()
    assert playback.card is two
    assert playback.player.is_playing


def test_a_b_without_another_take_does_nothing(add: Add, playback: Playback) -> None:
    card = add("one")
    playback.swap()
    playback.load(card)
    playback.compare_with(card)
    playback.swap()
    assert playback.card is card
    assert not playback._transport.swap.isEnabled()


def test_a_card_that_is_deleted_is_forgotten_with_its_files(add: Add, playback: Playback) -> None:
    one, two = add("one"), add("two")
    playback.load(one)
    playback.load(two)
    playback.forget(one)
    assert playback.other is None
    playback.forget(two)
    assert playback.card is None
    assert playback.player.take is None


def test_the_loop_is_the_marked_bars_or_the_whole_take(add: Add, playback: Playback) -> None:
    card = add("one")
    playback.load(card)
    mixer = playback.player.mixer
    assert mixer is not None
    playback._transport.loop.click()
    assert mixer.loop == (0, 4 * RATE)
    card.waveform.set_region((2 * RATE, 4 * RATE))
    playback.apply_loop()
    assert mixer.loop == (2 * RATE, 4 * RATE)
    playback._transport.loop.click()
    assert mixer.loop is None


def test_the_metronome_has_the_level_of_the_settings(add: Add, playback: Playback, settings: SettingsFile) -> None:
    settings.set("metronome_db", -20.0)
    playback.load(add("one"))
    mixer = playback.player.mixer
    assert mixer is not None
    assert mixer.metronome_db is None
    playback._transport.metronome.click()
    assert mixer.metronome_db == -20.0
    playback._transport.metronome.click()
    assert mixer.metronome_db is None


def test_the_device_is_that_of_the_settings(add: Add, playback: Playback, settings: SettingsFile) -> None:
    settings.set("output_device", "Scarlett")
    playback.load(add("one"))
    assert playback.player.device == "Scarlett"


def test_without_sound_there_is_a_message_with_the_settings(playback: Playback, posted: list[Message]) -> None:
    playback.player._on_problem("No sound device.")
    assert (posted[0].text, posted[0].topic) == ("No sound device.", "sound")
    assert posted[0].action is not None
    assert posted[0].action.command == "settings"


@pytest.mark.parametrize("gains", [{"drums": -3.0, "vocals": 0.0}])
def test_levels_of_stems_that_are_not_there_are_ignored(
    add: Add, playback: Playback, gains: dict[str, float]
) -> None:
    playback.set_balance(gains)
    playback.load(add("one"))
    playback.set_balance(gains)
    assert playback.player.mixer is not None
    assert playback.player.mixer.channels["drums"].level_db == -3.0
