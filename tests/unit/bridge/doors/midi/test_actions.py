"""The actions of bindings: their keys, their values, and faults in words."""

from __future__ import annotations

import pytest

from bridge.cli.arguments import MIDI_ACTIONS
from bridge.doors.midi.actions import ACTIONS, QUANTISE, PadAction, check_quantise, read_action
from bridge.request.block import SPEC
from engine.errors import InvalidValue, StemBridgeError


def test_the_command_line_knows_every_action() -> None:
    assert MIDI_ACTIONS == ACTIONS


def test_a_generate_has_checked_keys_and_a_boundary() -> None:
    action = read_action({"action": "generate", "bars": 8, "stems": ["drums"], "quantise": "4 bars", "note": 36})
    assert action == PadAction("generate", {"bars": 8.0, "stems": ["drums"]}, "4 bars")
    assert str(action) == "generate bars=8.0 stems=['drums']"
    assert read_action({"action": "generate"}).quantise is None, "the map's own"


@pytest.mark.parametrize("name", ACTIONS[1:-1])
def test_other_actions_have_no_keys_of_a_request(name: str) -> None:
    assert read_action({"action": name, "note": 1}) == PadAction(name)
    for key, value in {"preset": "x", "bars": 4, "stems": [], "variations": 2, "quantise": "bar"}.items():
        with pytest.raises(InvalidValue, match=f"{key} must be left out with the action {name}"):
            read_action({"action": name, key: value})


@pytest.mark.parametrize(
    ("table", "low", "high", "at_half"),
    [
        ({"parameter": "cfg", "range": [1, 15]}, 1.0, 15.0, 8.0),
        ({"parameter": "cfg", "range": [15, 1]}, 15.0, 1.0, 8.0),
        ({"parameter": "variations", "range": [1, 4]}, 1.0, 4.0, 2),
        ({"parameter": "bars", "range": [0, 8]}, 0.0, 8.0, 4.0),  # 0 itself is no length, but an end of the range
    ],
)
def test_a_knob_sets_a_number_between_the_ends_of_its_range(
    table: dict[str, object], low: float, high: float, at_half: float
) -> None:
    action = read_action({"action": "set", **table})
    assert (action.low, action.high) == (low, high)
    assert (action.value_at(0.0), action.value_at(1.0), action.value_at(0.5)) == (low, high, at_half)
    assert type(action.value_at(0.5)) is type(at_half)
    assert str(action) == f"set {table['parameter']} {low:g}–{high:g}"


def test_without_a_range_a_knob_covers_all_that_is_allowed() -> None:
    action = read_action({"action": "set", "parameter": "cfg"})
    assert (action.low, action.high) == (SPEC["cfg"].low, SPEC["cfg"].high)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({}, "action must be one of generate, regenerate, again, cancel, accept, next_variation, set, not None"),
        ({"action": "explode"}, "not 'explode'"),
        ({"action": "generate", "quantise": 4}, "quantise must be one of none, beat, bar, 4 bars, not 4"),
        ({"action": "set"}, "parameter must be one of"),
        ({"action": "set", "parameter": "genres"}, "not 'genres'"),
        ({"action": "set", "parameter": ["cfg"]}, "parameter must be one of"),
        ({"action": "set", "parameter": "cfg", "range": [1]}, "range must be [lowest, highest]"),
        ({"action": "set", "parameter": "cfg", "range": 3}, "range must be [lowest, highest]"),
        ({"action": "set", "parameter": "cfg", "range": [1, 99]}, "cfg must be"),
        ({"action": "set", "parameter": "cfg", "range": [True, 3]}, "cfg must be"),
    ],
)
def test_a_wrong_action_is_a_sentence(table: dict[str, object], sentence: str) -> None:
    with pytest.raises(StemBridgeError) as raised:
        read_action(table)
    assert sentence in str(raised.value)


def test_every_boundary_has_its_name() -> None:
    assert [check_quantise(name) for name in QUANTISE] == ["none", "beat", "bar", "4 bars"]
