"""The sentences about a faulty block: each fits an OSC message, and none hides a fault."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.request.block import SPEC, InvalidBlock, UnknownKey, check_block, check_value
from bridge.request.block.invalid_block import closest_key, shorten, shorten_bytes, wrong_value


@pytest.mark.parametrize(
    ("name", "meant"),
    [("tempoo", "tempo"), ("Steps", "steps"), ("bpm", "tempo"), ("time-signature", "time_signature"), ("zzz", "")],
)
def test_unknown_key_is_named_with_what_was_meant(name: str, meant: str) -> None:
    with pytest.raises(UnknownKey) as error:
        check_value(name, 1)
    assert repr(name) in str(error.value)
    assert ("did you mean" in str(error.value)) == bool(meant)
    assert f"(did you mean {meant}?)" in str(error.value) or not meant


def test_many_faults_fit_a_message_and_all_are_named() -> None:
    block: dict[str, object] = dict.fromkeys(SPEC, "x" * 70_000)
    with pytest.raises(InvalidBlock) as error:
        check_block(block)
    assert len(error.value.faults) == len(SPEC)
    assert len(str(error.value).encode()) <= 900
    assert all(name in str(error.value) for name in SPEC)


def test_endless_unknown_keys_are_counted() -> None:
    with pytest.raises(InvalidBlock, match=r"and [0-9]+ more") as error:
        check_block({f"key {n} " + "é" * 500: n for n in range(500)})
    assert len(str(error.value).encode()) <= 900
    assert len(error.value.faults) == 500


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("BPM", "tempo"),
        ("guidance scale", "cfg"),
        (" Time-Signature ", "time_signature"),
        ("prompt", "genres"),
        ("tempoo", "tempo"),
        ("sample-rate", "sample_rate"),
        ("wibble", ""),
        ("", ""),
        ("x" * 10_000, ""),
    ],
)
def test_the_nearest_key_is_found_by_other_programs_names_and_by_spelling(text: str, key: str) -> None:
    assert closest_key(text) == key


@pytest.mark.parametrize(
    ("given_value", "shown"),
    [
        (None, "null"),
        (True, "true"),
        ({"a": [1, "é"]}, '{"a": [1, "é"]}'),
        ("5", "'5'"),
        pytest.param(10**5000, "something of type int", id="endless"),
        ({1, 2}, "something of type set"),
        ("x" * 200, "'" + "x" * 119 + "…'"),
    ],
)
def test_a_wrong_value_is_shown_as_the_json_it_came_as(given_value: object, shown: str) -> None:
    fault = wrong_value("steps", given_value, "an integer")
    assert str(fault) == f"steps must be an integer, not {shown}."
    assert fault.given is given_value


@pytest.mark.parametrize(("text", "cut"), [("abc", "abc"), ("abcd", "ab…"), ("", "")])
def test_a_text_is_cut_to_its_characters(text: str, cut: str) -> None:
    assert shorten(text, 3) == cut


def test_a_text_is_cut_between_characters_not_within_one() -> None:
    assert shorten_bytes("é" * 4, 8) == "é" * 4
    assert shorten_bytes("é" * 5, 9) == "ééé…"  # 6 bytes and the ellipsis' 3
    assert shorten_bytes("é" * 5, 8) == "éé…"


@settings(deadline=None)
@given(st.text(max_size=40), st.integers(3, 60))
def test_no_text_is_longer_than_its_limit_in_bytes(text: str, limit: int) -> None:
    cut = shorten_bytes(text, limit)
    assert len(cut.encode(errors="replace")) <= limit
    assert cut == text or text.startswith(cut.removesuffix("…"))


def test_a_sentence_of_ones_own_has_no_faults() -> None:
    error = InvalidBlock(sentence="The parameter block is too long.")
    assert (str(error), error.faults) == ("The parameter block is too long.", ())
