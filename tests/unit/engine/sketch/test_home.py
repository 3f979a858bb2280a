"""Homes of styles: a tempo, a meter and keys for whoever says none, the same each time."""

from __future__ import annotations

import pytest

from engine.music import Key, Meter
from engine.sketch.home import _table, home_of
from engine.sketch.library import factory_styles
from engine.sketch.vocabulary import plain_text


@pytest.mark.parametrize(
    ("genres", "bpm", "meter"),
    [
        ("drum and bass", 174, "4/4"),
        ("waltz", 132, "3/4"),
        ("slow blues", 66, "4/4"),
        ("psytrance, fast", 148, "4/4"),
        ("house, driving", 124, "4/4"),
        ("jig, fiddle", 144, "6/8"),
        ("polka", 120, "2/4"),
        ("funk, slow", 94, "4/4"),
    ],
)
def test_the_words_have_a_home(genres: str, bpm: float, meter: str) -> None:
    home = home_of(genres)
    assert (home.bpm, home.meter, home.is_named) == (bpm, Meter.parse(meter), True)


def test_words_that_name_no_style_have_only_the_fallback() -> None:
    assert not home_of("a piece of my mind").is_named
    assert home_of("").about(20) == ""


@pytest.mark.parametrize("name", factory_styles())
def test_every_style_is_at_home_in_its_own_range(name: str) -> None:
    low, high = (style := factory_styles()[name]).tempo
    assert low <= style.home_bpm <= high


def test_every_word_with_a_tempo_is_a_word_of_a_style() -> None:
    known = {plain_text(word) for name in factory_styles() for word in factory_styles().words(name)}
    assert [word for word in _table()["tempo"] if word not in known] == []


@pytest.mark.parametrize(
    ("genres", "bpm", "says"),
    [
        ("hip hop", 140, "felt in half time"),
        ("ambient", 128, "felt in half time"),
        ("punk", 90, "felt in double time"),
        ("house", 30, "usually 112–135 BPM"),
        ("drum and bass", 150, ""),
        ("drum and bass, half time", 87, ""),
    ],
)
def test_a_tempo_far_from_home_gets_a_sentence(genres: str, bpm: float, says: str) -> None:
    sentence = home_of(genres).about(bpm)
    assert (says in sentence) if says else sentence == ""


def test_a_seed_draws_one_of_the_styles_keys_in_the_mood_asked_for() -> None:
    home = home_of("funk, dark")
    assert {home.key_of(seed).mode for seed in range(20)} <= {"minor", "dorian", "phrygian"}
    assert home.key_of(7) == home.key_of(7)
    assert isinstance(home.key_of(0), Key)
