"""Any packet at all: every sender gets readable replies, and the listener's loop never gets an exception."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.doors.osc.door import OscDoor
from bridge.doors.osc.encode import Outgoing, encode
from bridge.doors.osc.server import Peer
from bridge.doors.osc.table import INCOMING, OUTGOING
from bridge.request.block.table import SPEC
from bridge.request.session_state import SessionState
from tests.helpers.door_bench import DoorBench

PEER = Peer("udp", "127.0.0.1", 5000)


class OscBench(DoorBench):
    """An OSC door whose jobs wait for ever, and what it has sent."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.sent: list[tuple[Peer, bytes]] = []
        self.door = OscDoor(self._send, self.desk, self.queue, self.presets, SessionState, self.daws, self.bus, 9125)

    def _send(self, peer: Peer, message: Outgoing) -> None:
        self.sent.append((peer, encode(message)))

    def answers(self, data: bytes) -> list[tuple[str, list[object]]]:
        self.sent.clear()
        self.door.receive(PEER, data)
        for _, sent in self.sent:
            assert len(sent) <= 1024
        read = [OscMessage(sent) for _, sent in self.sent]
        return [(message.address, list(message.params)) for message in read]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OscBench]:
    bench = OscBench(tmp_path_factory.mktemp("door"))
    yield bench
    bench.close()


def message(address: str, values: list[object]) -> bytes:
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value, "f" if isinstance(value, float) else "i" if isinstance(value, int) else "s")
    return bytes(builder.build().dgram)


numbers = st.one_of(
    st.integers(-(2**31), 2**31 - 1),
    st.integers(-1, 200),
    st.floats(width=32),
    st.sampled_from([0.0, -0.0, 97.6, 120.0, 1e6, float("nan"), float("inf"), float("-inf"), 3.4028234663852886e38]),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | numbers,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=6,
)
map_points = st.fixed_dictionaries(
    {"beat": numbers, "bpm": numbers | st.sampled_from([60, 97.6, 400])},
    optional={"ramp": st.booleans() | json_values},
)
names = st.sampled_from([*SPEC, "start_beat", "start_seconds", "nope"])
blocks = st.dictionaries(names, json_values | numbers | st.lists(map_points, max_size=3), max_size=4).map(json.dumps)
texts = st.one_of(
    st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=40),
    st.sampled_from(["Em", "7/8", "Fast Prototyping", "Pop Demo with Lyrics", "sketch", "ab12", "/tmp", "auto", ""]),
    names,
    blocks,
)
addresses = st.sampled_from([*INCOMING, "/stembridge/generate", "/stembridge/set", "/stembridge/params", "/nope"])


@given(addresses, st.lists(numbers | texts, max_size=3))
@settings(max_examples=800, suppress_health_check=[HealthCheck.too_slow])
def test_any_arguments_at_any_address(bench: OscBench, address: str, values: list[object]) -> None:
    logger = logging.getLogger("stembridge.osc")
    logger.disabled = True  # a handler that broke is found by its sentence
    try:
        answers = bench.answers(message(address, values))
    finally:
        logger.disabled = False
    errors = [params for name, params in answers if name == "/stembridge/error"]
    assert len(errors) <= 1
    for why, about in errors:
        assert "its log says why" not in str(why), (address, values)
        assert about == address
        assert str(why)


@given(st.binary(max_size=120), st.booleans())
@settings(max_examples=300)
def test_any_bytes(bench: OscBench, data: bytes, in_bundle: bool) -> None:
    if in_bundle:
        data = b"#bundle\0\0\0\0\0\0\0\0\1" + len(data).to_bytes(4, "big") + data
    answers = bench.answers(data)
    assert all(name == "/stembridge/error" for name, _ in answers)
    assert len(answers) <= 1


@given(st.sampled_from(sorted(set(OUTGOING) - set(INCOMING))), st.lists(numbers | texts, max_size=3))
def test_own_replies_that_come_back_are_never_answered(bench: OscBench, address: str, values: list[object]) -> None:
    before = bench.door.counters.refused
    assert bench.answers(message(address, values)) == []
    assert bench.door.counters.refused == before + 1


def test_messages_are_counted(tmp_path: Path) -> None:
    bench = OscBench(tmp_path)
    bench.answers(message("/stembridge/ping", []))
    bench.answers(message("/stembridge/tempo", [0.0]))
    bench.answers(b"garbage")
    bench.close()
    assert (bench.door.counters.understood, bench.door.counters.refused) == (1, 2)


def test_a_thousand_senders_are_kept_apart_and_the_oldest_forgotten(tmp_path: Path) -> None:
    from bridge.doors.osc.clients import MAX_CLIENTS, Clients

    clients = Clients(SessionState)
    first = clients.of(Peer("udp", "127.0.0.1", 1))
    first.state.set_tempo(97.6)
    for port in range(2, MAX_CLIENTS + 1):
        clients.of(Peer("udp", "127.0.0.1", port))
    assert clients.of(Peer("udp", "127.0.0.1", 1)).state.tempo == 97.6  # in contact again: now the newest
    clients.of(Peer("tcp", "127.0.0.1", 1))
    assert len(clients) == MAX_CLIENTS
    assert clients.of(Peer("udp", "127.0.0.1", 1)).state.tempo == 97.6
    assert clients.of(Peer("udp", "127.0.0.1", 2)).state.tempo is None
