"""Keys in every spelling that DAWs and people use."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidValue
from engine.music import Key
from engine.music.key import ALIASES, MODES

LETTERS = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11), strict=True))
SIGNS = {"": 0, "#": 1, "b": -1, "♯": 1, "♭": -1}
HUGE = 10**5000


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("E minor", "E minor"),
        ("Em", "E minor"),
        ("em", "E minor"),
        ("EM", "E major"),
        ("E", "E major"),
        ("F#m", "F# minor"),
        ("f#M", "F# major"),
        ("F♯ min", "F# minor"),
        ("Bb", "Bb major"),
        ("bb", "Bb major"),
        ("b", "B major"),
        ("bm", "B minor"),
        ("B♭maj", "Bb major"),
        ("C Major", "C major"),
        ("C MAJOR", "C major"),
        ("a♭ Dorian", "Ab dorian"),
        ("g_phrygian", "G phrygian"),
        ("D-mixolydian", "D mixolydian"),
        ("  A   aeolian ", "A minor"),
        ("Db ionian", "Db major"),
        ("F lydian", "F lydian"),
        ("B locrian", "B locrian"),
        ("Cb", "Cb major"),
        ("E#m", "E# minor"),
    ],
)
def test_every_accepted_spelling_has_one_canonical_form(text: str, canonical: str) -> None:
    assert str(Key.parse(text)) == canonical
    assert Key.parse(canonical) == Key.parse(text)


@pytest.mark.parametrize(("letter", "sign"), list(product(LETTERS, SIGNS)))
def test_every_tonic_with_every_mode(letter: str, sign: str) -> None:
    for word in (*MODES, *ALIASES):
        for text in (f"{letter}{sign}{word}", f"{letter}{sign} {word}", f"{letter.lower()}{sign} {word.upper()}"):
            if text.endswith(" M"):  # upper-case m is major
                continue
            key = Key.parse(text)
            assert key.mode == ALIASES.get(word, word), text
            assert key.pitch_class == (LETTERS[letter] + SIGNS[sign]) % 12


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "H",
        "H minor",
        "E blues",
        "E minor 7",
        "E##",
        "Ebb",
        "minor",
        "m",
        "#",
        "E\0",
        "4",
        "E minor\n!",
        "Emm",
    ],
)
def test_what_is_no_key_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidValue, match="key must be a key like"):
        Key.parse(text)


@pytest.mark.parametrize(
    "value", [None, 4, 4.0, True, [], {}, b"Em", Key("E", "minor"), pytest.param(HUGE, id="huge")]
)
def test_what_is_no_text_is_no_key(value: object) -> None:
    with pytest.raises(InvalidValue, match="key"):
        Key.parse(value)


@pytest.mark.parametrize("text", ["E" + " " * 60_000 + "!", " " * 60_000, "E" + "-" * 60_000, "E" + "m" * 60_000])
@pytest.mark.timeout(5)
def test_a_text_of_a_whole_packet_is_refused_at_once(text: str) -> None:
    # The pattern would try every way to split the spaces: long seconds in which no other message is read.
    with pytest.raises(InvalidValue) as caught:
        Key.parse(text)
    assert len(str(caught.value)) < 400


@given(st.text(max_size=80))
def test_any_text_is_a_key_or_a_sentence(text: str) -> None:
    try:
        key = Key.parse(text)
    except InvalidValue:
        return
    assert Key.parse(str(key)) == key
    assert 0 <= key.pitch_class <= 11


@pytest.mark.parametrize(
    ("text", "scale"),
    [
        ("C", (0, 2, 4, 5, 7, 9, 11)),
        ("Am", (9, 11, 0, 2, 4, 5, 7)),
        ("E minor", (4, 6, 7, 9, 11, 0, 2)),
        ("D dorian", (2, 4, 5, 7, 9, 11, 0)),
        ("E phrygian", (4, 5, 7, 9, 11, 0, 2)),
        ("F lydian", (5, 7, 9, 11, 0, 2, 4)),
        ("G mixolydian", (7, 9, 11, 0, 2, 4, 5)),
        ("B locrian", (11, 0, 2, 4, 5, 7, 9)),
        ("Cb", (11, 1, 3, 4, 6, 8, 10)),
    ],
)
def test_scales(text: str, scale: tuple[int, ...]) -> None:
    assert Key.parse(text).scale == scale


def test_the_modes_are_rotations_of_one_scale() -> None:
    white = {0, 2, 4, 5, 7, 9, 11}
    for letter, mode in zip(
        "CDEFGAB", ("major", "dorian", "phrygian", "lydian", "mixolydian", "minor", "locrian"), strict=True
    ):
        assert set(Key(letter, mode).scale) == white
