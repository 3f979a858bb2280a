"""Tempo, key and meter words in genres: found and replaced, unlike text that only looks like them."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.request.block import GenreWords, prompt_text, read_words, replace_words
from engine.music import Key, Meter

TEMPO = 97.6
KEY = Key("E", "minor")
METER = Meter(6, 8)


def dawed(text: str) -> str:
    return replace_words(text, TEMPO, KEY, METER)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "funk",
        "  funk ,, jazz , ",
        "a minor key",
        "in a minor mood",
        "A minor key ballad",
        "a minor-key ballad",
        "A minor hit from the vaults",
        "SONG IN A MINOR MOOD",
        "Song In A Minor Mood",
        "in a major way",
        "major label",
        "Plan B major label",
        "minor chords, dorian colours",
        "E-piano",
        "in E-piano style",
        "Am F C G chords",
        "C major7, Dm7, Emaj7",
        "in Am7",
        "in AM radio sound",
        "in the club",
        "R&B minor",
        "D&B",
        "in C64 style",
        "eminor records",
        "24/7",
        "24/7 party",
        "1/2 time feel",
        "half-time",
        "1/4 notes, 1/16 hats",
        "3/4 of the song",
        "24/96 audio, 24/16 bit",
        "9/11",
        "12/4/2021 and 2021/4/12",
        "50/50",
        "808",
        "808 bass, 909 kick",
        "90s, 1980s",
        "90s hip hop at 3 am",
        "128 kbps, 44.1 kHz",
        "high bpm 303 acid",
        "slow tempo 808 bass",
        "mid-tempo 90s",
        "uptempo",
        "bpm",
        "128 bpms",
    ],
)
def test_what_is_no_such_word_stays_to_the_byte(text: str) -> None:
    assert dawed(text) == text
    assert read_words(text) == GenreWords()


@pytest.mark.parametrize(
    ("text", "bpm", "replaced"),
    [
        ("house, 128 BPM, funk", 128, "house, 97.6 BPM, funk"),
        ("house,128bpm,funk", 128, "house,97.6 BPM,funk"),
        ("128-bpm techno", 128, "97.6 BPM techno"),
        ("house at 128.5 BPM", 128.5, "house at 97.6 BPM"),
        ("at around 90 bpm, soul", 90, "at 97.6 BPM, soul"),
        ("~128 BPM", 128, "97.6 BPM"),
        ("bpm: 128, x", 128, "97.6 BPM, x"),
        ("bpm 128 house", 128, "97.6 BPM house"),
        ("BPM=128.", 128, "97.6 BPM."),
        ("tempo: 90", 90, "97.6 BPM"),
        ("tempo of 90 bpm; soul", 90, "97.6 BPM; soul"),
        ("Tempo 90, warm", 90, "97.6 BPM, warm"),
        ("120-128 bpm techno", 124, "97.6 BPM techno"),
        ("120 – 128 bpm", 124, "97.6 BPM"),
        ("120 to 128 BPM", 124, "97.6 BPM"),
        ("97,5 BPM", 97.5, "97.6 BPM"),
        ("808,bpm: 128", 128, "808, 97.6 BPM"),
        ("128 beats per minute", 128, "97.6 BPM"),
        ("uptempo 160 BPM", 160, "uptempo 97.6 BPM"),
        ("1000 BPM speedcore", None, "97.6 BPM speedcore"),
        ("808 bass, 140 BPM, 90s", 140, "808 bass, 97.6 BPM, 90s"),
        # further ones go, with what joined them
        ("120 bpm, house, 128 bpm", 120, "97.6 BPM, house"),
        ("120 bpm, 128 bpm, house", 120, "97.6 BPM, house"),
        ("house 120 bpm, funk at 128 bpm, 90s", 120, "house 97.6 BPM, funk, 90s"),
        ("120 BPM/128 BPM house", 120, "97.6 BPM house"),
        ("80-90 bpm; 90-100 bpm; x", 85, "97.6 BPM; x"),
        ("tempo: 120 BPM, bpm: 128", 120, "97.6 BPM"),
        ("house (120 BPM) funk (128 BPM) end", 120, "house (97.6 BPM) funk end"),
        ("120 bpm intro 128 bpm outro", 120, "97.6 BPM intro outro"),
        ("120 BPM\n128 BPM, jazz\nfunk", 120, "97.6 BPM\njazz\nfunk"),
    ],
)
def test_tempo(text: str, bpm: float | None, replaced: str) -> None:
    assert read_words(text) == GenreWords(tempo=bpm)
    assert dawed(text) == replaced


@pytest.mark.parametrize(
    ("text", "key", "replaced"),
    [
        ("E minor", "E minor", "E minor"),
        ("funk, c major, warm", "C major", "funk, E minor, warm"),
        ("in F# major", "F# major", "in E minor"),
        ("key of Bb major", "Bb major", "key of E minor"),
        ("in the key of D minor", "D minor", "in the key of E minor"),
        ("A♭ dorian, jazz", "Ab dorian", "E minor, jazz"),
        ("F sharp minor", "F# minor", "E minor"),
        ("B-flat Major", "Bb major", "E minor"),
        ("EB MAJOR", "Eb major", "E minor"),
        ("g mixolydian jam", "G mixolydian", "E minor jam"),
        ("D harmonic minor", "D minor", "E minor"),
        ("F#min, Emaj", "F# minor", "E minor"),
        ("in Am with pads", "A minor", "in E minor with pads"),
        ("in F#m", "F# minor", "in E minor"),
        ("key: c#m", "C# minor", "key: E minor"),
        ("in C, warm", "C major", "in E minor, warm"),
        ("A minor funk", "A minor", "E minor funk"),
        ("in A minor mood", "A minor", "in E minor mood"),
        ("funk in a minor", "A minor", "funk in E minor"),
        ("funk in a minor with pads", "A minor", "funk in E minor with pads"),
        ("a minor, funk", "A minor", "E minor, funk"),
        ("a-minor ballad", "A minor", "E minor ballad"),
        ("key of a minor", "A minor", "key of E minor"),
        ("E-piano in D minor", "D minor", "E-piano in E minor"),
        ("D minor or G major, x", "D minor", "E minor, x"),
        ("D minor intro and G major chorus", "D minor", "E minor intro and chorus"),
        ("in D minor, in G major, x", "D minor", "in E minor, x"),
    ],
)
def test_key(text: str, key: str, replaced: str) -> None:
    assert read_words(text) == GenreWords(key=Key.parse(key))
    assert dawed(text) == replaced
    assert read_words(replaced) == GenreWords(key=KEY)


@pytest.mark.parametrize(
    ("text", "meter", "replaced"),
    [
        ("4/4", "4/4", "6/8"),
        ("house, 4/4, funk", "4/4", "house, 6/8, funk"),
        ("7/8 time", "7/8", "6/8 time"),
        ("in 7/8 time", "7/8", "in 6/8 time"),
        ("12/8 shuffle.", "12/8", "6/8 shuffle."),
        ("time signature: 1/4", "1/4", "time signature: 6/8"),
        ("5/1 meter", "5/1", "6/8 meter"),
        ("2/4 march, 3/4 time, waltz", "2/4", "6/8 march, waltz"),
        ("24/7 party in 4/4", "4/4", "24/7 party in 6/8"),
        ("4/4 to 7/8", "4/4", "6/8"),
        ("4/4 | 7/8 | funk", "4/4", "6/8 | funk"),
        ("4/4 / 7/8 / funk", "4/4", "6/8 / funk"),
        ("tempo: 4/4", "4/4", "tempo: 6/8"),
    ],
)
def test_meter(text: str, meter: str, replaced: str) -> None:
    assert read_words(text) == GenreWords(meter=Meter.parse(meter))
    assert dawed(text) == replaced


def test_all_three() -> None:
    text = "funk, 120 BPM, A minor, 4/4, 90s"
    assert read_words(text) == GenreWords(120.0, Key("A", "minor"), Meter(4, 4))
    assert dawed(text) == "funk, 97.6 BPM, E minor, 6/8, 90s"


def test_words_of_values_that_are_not_given_stay() -> None:
    text = "funk, 120 BPM and 121 BPM, A minor, 4/4"
    assert replace_words(text) == text
    assert replace_words(text, key=KEY) == "funk, 120 BPM and 121 BPM, E minor, 4/4"


@pytest.mark.parametrize(
    ("tempo", "words"),
    [(128.0, "128 BPM"), (97.6, "97.6 BPM"), (120.125, "120.125 BPM"), (100 / 3, f"{100 / 3!r} BPM")],
)
def test_tempo_is_written_short_and_exact(tempo: float, words: str) -> None:
    assert replace_words("90 bpm", tempo) == words
    assert read_words(words).tempo == tempo


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("funk", "funk, 97.6 BPM, E minor, 6/8"),
        ("", "97.6 BPM, E minor, 6/8"),
        ("funk, ", "funk, 97.6 BPM, E minor, 6/8"),
        ("Warm funk.", "Warm funk. 97.6 BPM, E minor, 6/8"),
        ("funk in D minor, 100 BPM", "funk in E minor, 97.6 BPM, 6/8"),
        ("4/4, 1000 bpm", "6/8, 97.6 BPM, E minor"),
        ("24/7, a minor mood", "24/7, a minor mood, 97.6 BPM, E minor, 6/8"),
    ],
)
def test_prompt_names_each_value_once(text: str, prompt: str) -> None:
    assert prompt_text(text, TEMPO, KEY, METER) == prompt


def test_prompt_leaves_out_what_is_unknown() -> None:
    assert prompt_text("funk, ", None, None, None) == "funk, "
    assert prompt_text("funk", None, None, METER) == "funk, 6/8"


@pytest.mark.parametrize(
    "piece", ["in ", "1", " ", "120 to ", "A", "a ", "key of ", "12/", "1,", "at around ", "4/4 and "]
)
def test_no_text_is_slow(piece: str) -> None:
    text = (piece * 2_000)[:2_000]
    started = time.perf_counter()
    dawed(text)
    assert time.perf_counter() - started < 0.5


PLAIN = st.text(alphabet="hklopqrstuvwxyz ,;.()-/&'\n", max_size=60)
BPM = st.floats(20, 400)
TEMPO_WORDS = st.sampled_from(
    ["128 BPM", "90bpm", "bpm: 100", "100-110 BPM", "at 93.5 bpm", "tempo: 80 bpm", "300 bpm"]
)


@settings(max_examples=100, deadline=None)
@given(PLAIN, BPM)
def test_plain_text_is_never_touched(text: str, tempo: float) -> None:
    assert replace_words(text, tempo, KEY, METER) == text


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(PLAIN, TEMPO_WORDS), min_size=1, max_size=3), PLAIN, BPM)
def test_after_replacing_there_is_the_daws_tempo_and_no_other(
    parts: list[tuple[str, str]], end: str, tempo: float
) -> None:
    text = ", ".join(f"{plain} {words}" for plain, words in parts) + f", {end}"
    replaced = replace_words(text, tempo)
    assert read_words(replaced).tempo == tempo
    assert replaced.lower().count("bpm") == 1
    assert replace_words(replaced, tempo) == replaced


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), BPM)
def test_any_text_can_be_replaced_in_twice(text: str, tempo: float) -> None:
    once = dawed(f"house {text}, 120 BPM")
    assert read_words(once).tempo == TEMPO
    assert dawed(once) == once
    assert "97.6 BPM" in prompt_text(text, TEMPO, KEY, METER)
