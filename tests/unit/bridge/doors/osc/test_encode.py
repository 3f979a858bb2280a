from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_message import OscMessage

from bridge.doors.osc.encode import MAX_MESSAGE_BYTES, encode, outgoing, values_received


def read(data: bytes) -> tuple[str, list[object]]:
    message = OscMessage(data)
    return message.address, list(message.params)


@pytest.mark.parametrize(
    ("address", "values", "data"),
    [
        ("/pong", (), b"/stembridge/pong\0\0\0\0,\0\0\0"),
        ("/welcome", ("1.2", 9125), b"/stembridge/welcome\0,si\x001.2\0\0\0\x23\xa5"),
        ("/job/accepted", ("ab", 16.0), b"/stembridge/job/accepted\0\0\0\0,sf\0ab\0\0\x41\x80\0\0"),
        ("/job/cancelled", ("ab",), b"/stembridge/job/cancelled\0\0\0,s\0\0ab\0\0"),
        ("/status", ("idle", 0), b"/stembridge/status\0\0,si\0idle\0\0\0\0\0\0\0\0"),
    ],
)
def test_bytes(address: str, values: tuple[int | float | str, ...], data: bytes) -> None:
    assert encode(outgoing(address, *values)) == data


def test_numbers_are_typed_by_the_table_not_by_their_value() -> None:
    assert b",sfs" in encode(outgoing("/job/progress", "ab", 1, "writing"))
    assert b",si\0" in encode(outgoing("/welcome", "1.0", 9125.0))


def test_an_unknown_address_or_a_wrong_count_is_a_bug_of_ours() -> None:
    with pytest.raises(KeyError):
        encode(outgoing("/nope"))
    with pytest.raises(ValueError, match="unpack"):
        encode(outgoing("/pong", 1))


@pytest.mark.parametrize("sign", ["x", "é", "♭", "🎸", "e\u0301"])
@pytest.mark.parametrize("length", [0, 1, 900, 950, 983, 984, 985, 986, 987, 988, 989, 1024, 5_000, 60_000])
def test_any_length_of_any_text_fits(sign: str, length: int) -> None:
    data = encode(outgoing("/job/failed", "ab12cd34", sign * length))
    assert len(data) <= MAX_MESSAGE_BYTES
    _, (job, sentence) = read(data)
    assert job == "ab12cd34"
    assert isinstance(sentence, str)
    if len((sign * length).encode()) <= 900:
        assert sentence == sign * length
    else:
        assert sentence.rstrip("…") == (sign * length)[: len(sentence.rstrip("…"))]


def test_a_text_is_cut_no_more_than_it_has_to_be() -> None:
    _, (_, sentence) = read(encode(outgoing("/job/failed", "ab", "x" * 5000)))
    assert isinstance(sentence, str)
    assert sentence.endswith("x…")
    assert len(encode(outgoing("/job/failed", "ab", "x" * 5000))) >= MAX_MESSAGE_BYTES - 8


def test_two_long_texts_are_both_cut() -> None:
    data = encode(outgoing("/error", "é" * 3000, "/" + "x" * 3000))
    assert len(data) <= MAX_MESSAGE_BYTES
    _, (sentence, address) = read(data)
    assert str(sentence).endswith("…")
    assert str(address).startswith("/x")


def test_nul_and_lone_surrogates_can_be_sent() -> None:
    _, (_, sentence) = read(encode(outgoing("/job/failed", "ab", "a\0b\udcffc")))
    assert sentence == "a b?c"


@given(st.text(max_size=1500), st.text(max_size=1500))
def test_every_text_makes_a_readable_message(one: str, other: str) -> None:
    data = encode(outgoing("/error", one, other))
    assert len(data) <= MAX_MESSAGE_BYTES
    assert len(data) % 4 == 0
    address, values = read(data)
    assert (address, len(values)) == ("/stembridge/error", 2)
    if len(one.encode()) + len(other.encode()) < 950 and "\0" not in one + other:
        assert values == [one, other]


def test_a_reader_in_the_same_process_sees_what_a_client_reads() -> None:
    message = outgoing("/job/progress", "ab", 0.4, "writing")
    assert values_received(message) == ("ab", 0.4, "writing")
    long = outgoing("/job/failed", "ab", "é" * 2000)
    assert list(values_received(long)) == read(encode(long))[1]
    assert values_received(outgoing("/job/accepted", "ab", 1 / 3)) == ("ab", 0.33333333)
