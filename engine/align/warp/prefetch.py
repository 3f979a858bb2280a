"""Work on two processors: an iterator's next item is made while the last one is used."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Yield `items`, each made in another thread one item early.

    NumPy and the Fourier transforms let other threads run while they work. What `items` raises is raised here.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="warp-ahead") as worker:
        end = object()
        coming = worker.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = worker.submit(next, items, end)
            yield item  # type: ignore[misc]
