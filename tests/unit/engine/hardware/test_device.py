"""The description of a processor."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.hardware.device import Device, DeviceKind

GB = 10**9
SECOND = Device("rocm", "MI300X", 192 * GB, 190 * GB, "bfloat16", 1)


def test_a_device_reads_back_as_written_and_knows_its_name_in_torch() -> None:
    assert Device.from_json(SECOND.to_json()) == SECOND
    assert SECOND.torch_name == "cuda:1"
    assert Device("mps", "Apple GPU", GB, GB, "float32").torch_name == "mps"
    assert str(SECOND) == "MI300X (ROCM), 190.0 of 192.0 GB free, bfloat16"


@pytest.mark.parametrize(
    ("kind", "torch_name", "own_memory"),
    [("cuda", "cuda:3", True), ("rocm", "cuda:3", True), ("mps", "mps", False), ("cpu", "cpu", False)],
)
def test_cards_are_numbered_and_have_memory_that_is_their_own(
    kind: DeviceKind, torch_name: str, own_memory: bool
) -> None:
    device = Device(kind, "a test", 8 * GB, 7 * GB, "float32", 3)
    assert (device.torch_name, device.has_own_memory) == (torch_name, own_memory)


@given(st.text(), st.integers(0, 2**63), st.integers(0, 2**63), st.integers(0, 64))
def test_the_json_is_one_line_whatever_the_name(name: str, total: int, free: int, index: int) -> None:
    device = Device("cuda", name, total, free, "bfloat16", index)
    assert len(device.to_json().splitlines()) == 1
    assert Device.from_json(device.to_json() + "\n") == device


@pytest.mark.parametrize("text", ["", "hello", "[]", "7", json.dumps({"kind": "cpu"}), json.dumps({"speed": 1})])
def test_other_text_is_no_device(text: str) -> None:
    # The probe catches both kinds of error.
    with pytest.raises((ValueError, TypeError)):
        Device.from_json(text)
