"""The vocabulary of prompts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sketch.blend import pick_style
from engine.sketch.library import load_styles
from engine.sketch.vocabulary import Vocabulary, WordMatch, WordMeaning, plain_text, vocabulary_of

SORTS = (
    "style",
    "tint",
    "instrument",
    "mood",
    "energy",
    "space",
    "touch",
    "time",
    "feel",
    "voice",
    "part",
    "ignored",
)


def test_words_are_matched_whole() -> None:
    reading = pick_style("rocket powerhouse popcorn").reading
    assert reading.matched_words == ()
    assert reading.unknown_words == ("rocket", "powerhouse", "popcorn")


def test_more_than_300_words_mean_something_and_none_asks_for_two_styles() -> None:
    library = load_styles()
    vocabulary = vocabulary_of(library)
    assert sum(len(vocabulary.phrases(sort)) for sort in SORTS) > 900
    words = [plain_text(word) for name in library for word in {plain_text(word) for word in library.words(name)}]
    assert len(words) > 300
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_every_style_is_found_by_its_own_words() -> None:
    library = load_styles()
    for name in library:
        for word in (*library.words(name), name):
            assert pick_style(word).name == name, word


ROCK, BLUES, BLUES_ROCK = (WordMeaning("style", name) for name in ("rock", "blues", "blues rock"))
SMALL = Vocabulary(
    {"rock": ROCK, "blues": BLUES, "blues rock": BLUES_ROCK, "dark": WordMeaning("mood", "dark")},
    {"dark": ("minor",)},
    {frozenset(("dark", "bright"))},
)


def test_the_longest_phrase_wins_and_matches_keep_their_place() -> None:
    found, unknown = SMALL.read("dark blues rock and blues")
    assert found == [
        WordMatch(0, "dark", WordMeaning("mood", "dark")),
        WordMatch(5, "blues rock", BLUES_ROCK),
        WordMatch(20, "blues", BLUES),
    ]
    assert unknown == ["and"]


def test_numbers_are_neither_known_nor_unknown() -> None:
    assert SMALL.read("120 rock 4") == ([WordMatch(4, "rock", ROCK)], [])


def test_words_with_apostrophes_are_one_word() -> None:
    assert SMALL.read("rock’s rock'n")[1] == ["rock’s", "rock'n"]
    assert SMALL.read("rock, (rock)_rock")[1] == []


def test_phrases_by_sort_and_contradictions() -> None:
    assert SMALL.phrases("style") == ["rock", "blues", "blues rock"]
    assert SMALL.phrases("energy") == []
    assert SMALL.contradict("bright", "dark")
    assert not SMALL.contradict("dark", "dark")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Lo-Fi  HOUSE", "lo fi house"),
        ("drum & bass", "drum and bass"),
        ("rock 'n' roll", "rock and roll"),
        ("rock’n’roll", "rock and roll"),
        ("drum'n bass", "drum and bass"),
        ("R&B", "r and b"),
        ("ＳＴＲＡßＥ", "strasse"),
        (" \t hip_hop\n", "hip hop"),
    ],
)
def test_spellings_are_made_one(text: str, plain: str) -> None:
    assert plain_text(text) == plain


@settings(max_examples=40)
@given(st.text(max_size=30))
def test_a_plain_text_has_single_blanks_and_can_be_read(text: str) -> None:
    plain = plain_text(text)
    assert plain == plain.strip()
    assert "  " not in plain
    found, unknown = SMALL.read(plain)
    assert all(plain[match.at : match.at + len(match.text)] == match.text for match in found)
    assert all(word in plain for word in unknown)


def test_a_word_of_a_style_wins_over_the_file_of_words() -> None:
    vocabulary = vocabulary_of(load_styles())
    assert vocabulary.read("funk")[0][0].meaning == WordMeaning("style", "funk")
    assert vocabulary.read("upright bass")[0][0].meaning == WordMeaning("instrument", "bass_upright", "bass")
    assert set(vocabulary.moods["dark"]) <= {"minor", "dorian", "phrygian", "locrian"}
