"""The sentences about a faulty block: each fits an OSC message, and none hides a fault."""

import pytest

from bridge.request.block import SPEC, InvalidBlock, UnknownKey, check_block, check_value


@pytest.mark.parametrize(
    ("name", "meant"),
    [("tempoo", "tempo"), ("Steps", "steps"), ("bpm", "tempo"), ("time-signature", "time_signature"), ("zzz", "")],
)
def test_unknown_key_is_named_with_what_was_meant(name: str, meant: str) -> None:
    with pytest.raises(UnknownKey) as error:
        check_value(name, 1)
    assert repr(name) in str(error.value)
    assert ("did you mean" in str(error.value)) == bool(meant)
    assert error.value.meant == meant


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
