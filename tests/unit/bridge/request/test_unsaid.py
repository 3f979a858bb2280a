"""Sentences on what was chosen because nobody said it."""

from __future__ import annotations

from bridge.request.unsaid import chosen_sentence, chosen_words, holds
from engine.sketch.home import home_of


def test_a_named_style_supplies_what_is_missing_for_every_engine() -> None:
    house, none = home_of("house"), home_of("a piece of my mind")
    assert holds(house, "sketch")
    assert holds(house, "ace-step")
    assert holds(none, "sketch"), "the band plays its fallback, at its home"
    assert not holds(none, "ace-step")


def test_the_sentence_names_what_was_chosen_and_why() -> None:
    house, none = home_of("house"), home_of("a piece of my mind")
    assert chosen_words(None, None, None) == []
    assert chosen_sentence(house, "sketch", []) == ""
    words = chosen_words(124.0, "3/4", "E minor")
    assert chosen_sentence(house, "sketch", words) == (
        "Nobody said otherwise: 124 BPM, 3/4 and E minor, as is usual in house."
    )
    assert chosen_sentence(none, "ace-step", ["120 BPM"]) == (
        "Nobody said otherwise, and no style was named that has its own: 120 BPM."
    )
