"""The check of every key: bounds, canonical forms, and the sentence about a wrong value."""

import json
import math

import pytest

from bridge.request.block import SPEC, check_value
from engine.errors import InvalidValue

HUGE = 10**5000


IN_OUT = [
    ("lyrics_strength", [0.1, 10, 1], [0.0999, 10.0001]),
    ("output_seconds", [10, 240, 60.0], [9, 241, 60.5]),
    ("shift", [0, 10, 3.5], [-0.001, 10.001]),
    ("pitch_shift", [-12, 12, -0.5], [-12.01, 12.01]),
    ("seed", [0, 2**32 - 1, 8.0], [-1, 2**32, 0.5]),
    ("steps", [1, 150], [0, 151]),
    ("cfg", [1, 15, 4.5], [0.99, 15.01]),
    ("base64", [True, False], [0, 1, "true"]),
    ("bars", [0.001, 10_000, 8], [0, -1, 10_000.1]),
    ("tempo", [20, 400, 97.6], [19.999, 400.001]),
    ("time_signature", ["1/1", "32/32", "7/8"], ["0/4", "33/4", "4/3", "4", "", "4/64", 4]),
    ("key", ["", "E minor", "F#m", "Bb", "a♭ dorian", "C Major"], ["H", "E blues", 7, "E" + " " * 100_000 + "!"]),
    (
        "meter_map",
        [
            [],
            [{"bar": 0, "time_signature": "32/32"}],
            [{"bar": 0, "time_signature": "4/4"}, {"bar": 2.0, "time_signature": "3/4"}],
        ],
        [
            {},
            "",
            [1],
            [{"bar": 1, "time_signature": "4/4"}],
            [{"bar": 0, "time_signature": "4/3"}],
            [{"bar": 0, "time_signature": "4/4", "x": 1}],
            [{"bar": 0.5, "time_signature": "4/4"}],
            [{"bar": HUGE, "time_signature": "4/4"}],
        ],
    ),
    (
        "tempo_map",
        [[], [{"beat": 0, "bpm": 20}], [{"beat": 0, "bpm": 90, "ramp": True}, {"beat": 4, "bpm": 400}]],
        [
            {},
            "",
            [1],
            [{"beat": 1, "bpm": 90}],
            [{"beat": 0, "bpm": 19}],
            [{"beat": 0, "bpm": 90}, {"beat": 0, "bpm": 91}],
            [{"beat": 0, "bpm": 90}, {"beat": 1e308, "bpm": 91}],
            [{"beat": 0, "bpm": 90, "curve": 1}],
            [{"beat": HUGE, "bpm": 90}],
            [{"beat": 0, "bpm": HUGE}],
            [{"beat": 0, "bpm": 90}] * 10_001,
        ],
    ),
    ("language", ["", "en", "pt-BR", "x" * 64], ["x" * 65, "e\nn", None]),
    (
        "stems",
        ["auto", ["drums"], [str(n) for n in range(16)]],
        ["drums", [], [""], [1], [str(n) for n in range(17)]],
    ),
    (
        "stems",
        [["Drums", "bass"], ["x" * 64]],
        [["a", "A"], ["a", " a "], ["auto", "bass"], ["x" * 65], ["a\n"[:1], 2]],
    ),
    ("task", ["text2music", "cover", "repaint", "extract", "lego", "complete"], ["remix", "", 1]),
    ("engine", ["auto", "sketch", "ace-step"], ["ace", None]),
    ("bit_depth", ["16", "24", "float"], ["32", 24, ""]),
    ("genres", ["", "x" * 2_000, "funk\n\tjazz", "café 🎷"], ["x" * 2_001, "a\0b", "\x1b[0m", "\ud800", 5, None]),
    ("lyrics", ["", "x" * 20_000], ["x" * 20_001, "\x7f", ["la"]]),
    ("source_audio", ["", "/a/b c.wav", "x" * 4_096], ["x" * 4_097, "a\0", 1]),
    ("reference_audio", ["x" * 4_096], ["x" * 4_097]),
    ("preset", ["Fast Prototyping", "x" * 200], ["x" * 201]),
    ("model", ["", "x" * 200], ["x" * 201]),
    (
        "region",
        [[0, 0.001], [10, 20.5], [0, 86_400]],
        [[1, 1], [2, 1], [-1, 2], [1], [1, 2, 3], [0, 86_401], {}, "0,1"],
    ),
    ("audio_codes", ["", "<|audio_code_63999|>" * 3_000], ["x" * 60_001, 5]),
    ("lora", ["", "my style", "x" * 4_096], ["x" * 4_097, 1]),
    ("lora_strength", [0, 0.5, 2], [-0.1, 2.1]),
    ("chords", ["", "Em C G D", "Am7 | D7 G/B", "i VI"], ["Em Xyz", "|", "C " * 2000, 7, ["Em"]]),
    (
        "stem_seeds",
        [{}, {"bass": 0}, {"bass": 2**32 - 1, "lead": 5}],
        [{"bass": -1}, {"bass": 2**32}, {"bass": True}, {"": 1}, [["bass", 1]], {f"s{n}": n for n in range(17)}],
    ),
    (
        "midi_part",
        [{}, {"stem": "bass", "file": "/x/a.mid"}],
        [{"stem": "bass"}, {"stem": "bass", "file": ""}, {"stem": 1, "file": "a.mid"}, "a.mid"],
    ),
    ("variations", [1, 8], [0, 9]),
    ("sample_rate", [8_000, 192_000, 44_100], [7_999, 192_001]),
]


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, good, _ in IN_OUT for value in good])
def test_just_in(name: str, value: object) -> None:
    check_value(name, value)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, _, bad in IN_OUT for value in bad])
def test_just_out(name: str, value: object) -> None:
    with pytest.raises(InvalidValue) as error:
        check_value(name, value)
    assert name in str(error.value)
    assert len(str(error.value)) < 500


def test_every_key_has_its_bounds_tested() -> None:
    assert {name for name, _, _ in IN_OUT} == set(SPEC)


@pytest.mark.parametrize("name", [name for name, p in SPEC.items() if p.kind in ("integer", "number")])
@pytest.mark.parametrize("value", [True, False, None, "8", math.nan, math.inf, -math.inf, [8], {}])
def test_what_is_never_a_number(name: str, value: object) -> None:
    with pytest.raises(InvalidValue, match=name):
        check_value(name, value)


@pytest.mark.parametrize("name", SPEC)
def test_endless_integers_are_errors_not_crashes(name: str) -> None:
    for value in (10**400, HUGE, -HUGE, [HUGE], {"a": HUGE}):
        with pytest.raises(InvalidValue, match=name):
            check_value(name, value)


@pytest.mark.parametrize(
    ("name", "value", "canonical"),
    [
        ("key", "Em", "E minor"),
        ("key", " a♭ Dorian ", "Ab dorian"),
        ("time_signature", " 7 / 8 ", "7/8"),
        ("steps", 30.0, 30),
        ("cfg", 5, 5.0),
        ("pitch_shift", -0.0, 0.0),
        ("task", " Cover ", "cover"),
        ("stems", [" drums ", "bass"], ["drums", "bass"]),
        ("stems", ["auto"], "auto"),
        ("stems", " AUTO ", "auto"),
        ("lyrics", "one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("region", [1, 2], [1.0, 2.0]),
        ("tempo_map", [{"beat": 0, "bpm": 90}], [{"beat": 0.0, "bpm": 90.0, "ramp": False}]),
        ("meter_map", [{"bar": 0.0, "time_signature": " 7 / 8"}], [{"bar": 0, "time_signature": "7/8"}]),
    ],
)
def test_canonical_form(name: str, value: object, canonical: object) -> None:
    checked = check_value(name, value)
    assert json.dumps(checked) == json.dumps(canonical)  # distinguishes 5 from 5.0, and -0.0 from 0.0
    assert json.dumps(check_value(name, checked)) == json.dumps(canonical)


@pytest.mark.parametrize(
    ("name", "value", "canonical"),
    [
        ("chords", "  Em  C\nG D ", "Em C G D"),
        ("chords", "", ""),
        ("stem_seeds", {" bass": 7, "lead": 2**32 - 1}, {"bass": 7, "lead": 2**32 - 1}),
        ("stem_seeds", {}, {}),
        ("midi_part", {"stem": "bass ", "file": "/x/a.mid"}, {"stem": "bass", "file": "/x/a.mid"}),
        ("midi_part", {}, {}),
    ],
)
def test_chords_seeds_and_midi_parts_have_a_canonical_form(name: str, value: object, canonical: object) -> None:
    assert check_value(name, value) == canonical
