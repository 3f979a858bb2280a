from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ace_step.conditions import INSTRUMENTAL, Conditions, caption, keyscale, model_tempo, read_conditions
from engine.music import Key, Meter, TempoMap
from engine.music.key import MODES


@pytest.mark.parametrize(
    ("genres", "told"),
    [
        ("lo-fi hip hop, 97.6 BPM, E minor", "lo-fi hip hop"),
        ("techno at 128 bpm in F# minor", "techno"),
        ("tempo: 90, jazz trio, key of Bb major, 7/8", "jazz trio"),
        ("drum and bass 170-175 BPM, dark", "drum and bass, dark"),
        ("house\n124 bpm; C#m; warm", "house, warm"),
        ("waltz in 3/4 time, strings", "waltz, strings"),
        ("TB-303 acid, 808 drums", "TB-303 acid, 808 drums"),
        ("A minor detail, A major hit", "detail, hit"),
        ("80s synth pop, 12 string guitar", "80s synth pop, 12 string guitar"),
        ("120 BPM", ""),
    ],
)
def test_tempo_key_and_meter_leave_the_caption(genres: str, told: str) -> None:
    assert caption(genres, has_key=True) == told


def test_a_key_that_has_no_field_of_its_own_stays_in_the_caption() -> None:
    assert caption("jazz, E minor, 90 BPM", has_key=False) == "jazz, E minor"


@given(st.text(max_size=300))
def test_any_words_make_a_caption(words: str) -> None:
    told = caption(words, has_key=True)
    assert "bpm" not in told.lower() or "bpm" in words.lower()
    assert len(told) <= len(words) * 2 + 2


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (Key("E", "minor"), "E minor"),
        (Key("Bb", "mixolydian"), "Bb major"),
        (Key("F#", "dorian"), "F# minor"),
        (Key("D", "lydian"), "D major"),
        (Key("C", "phrygian"), "C minor"),
        (Key("B", "locrian"), ""),
        (None, ""),
    ],
)
def test_a_mode_becomes_the_key_that_shares_all_its_notes_but_one(key: Key | None, told: str) -> None:
    assert keyscale(key) == told
    if key and told:
        mode = told.split()[1]
        assert len(set(MODES[key.mode]) & set(MODES[mode])) >= 6


@pytest.mark.parametrize(
    ("meter", "told"),
    [("4/4", "4"), ("3/4", "3"), ("2/2", "2"), ("6/8", "6"), ("12/8", "6"), ("9/8", "3"), ("7/8", ""), ("5/4", "")],
)
def test_meters_that_the_model_does_not_know_are_left_out(meter: str, told: str) -> None:
    assert read_conditions("jazz", None, Meter.parse(meter), 120, "").timesignature == told


@pytest.mark.parametrize(
    ("bpm", "told", "meant"),
    [(97.6, 98, 98), (120.5, 120, 120), (20.0, 40, 20), (29.4, 59, 29.5), (30.0, 30, 30), (400.0, 200, 400)],
)
def test_a_tempo_becomes_a_whole_number_whose_beats_fall_on_the_requested_ones(
    bpm: float, told: int, meant: float
) -> None:
    assert model_tempo(TempoMap.constant(bpm), 16.0) == (told, meant)


@given(st.floats(20, 400), st.floats(20, 400), st.booleans())
def test_every_tempo_map_becomes_a_tempo_in_the_models_range(first: float, second: float, ramp: bool) -> None:
    tempo_map = TempoMap.parse([{"beat": 0, "bpm": first, "ramp": ramp}, {"beat": 8, "bpm": second}])
    told, meant = model_tempo(tempo_map, 16.0)
    assert 30 <= told <= 300
    seconds = tempo_map.seconds(Fraction(16))
    assert abs(16 * 60 / meant - seconds) < 0.04 * seconds


@pytest.mark.parametrize(
    ("lyrics", "language", "words", "code"),
    [
        ("", "en", INSTRUMENTAL, "unknown"),
        ("  \n ", "", INSTRUMENTAL, "unknown"),
        ("[Verse]\r\nhello", "en", "[Verse]\nhello", "en"),
        ("oi", "pt-BR", "oi", "pt"),
        ("hallo", "German", "hallo", "de"),
        ("la", "Klingon", "la", "unknown"),
        ("la", "", "la", "unknown"),
    ],
)
def test_lyrics_and_their_language(lyrics: str, language: str, words: str, code: str) -> None:
    told = read_conditions("jazz", None, Meter(4, 4), 120, lyrics, language)
    assert (told.lyrics, told.language) == (words, code)


def test_everything_given_to_the_model_comes_from_the_request() -> None:
    given = read_conditions("funk, 105 BPM, E dorian, 3/4", Key("E", "dorian"), Meter(3, 4), 105, "la", "en_GB")
    assert given == Conditions("funk", "la", "en", 105, "E minor", "3")
    assert not given.is_instrumental
    assert read_conditions("funk", None, Meter(4, 4), 105, " ", "en").is_instrumental


@pytest.mark.parametrize(
    ("language", "code"),
    [("EN", "en"), (" de ", "de"), ("pt_BR", "pt"), ("zh-Hant-TW", "zh"), ("Cantonese", "yue"), ("xx", "unknown")],
)
def test_languages_are_read_case_insensitively_as_codes_or_english_names(language: str, code: str) -> None:
    assert read_conditions("jazz", None, Meter(4, 4), 120, "la", language).language == code


@pytest.mark.parametrize(
    ("genres", "left"),
    [
        ("at around 120 bpm, warm", "warm"),
        ("bpm: 97.6; tempo of 98", ""),
        ("90 beats per minute swing", "swing"),
        ("in the key of C, soul", "in the key of C, soul"),  # no mode: it may be a word of the description
        ("in A flat major, soul", "soul"),
        ("section A, take 5", "section A, take 5"),
        ("4/4", ""),
        ("1/3 faster", "1/3 faster"),
        ("(house)", "(house)"),
    ],
)
def test_only_whole_tempos_keys_and_meters_are_removed(genres: str, left: str) -> None:
    assert caption(genres, has_key=True) == left


def test_an_empty_stretch_has_the_tempo_of_its_beginning() -> None:
    assert model_tempo(TempoMap.constant(97.6), 0.0) == (98, 98)
