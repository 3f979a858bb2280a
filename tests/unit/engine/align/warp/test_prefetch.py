"""Items made in another thread arrive in order, and so do their errors."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count, islice

import pytest

from engine.align.warp.prefetch import prefetched


def test_items_come_in_order_and_all_of_them() -> None:
    assert list(prefetched(iter(range(100)))) == list(range(100))
    assert list(prefetched(iter([]))) == []


def test_the_next_item_is_made_elsewhere_while_this_one_is_used() -> None:
    made = threading.Event()

    def items() -> Iterator[str]:
        yield "first"
        made.set()
        yield threading.current_thread().name

    stream = prefetched(items())
    assert next(stream) == "first"
    assert made.wait(5.0)
    assert next(stream) != threading.current_thread().name


def test_an_endless_stream_can_be_left_without_a_thread_left_behind() -> None:
    before = threading.active_count()
    stream = prefetched(count())
    assert list(islice(stream, 3)) == [0, 1, 2]
    stream.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


def test_an_error_reaches_the_reader() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("broken file")

    stream = prefetched(items())
    assert next(stream) == 1
    with pytest.raises(ValueError, match="broken file"):
        next(stream)
