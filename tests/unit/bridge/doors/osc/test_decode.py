"""Bytes in, messages out; one line each where it can be."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.doors.osc.decode import MAX_BUNDLE_DEPTH, Received, Unreadable, read_packet, shortest_float32

AT_ONCE = b"#bundle\0\0\0\0\0\0\0\0\1"
PING = b"/p\0\0,\0\0\0"


def text(value: str) -> bytes:
    """Return an OSC string: UTF-8, ended by NUL, filled up to four bytes."""
    data = value.encode() + b"\0"
    return data + b"\0" * (-len(data) % 4)


def element(data: bytes) -> bytes:
    return struct.pack(">i", len(data)) + data


def bundles(depth: int, inner: bytes = PING) -> bytes:
    for _ in range(depth):
        inner = AT_ONCE + element(inner)
    return inner


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"/p\0\0,\0\0\0", ()),
        (b"/p\0\0", ()),  # old senders leave the type tags out where there are no values
        (b"/p\0\0,i\0\0\0\0\0\x07", (7,)),
        (b"/p\0\0,i\0\0\xff\xff\xff\xff", (-1,)),
        (b"/p\0\0,f\0\0\x42\xc3\x33\x33", (97.6,)),
        (b"/p\0\0,f\0\0\x3f\x80\0\0", (1.0,)),
        (b"/p\0\0,f\0\0\x80\0\0\0", (-0.0,)),
        (b"/p\0\0,d\0\0\x40\x58\x66\x66\x66\x66\x66\x66", (97.6,)),
        (b"/p\0\0,h\0\0\0\0\0\1\0\0\0\0", (2**32,)),
        (b"/p\0\0,s\0\0Em\0\0", ("Em",)),
        (b"/p\0\0,s\0\0\0\0\0\0", ("",)),
        (b"/p\0\0,s\0\0\xe2\x99\xad\0", ("♭",)),
        (b"/p\0\0,sif\0\0\0\0a\0\0\0\0\0\0\2\x3f\0\0\0", ("a", 2, 0.5)),
        (b"/p\0\0,f\0\0\x7f\x80\0\0", (math.inf,)),
        (b"/p\0\0,f\0\0\xff\x80\0\0", (-math.inf,)),
    ],
)
def test_a_message(data: bytes, expected: tuple[object, ...]) -> None:
    assert list(read_packet(data)) == [Received("/p", expected)]


def test_a_nan_is_read_as_nan() -> None:
    (message,) = read_packet(b"/p\0\0,f\0\0\x7f\xc0\0\0")
    assert isinstance(message, Received)
    assert math.isnan(float(message.values[0]))


@pytest.mark.parametrize(
    ("data", "address"),
    [
        (b"", ""),
        (b"p\0\0\0", ""),
        (b"\0" * 8, ""),
        (b"#bundle", ""),
        (b"/p", ""),
        (b"/ping", ""),
        (b"/\xff\xff\0,\0\0\0", ""),
        (b"/p\0\0,i\0\0", "/p"),
        (b"/p\0\0,i\0\0\0\0", "/p"),
        (b"/p\0\0,f\0\0", "/p"),
        (b"/p\0\0,f\0\0\x42\xc3", "/p"),
        (b"/p\0\0,ff\0\x42\xc3\x33\x33", "/p"),
        (b"/p\0\0,d\0\0\x40\x58\x66\x66", "/p"),
        (b"/p\0\0,s\0\0", "/p"),
        (b"/p\0\0,s\0\0Emin", "/p"),
        (b"/p\0\0,s\0\0\xff\xfe\0\0", "/p"),
        (b"/p\0\0,Q\0\0", "/p"),
        (b"/p\0\0,T\0\0", "/p"),
        (b"/p\0\0,b\0\0\xff\xff\xff\xff", "/p"),
        (b"/p\0\0,[f]\0\0\0\0\x42\xc3\x33\x33", "/p"),
        (b"/p\0\0,]\0\0", "/p"),
        (b"/p\0\0,i", "/p"),
    ],
)
def test_a_broken_message_is_reported_with_its_address(data: bytes, address: str) -> None:
    (message,) = read_packet(data)
    assert isinstance(message, Unreadable)
    assert message.address == address
    assert message.why.endswith(".")


def test_an_unknown_type_is_named() -> None:
    (message,) = read_packet(b"/p\0\0,iT\0\0\0\0\0")
    assert isinstance(message, Unreadable)
    assert "“T”" in message.why


def test_a_bundle_is_unpacked_in_order() -> None:
    inner = AT_ONCE + element(b"/b\0\0,i\0\0\0\0\0\2") + element(b"/c\0\0")
    data = AT_ONCE + element(b"/a\0\0,i\0\0\0\0\0\1") + element(inner) + element(b"/d\0\0")
    assert list(read_packet(data)) == [
        Received("/a", (1,)),
        Received("/b", (2,)),
        Received("/c", ()),
        Received("/d", ()),
    ]


def test_an_empty_bundle_says_nothing() -> None:
    assert list(read_packet(AT_ONCE)) == []


def test_as_deep_as_allowed_and_one_deeper() -> None:
    assert list(read_packet(bundles(MAX_BUNDLE_DEPTH))) == [Received("/p", ())]
    (message,) = read_packet(bundles(MAX_BUNDLE_DEPTH + 1))
    assert isinstance(message, Unreadable)
    assert str(MAX_BUNDLE_DEPTH) in message.why


@pytest.mark.parametrize("size", [-(2**31), -8, -4, -1, 0, 1, 2, 3, 5, 12, 2**31 - 1])
def test_an_element_of_a_wrong_length_ends_the_bundle_once(size: int) -> None:
    data = AT_ONCE + element(PING) + struct.pack(">i", size) + PING
    read = list(read_packet(data))
    assert read[0] == Received("/p", ())
    assert len(read) == 2
    assert isinstance(read[1], Unreadable)


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_bundle_that_is_cut_anywhere_is_one_fault(cut: int) -> None:
    data = AT_ONCE + element(b"/p\0\0,f\0\0\x42\xc3\x33\x33")
    read = list(read_packet(data[:-cut]))
    assert len(read) == (0 if cut == 16 else 1)  # cut right behind the time tag it is an empty bundle
    assert all(isinstance(message, Unreadable) for message in read)


def test_a_broken_message_spares_its_neighbours() -> None:
    data = AT_ONCE + element(PING) + element(b"/x\0\0,i\0\0") + element(PING)
    kinds = [type(message) for message in read_packet(data)]
    assert kinds == [Received, Unreadable, Received]


pieces = st.one_of(
    st.sampled_from([AT_ONCE, b"#bundle\0", PING, b"/p\0\0", b",f\0\0", b",ssss\0\0\0", b"\0\0\0\x08", b"\xff" * 4]),
    st.binary(max_size=12),
    st.integers(-(2**31), 2**31 - 1).map(lambda n: struct.pack(">i", n)),
)


@given(st.binary(max_size=200) | st.lists(pieces, max_size=12).map(b"".join))
@example(b"#bundle\0" + b"\0" * 8 + b"\xff\xff\xff\xfc" * 50)
@settings(deadline=500)
def test_any_bytes_are_read_to_their_end(data: bytes) -> None:
    read = list(read_packet(data))
    assert len(read) <= len(data) // 4 + 1
    for message in read:
        assert isinstance(message, Received | Unreadable)
        if isinstance(message, Received):
            assert message.address.startswith("/")
            assert all(isinstance(value, int | float | str) for value in message.values)


@given(st.text(alphabet="abc/_é♭", max_size=20), st.lists(st.integers(-(2**31), 2**31 - 1) | st.text(max_size=30)))
def test_whole_messages_are_read_back(tail: str, values: list[int | str]) -> None:
    values = [value.replace("\0", "") if isinstance(value, str) else value for value in values]
    tags = "," + "".join("i" if isinstance(value, int) else "s" for value in values)
    body = b"".join(struct.pack(">i", v) if isinstance(v, int) else text(v) for v in values)
    data = text("/" + tail) + text(tags) + body
    assert list(read_packet(data)) == [Received("/" + tail, tuple(values))]


def test_the_largest_packet_of_tiny_elements_is_read_in_time() -> None:
    data = AT_ONCE + element(b"/\0\0\0") * 8000
    assert len(list(read_packet(data))) == 8000


@given(st.integers(0, 2**32 - 1).map(lambda bits: struct.unpack(">f", struct.pack(">I", bits))[0]))
@settings(max_examples=2000)
@example(struct.unpack(">f", b"\x7f\x7f\xff\xff")[0])  # the largest
@example(struct.unpack(">f", b"\0\0\0\1")[0])  # the smallest
@example(struct.unpack(">f", b"\0\x80\0\0")[0])  # the smallest with full precision
@example(16_777_216.0)
def test_every_float32_comes_back_from_its_decimal(value: float) -> None:
    if math.isnan(value):
        assert math.isnan(shortest_float32(value))
        return
    shortest = shortest_float32(value)
    if math.isinf(value):
        assert shortest == value
        return
    assert struct.pack(">f", shortest) == struct.pack(">f", value)
    assert len(f"{abs(shortest):e}") <= len(f"{value:.16e}")


def float32(value: float) -> float:
    return float(struct.unpack(">f", struct.pack(">f", value))[0])


def test_every_tempo_with_up_to_two_decimals_is_exactly_what_was_typed() -> None:
    for hundredths in range(2_000, 40_001):
        typed = float(f"{hundredths // 100}.{hundredths % 100:02d}")
        assert shortest_float32(float32(typed)) == typed


@given(st.integers(2_000_000, 40_000_000))
@example(16_777_215)  # 167.77215 and 167.77216 are the same float32
def test_tempos_of_five_decimals_come_back_within_a_float32(hundred_thousandths: int) -> None:
    typed = hundred_thousandths / 100_000
    shortest = shortest_float32(float32(typed))
    assert float32(shortest) == float32(typed)
    assert abs(shortest - typed) <= typed * 2**-23
