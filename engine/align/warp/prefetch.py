"""Prefetching: an iterator's next item is computed in another thread while the last one is used."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def prefetched(items: Iterator[Item]) -> Iterator[Item]:
    """Yield `items`, each computed in another thread one item early; exceptions of `items` are raised here.

    NumPy and the Fourier transforms release the interpreter lock, so both threads run in parallel.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="warp-prefetch") as worker:
        end = object()
        coming = worker.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = worker.submit(next, items, end)
            yield item  # type: ignore[misc]
