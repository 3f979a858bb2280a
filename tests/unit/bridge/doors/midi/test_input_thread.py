"""The thread that reads inputs: order, times, and inputs that break or go away."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence

import pytest

from bridge.doors.midi.input_thread import TRUST_S, InputThread

NOTE = [0x90, 60, 100]
LAST = [0x90, 127, 127]


class QueuedPort:
    """An input with messages waiting in its queue, each with the seconds since the one before."""

    def __init__(self, *messages: tuple[list[int], float]) -> None:
        self.queue = deque(messages)

    def get_message(self) -> tuple[list[int], float] | None:
        return self.queue.popleft() if self.queue else None


class BrokenPort:
    """A device that is being unplugged; `tried` is set when it has been read."""

    def __init__(self) -> None:
        self.tried = threading.Event()

    def get_message(self) -> None:
        self.tried.set()
        raise OSError("no such device")


class Received:
    """Everything that the listener was given; `ended` is set by `LAST`."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, list[int], float]] = []
        self.ended = threading.Event()

    def __call__(self, port: str, data: Sequence[int], at_s: float) -> None:
        self.messages.append((port, list(data), at_s))
        if list(data) == LAST:
            self.ended.set()


@pytest.fixture
def received() -> Received:
    return Received()


@pytest.fixture
def thread(received: Received) -> Iterator[InputThread]:
    thread = InputThread(received)
    yield thread
    thread.stop()


def test_messages_come_in_order_with_the_spacing_of_the_driver(thread: InputThread, received: Received) -> None:
    before_s = time.monotonic()
    thread.add("pads", QueuedPort((NOTE, 0.0), (NOTE, 0.0), (LAST, 0.0)))
    assert received.ended.wait(5)
    assert [(port, data) for port, data, _ in received.messages] == [("pads", NOTE), ("pads", NOTE), ("pads", LAST)]
    times = [at_s for _, _, at_s in received.messages]
    assert times[0] == times[1] == times[2], "a chord that waited in the queue stays one"
    assert before_s <= times[0] <= time.monotonic()


def test_a_time_in_the_future_or_long_ago_gives_way_to_now(thread: InputThread, received: Received) -> None:
    before_s = time.monotonic()
    thread.add("pads", QueuedPort((NOTE, 0.0), (NOTE, 60.0), (LAST, -2 * TRUST_S)))
    assert received.ended.wait(5)
    assert all(before_s <= at_s <= time.monotonic() for _, _, at_s in received.messages)


def test_an_input_that_breaks_does_not_stop_the_others(thread: InputThread, received: Received) -> None:
    broken = BrokenPort()
    thread.add("broken", broken)
    assert broken.tried.wait(5)
    thread.add("pads", QueuedPort((LAST, 0.0)))
    assert received.ended.wait(5)


def test_a_dropped_input_is_read_no_more(thread: InputThread, received: Received) -> None:
    dropped, kept = QueuedPort(), QueuedPort()
    thread.add("dropped", dropped)
    thread.add("kept", kept)
    thread.drop("dropped")
    thread.drop("never added")
    dropped.queue.append((NOTE, 0.0))
    kept.queue.append((LAST, 0.0))
    assert received.ended.wait(5)
    assert [port for port, _, _ in received.messages] == ["kept"]


def test_without_inputs_there_is_no_thread() -> None:
    before = set(threading.enumerate())
    thread = InputThread(Received())
    assert set(threading.enumerate()) <= before
    thread.stop()
