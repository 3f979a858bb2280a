"""The control surface's connection over real loopback sockets, with the clock given by the test."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.helpers.waiting import poll


class Port:
    """A companion's UDP port that the test answers from."""

    def __init__(self, osc: Any) -> None:  # noqa: ANN401
        self._osc = osc
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(120)
        self.client: Any = None

    @property
    def file(self) -> dict[str, object]:
        """The content of companion.json."""
        return {"pid": 1, "osc_port": self.socket.getsockname()[1]}

    def received(self, count: int) -> list[tuple[str, list[object]]]:
        """Return the next `count` messages; there must be no more."""
        found = []
        for _ in range(count):
            packet, self.client = self.socket.recvfrom(65535)
            found.append(self._osc.decode(packet))
        assert not select.select([self.socket], [], [], 0)[0]
        return found

    def reply(self, address: str, *values: object) -> None:
        self.socket.sendto(self._osc.encode(address, *values), self.client)


class Connection:
    """A `Link` whose companion.json is `file`; `handled` and `welcomes` record its callbacks."""

    def __init__(self, parts: Any) -> None:  # noqa: ANN401
        self.file: dict[str, object] | None = None
        self.handled: list[tuple[str, list[object]]] = []
        self.welcomes = 0
        greeting = ("Ableton Live", "12.2.0")
        self.link = parts.link.Link(lambda: self.file, greeting, lambda *m: self.handled.append(m), self._welcomed)

    def _welcomed(self) -> None:
        self.welcomes += 1

    def poll_until(self, condition: Callable[[], object], now_s: float) -> None:
        """Poll at the time `now_s` until `condition` is true."""
        assert poll(condition, 60.0, step=lambda: self.link.poll(now_s), pause_s=0.001)

    def poll_until_connected(self, now_s: float) -> None:
        self.poll_until(lambda: self.link.is_connected, now_s)


@pytest.fixture
def port(parts: Any) -> Iterator[Port]:  # noqa: ANN401
    port = Port(parts.osc)
    yield port
    port.socket.close()


@pytest.fixture
def connection(parts: Any) -> Iterator[Connection]:  # noqa: ANN401
    connection = Connection(parts)
    yield connection
    connection.link.close()


def connect(connection: Connection, port: Port) -> None:
    """Connect; the greeting is sent at 0 s, the first ping at 0.1 s."""
    connection.file = port.file
    connection.link.poll(0.0)
    assert port.received(1) == [("/stembridge/hello", ["Ableton Live", "12.2.0"])]
    port.reply("/stembridge/welcome", "0.1.0", 9125)
    connection.poll_until_connected(0.1)
    assert port.received(1) == [("/stembridge/ping", [])]


def test_nothing_is_sent_without_a_companion(connection: Connection) -> None:
    connection.link.poll(0.0)
    assert connection.link.send("/tempo", 97.6) is False
    assert not connection.link.is_connected


def test_a_companion_is_greeted_every_two_seconds_until_it_answers(connection: Connection, port: Port) -> None:
    connection.file = port.file
    for now_s in (0.0, 1.0, 1.9, 2.0, 3.9, 4.0):
        connection.link.poll(now_s)
    assert [address for address, _ in port.received(3)] == ["/stembridge/hello"] * 3
    port.reply("/stembridge/welcome", "0.1.0", 9125)
    connection.poll_until_connected(4.1)
    assert connection.welcomes == 1


def test_messages_go_both_ways_without_and_with_the_prefix(connection: Connection, port: Port) -> None:
    connect(connection, port)
    assert connection.link.send("/tempo", 97.5)
    assert port.received(1) == [("/stembridge/tempo", [97.5])]
    port.reply("/stembridge/job/done", "1", "/takes/one", 5)
    connection.poll_until(lambda: connection.handled, 0.2)
    assert connection.handled == [("/job/done", ["1", "/takes/one", 5])]


def test_a_ping_is_sent_every_five_seconds(connection: Connection, port: Port) -> None:
    connect(connection, port)
    for now_s in (4.9, 5.2, 10.1, 10.3):
        connection.link.poll(now_s)
    assert [address for address, _ in port.received(2)] == ["/stembridge/ping"] * 2


def test_after_twelve_silent_seconds_the_companion_counts_as_gone_and_is_greeted(
    connection: Connection, port: Port
) -> None:
    connect(connection, port)
    connection.link.poll(12.0)
    assert connection.link.is_connected
    assert [address for address, _ in port.received(1)] == ["/stembridge/ping"]
    connection.link.poll(12.2)
    assert not connection.link.is_connected
    assert [address for address, _ in port.received(1)] == ["/stembridge/hello"]
    port.reply("/stembridge/welcome", "0.1.0", 9125)
    connection.poll_until_connected(12.3)
    assert connection.welcomes == 2


def test_a_restarted_companion_is_found_and_greeted_at_once(connection: Connection, port: Port, parts: Any) -> None:  # noqa: ANN401
    connect(connection, port)
    second = Port(parts.osc)
    connection.file = second.file
    connection.link.poll(1.0)
    assert not connection.link.is_connected
    assert [address for address, _ in second.received(1)] == ["/stembridge/hello"]
    port.reply("/stembridge/job/done", "1", "/takes/one", 5)  # the old companion's last message comes too late
    second.reply("/stembridge/job/done", "2", "/takes/two", 5)
    connection.poll_until(lambda: connection.handled, 1.1)
    assert connection.handled == [("/job/done", ["2", "/takes/two", 5])]
    second.socket.close()


def test_packets_from_others_and_broken_ones_are_ignored(connection: Connection, port: Port, parts: Any) -> None:  # noqa: ANN401
    connect(connection, port)
    stranger = Port(parts.osc)
    stranger.client = port.client
    stranger.reply("/stembridge/job/failed", "1", "from a stranger")
    stranger.socket.close()
    port.socket.sendto(b"junk", port.client)
    port.reply("/other/job/failed", "1", "another prefix")
    port.reply("/stembridge/job/failed", "1", "The disk is full.")
    connection.poll_until(lambda: connection.handled, 0.2)
    assert connection.handled == [("/job/failed", ["1", "The disk is full."])]
