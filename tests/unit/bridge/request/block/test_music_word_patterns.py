"""Start and end of tempo, key and meter words, and the words that are deleted with them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.request.block.music_word_patterns import WordMatch, keys, meters, tempos
from engine.music import Key, Meter


def spans(text: str, matches: list[WordMatch[object]]) -> list[tuple[str, str]]:
    """Return the replaced and the deleted text of each match."""
    return [(text[one.start : one.end], text[one.whole_start : one.whole_end]) for one in matches]


@pytest.mark.parametrize(
    ("text", "bpm", "replaced", "deleted"),
    [
        ("house, 128 BPM, funk", 128.0, "128 BPM", "128 BPM"),
        ("house at 128.5 bpm", 128.5, "128.5 bpm", "at 128.5 bpm"),
        ("with around 90 bpm", 90.0, "around 90 bpm", "with around 90 bpm"),
        ("tempo: 90", 90.0, "tempo: 90", "tempo: 90"),
        ("~128 BPM", 128.0, "~128 BPM", "~128 BPM"),
        ("120–128 beats per minute", 124.0, "120–128 beats per minute", "120–128 beats per minute"),
        ("97,5 BPM", 97.5, "97,5 BPM", "97,5 BPM"),
    ],
)
def test_a_tempo_is_replaced_with_its_unit_and_deleted_with_its_preposition(
    text: str, bpm: float, replaced: str, deleted: str
) -> None:
    found = tempos(text)
    assert [one.value for one in found] == [bpm]
    assert spans(text, found) == [(replaced, deleted)]  # type: ignore[arg-type]


def test_a_tempo_that_music_cannot_have_is_found_without_a_value() -> None:
    assert [one.value for one in tempos("1000 BPM, 19 bpm, 20 bpm, 400 bpm")] == [None, None, 20.0, 400.0]


def test_a_bare_number_after_the_word_is_a_tempo_only_if_it_can_be_one() -> None:
    assert [one.value for one in tempos("bpm 128 house")] == [128.0]
    assert tempos("slow tempo 808 bass") == []
    assert tempos("high bpm 303 acid") == []  # the drum machine


@pytest.mark.parametrize(
    ("text", "key", "replaced", "deleted"),
    [
        ("funk in D minor, warm", Key("D", "minor"), "D minor", "in D minor"),
        ("in the key of A♭ dorian", Key("Ab", "dorian"), "A♭ dorian", "in the key of A♭ dorian"),
        ("key: c#m", Key("C#", "minor"), "c#m", "key: c#m"),
        ("F sharp minor", Key("F#", "minor"), "F sharp minor", "F sharp minor"),
        ("in C, warm", Key("C", "major"), "C", "in C"),
        ("EB MAJOR", Key("Eb", "major"), "EB MAJOR", "EB MAJOR"),
    ],
)
def test_a_key_is_replaced_as_written_and_deleted_with_the_words_before(
    text: str, key: Key, replaced: str, deleted: str
) -> None:
    found = keys(text)
    assert [one.value for one in found] == [key]
    assert spans(text, found) == [(replaced, deleted)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "meter", "replaced", "deleted"),
    [
        ("in 7/8 time, x", Meter(7, 8), "7/8", "in 7/8 time"),
        ("time signature: 1/4", Meter(1, 4), "1/4", "time signature: 1/4"),
        ("5/1 meter", Meter(5, 1), "5/1", "5/1 meter"),
        ("house, 4/4", Meter(4, 4), "4/4", "4/4"),
    ],
)
def test_a_meter_is_replaced_alone_and_deleted_with_the_words_around(
    text: str, meter: Meter, replaced: str, deleted: str
) -> None:
    found = meters(text)
    assert [one.value for one in found] == [meter]
    assert spans(text, found) == [(replaced, deleted)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "is_meter"),
    [("2/2", True), ("5/2", False), ("15/4", True), ("16/4", False), ("3/8", True), ("2/8", False), ("21/16", True)],
)
def test_a_fraction_without_a_word_beside_it_has_to_be_usual(text: str, is_meter: bool) -> None:
    assert bool(meters(text)) == is_meter
    assert len(meters(f"meter {text}")) == 1


def test_all_words_are_found_from_left_to_right() -> None:
    assert [one.value for one in tempos("120 BPM, 90 bpm and tempo: 100")] == [120.0, 90.0, 100.0]
    assert [str(one.value) for one in keys("D minor or G major, in Am")] == ["D minor", "G major", "A minor"]
    assert [str(one.value) for one in meters("4/4 to 7/8")] == ["4/4", "7/8"]


WORDS = st.sampled_from(
    [" ", "at", "128", "bpm", "tempo:", "in", "A", "minor", "key of", "7/8", "time", "b", ",", "-"]
)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60) | st.lists(WORDS, max_size=12).map(" ".join))
def test_matches_lie_in_the_text_in_order_and_never_overlap(text: str) -> None:
    for found in (tempos(text), keys(text), meters(text)):
        matches: list[WordMatch[object]] = list(found)  # type: ignore[arg-type]
        for one in matches:
            assert 0 <= one.whole_start <= one.start < one.end <= one.whole_end <= len(text)
        for one, other in pairwise(matches):
            assert one.whole_end <= other.whole_start
