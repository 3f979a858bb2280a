"""Values read from text and bare numbers, as `/set` and `--set` give them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.request.block import RESET, SPEC, UnknownKey, check_value, coerce_text
from engine.errors import InvalidValue

POINTS = '[{"beat": 0, "bpm": 90}]'


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("variations", "8", 8),
        ("variations", " 8.0 ", 8),
        ("steps", 30.0, 30),
        ("seed", "4294967295", 4294967295),
        ("pitch_shift", "−3", -3.0),
        ("pitch_shift", "+.5", 0.5),
        ("tempo", "97.6", 97.6),
        ("tempo", "1e2", 100.0),
        ("base64", 1, True),
        ("base64", 0.0, False),
        ("base64", "TRUE", True),
        ("base64", "false", False),
        ("base64", "0", False),
        ("bit_depth", 16, "16"),
        ("bit_depth", 24.0, "24"),
        ("bit_depth", "Float", "float"),
        ("genres", 808, "808"),
        ("genres", 808.0, "808"),
        ("genres", 80.5, "80.5"),
        ("genres", "", ""),
        ("lyrics", "", ""),
        ("lyrics", "random", "random"),
        ("key", "F#m", "F# minor"),
        ("time_signature", "7/8", "7/8"),
        ("stems", "drums, bass", ["drums", "bass"]),
        ("stems", "drums,", ["drums"]),
        ("stems", "Auto", "auto"),
        ("stems", '["drums", "bass, low"]', ["drums", "bass, low"]),
        ("region", "[1, 2.5]", [1.0, 2.5]),
        ("tempo_map", POINTS, [{"beat": 0.0, "bpm": 90.0, "ramp": False}]),
    ],
)
def test_reads(name: str, value: str | int | float, meant: object) -> None:
    assert json.dumps(coerce_text(name, value)) == json.dumps(meant)


@pytest.mark.parametrize("name", [name for name, p in SPEC.items() if p.kind != "text"])
@pytest.mark.parametrize("value", ["", "  "])
def test_empty_text_resets_what_is_no_text(name: str, value: str) -> None:
    assert coerce_text(name, value) is RESET


def test_random_resets_the_seed_and_nothing_else() -> None:
    assert coerce_text("seed", " Random ") is RESET
    with pytest.raises(InvalidValue):
        coerce_text("steps", "random")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", "thirty"),
        ("steps", "1_00"),
        ("steps", "٣٠"),
        ("steps", "0x20"),
        ("steps", 30.5),
        ("steps", True),
        ("steps", "9" * 100_000),
        ("tempo", "nan"),
        ("tempo", "inf"),
        ("tempo", "1e999"),
        ("tempo", "97,6"),
        ("tempo", float("nan")),
        ("base64", 2),
        ("base64", "maybe"),
        ("task", 1),
        ("key", 5),
        ("time_signature", 0.75),
        ("stems", 4),
        ("stems", "drums,,bass"),
        ("stems", "[drums]"),
        ("region", "1-2"),
        ("region", 1.0),
        ("tempo_map", "[" * 200_000),
        ("tempo_map", "90"),
    ],
)
def test_refuses(name: str, value: str | int | float) -> None:
    with pytest.raises(InvalidValue, match=name) as error:
        coerce_text(name, value)
    assert len(str(error.value)) < 500


@pytest.mark.parametrize("name", SPEC)
def test_endless_integers_are_refused(name: str) -> None:
    with pytest.raises(InvalidValue, match=name):
        coerce_text(name, 10**5000)


def test_unknown_name() -> None:
    with pytest.raises(UnknownKey, match="did you mean tempo"):
        coerce_text("tempoo", "")


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(list(SPEC)), st.text(max_size=20) | st.integers() | st.floats())
def test_anything_is_read_or_refused(name: str, value: str | int | float) -> None:
    try:
        coerced = coerce_text(name, value)
    except InvalidValue:
        return
    assert coerced is RESET or check_value(name, coerced) == coerced
