"""Suggestions for a prompt: from the factory's words and the user's own styles."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.app.suggestions import MAX_SUGGESTED, known_words, matching

WORDS = ("funk", "funk rock", "p funk", "rock", "electric piano", "piano")


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("fu", ["funk", "funk rock", "p funk"]),
        ("  FUNK ", ["funk rock", "p funk"]),
        ("ro", ["rock", "funk rock"]),
        ("pi", ["piano", "electric piano"]),
        ("unk", []),  # no word begins so
        ("", []),
        ("  ", []),
    ],
)
def test_words_that_begin_so_come_first_then_those_with_such_a_part(typed: str, suggested: list[str]) -> None:
    assert matching(typed, WORDS) == suggested


def test_not_more_than_sixteen_are_suggested() -> None:
    many = [f"style {number}" for number in range(40)]
    assert matching("style", many) == many[:MAX_SUGGESTED]
    assert len(matching("style", many)) == 16


def test_all_words_of_the_sketch_engine_are_known_once_styles_first(tmp_path: Path) -> None:
    words = known_words(tmp_path)
    assert len(set(words)) == len(words) > 100
    assert {"funk", "house", "melancholic"} <= set(words)
    assert words.index("house") < words.index("melancholic")
    assert matching("fun", words)[0].startswith("fun")
