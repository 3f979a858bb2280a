"""Whole blocks: copied and checked key by key, refused with everything that is wrong in one error."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.request.block import SPEC, InvalidBlock, check_block, overlay
from engine.errors import StemBridgeError

HUGE = 10**5000


def test_adds_nothing_and_changes_nothing() -> None:
    stems = ["drums"]
    checked = check_block({"genres": " funk ", "stems": stems})
    assert checked == {"genres": " funk ", "stems": ["drums"]}
    assert checked["stems"] is not stems
    assert check_block({}) == {}


@pytest.mark.parametrize("block", [None, 5, "{}", [], [["genres", "funk"]], True])
def test_only_an_object_is_a_block(block: object) -> None:
    with pytest.raises(InvalidBlock, match="must be a JSON object"):
        check_block(block)


def test_one_fault_is_the_whole_sentence() -> None:
    with pytest.raises(InvalidBlock) as error:
        check_block({"steps": 0, "genres": "funk"})
    assert str(error.value) == "steps must be an integer, 1–150, not 0."
    assert isinstance(error.value, StemBridgeError)


def test_all_faults_are_listed_at_once() -> None:
    with pytest.raises(InvalidBlock) as error:
        check_block({"genres": "x", "bmp": 1, "wibble": 2, "steps": 0, "cfg": None, "key": "H"})
    sentence = str(error.value)
    assert [fault.name for fault in error.value.faults] == ["bmp", "wibble", "steps", "cfg", "key"]
    for part in ("5 things", "'bmp'", "'wibble'", "steps must be an integer, 1–150, not 0", "15, not null", "'H'"):
        assert part in sentence
    assert error.value.faults[2].given == 0
    assert error.value.faults[3].given is None


def test_deep_nesting_is_an_error_not_a_crash() -> None:
    deep: object = []
    for _ in range(100_000):
        deep = [deep]
    for name in SPEC:
        with pytest.raises(InvalidBlock):
            check_block({name: deep})
    with pytest.raises(InvalidBlock):
        check_block({"tempo_map": [{"beat": 0, "bpm": deep}]})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


NEARLY = st.one_of(
    JSON,
    st.lists(st.fixed_dictionaries({"beat": st.floats() | st.integers(), "bpm": st.floats(15, 410)}), max_size=3),
    st.sampled_from(["Em", "7/8", "auto", "cover", "24", HUGE, [0, 5]]),
    st.integers(-1, 12),
)


@settings(max_examples=150, deadline=None)
@given(JSON | st.dictionaries(st.sampled_from(list(SPEC)) | st.text(max_size=8), NEARLY, max_size=5))
def test_any_json_is_checked_or_refused(block: object) -> None:
    try:
        checked = check_block(block)
    except InvalidBlock as error:
        refusal = error
    else:
        again = check_block(checked)
        assert json.dumps(again, allow_nan=False) == json.dumps(checked, allow_nan=False)
        return
    assert refusal.faults
    assert 10 < len(str(refusal).encode(errors="replace")) <= 900


@pytest.mark.parametrize(
    ("block", "newer", "result"),
    [
        ({}, {}, {}),
        ({"steps": 20, "cfg": 4.0}, {"cfg": 5.0}, {"steps": 20, "cfg": 5.0}),
        ({"bars": 8.0, "steps": 20}, {"output_seconds": 30}, {"steps": 20, "output_seconds": 30}),
        ({"output_seconds": 30}, {"bars": 8.0}, {"output_seconds": 30, "bars": 8.0}),
        ({"bars": 8.0}, {"output_seconds": 30, "bars": 4.0}, {"bars": 4.0, "output_seconds": 30}),
    ],
)
def test_newer_keys_win_and_a_length_in_seconds_removes_an_older_one_in_bars(
    block: dict[str, object], newer: dict[str, object], result: dict[str, object]
) -> None:
    before = dict(block)
    assert overlay(block, newer) == result
    assert block == before


def test_a_key_that_is_no_text_is_an_unknown_key() -> None:
    with pytest.raises(InvalidBlock, match="'null' is not a key of the parameter block"):
        check_block({None: 1})
