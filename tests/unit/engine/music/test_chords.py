"""Chord symbols and numerals."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidValue
from engine.music import Key
from engine.music.chords import MAX_BARS, parse_chords

A_MINOR = Key("A", "minor")


@pytest.mark.parametrize(
    ("text", "tones"),
    [
        ("Em", (4, 7, 11)), ("C", (0, 4, 7)), ("F#m7", (6, 9, 1, 4)), ("Bbmaj7", (10, 2, 5, 9)),
        ("B♭7", (10, 2, 5, 8)),
        ("Gsus4", (7, 0, 2)), ("Bdim", (11, 2, 5)), ("C5", (0, 7)), ("C6/9", (0, 4, 7, 9, 2)), ("em", (4, 7, 11)),
        ("Dm7b5", (2, 5, 8, 0)), ("Caug", (0, 4, 8)), ("Fmaj9", (5, 9, 0, 4, 7)), ("A-7", (9, 0, 4, 7)),
        ("i", (9, 0, 4)), ("V7", (4, 8, 11, 2)), ("VI", (5, 9, 0)), ("iv", (2, 5, 9)), ("bII", (10, 2, 5)),
        ("ii°", (11, 2, 5)), ("v7", (4, 7, 11, 2)), ("iiø", (11, 2, 5, 9)),
    ],
)  # fmt: skip
def test_symbols_have_their_tones(text: str, tones: tuple[int, ...]) -> None:
    assert parse_chords(text)[0][0].tones_in(A_MINOR) == tones


def test_a_slash_names_the_bass() -> None:
    symbol = parse_chords("C/Bb")[0][0]
    assert (symbol.root, symbol.bass) == (0, 10)


@pytest.mark.parametrize(
    ("text", "bars"),
    [
        ("Em C G D", 4),
        ("Em, C, G, D", 4),
        ("Em | C G | D", 3),
        ("| Em | % |", 2),
        (" Em C\nG D ", 4),
        ("| Em | | C |", 2),
    ],
)
def test_bars_are_counted(text: str, bars: int) -> None:
    assert len(parse_chords(text)) == bars


@pytest.mark.parametrize("text", ["", "|", "H", "Emm", "C/", "C/H", "%", "iix", "C " * (MAX_BARS + 1), None, 3])
def test_nonsense_is_refused(text: object) -> None:
    with pytest.raises(InvalidValue, match="chords"):
        parse_chords(text)


@given(st.text("ABCDEFGabm#♭7/|°IVivsudjø %,-+\n", max_size=60))
def test_anything_is_read_or_refused(text: str) -> None:
    with suppress(InvalidValue):
        bars = parse_chords(text)
        assert all(0 <= tone < 12 for bar in bars for symbol in bar for tone in symbol.tones_in(A_MINOR))
