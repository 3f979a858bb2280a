"""Counts the bytes of the live tensors while a block runs."""

# ruff: noqa: ANN401  (torch hands over whatever an operation takes)
from __future__ import annotations

import weakref
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter


class LiveBytes(TorchDispatchMode):
    """Records every storage that an operation allocates, and the largest sum alive at once (`peak`)."""

    def __init__(self) -> None:
        super().__init__()
        self.peak = 0
        self._alive = 0
        self._known: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = {id_of(part) for part in tree_iter((args, kwargs)) if isinstance(part, torch.Tensor)}
        made = func(*args, **(kwargs or {}))
        for part in tree_iter(made):
            if isinstance(part, torch.Tensor) and id_of(part) not in given:
                self._note(part.untyped_storage())
        return made

    def _note(self, storage: Any) -> None:
        address, size = storage.data_ptr(), storage.nbytes()
        if address in self._known:
            return
        self._known.add(address)
        self._alive += size
        self.peak = max(self.peak, self._alive)
        weakref.finalize(storage, self._forget, address, size)

    def _forget(self, address: int, size: int) -> None:
        self._known.discard(address)
        self._alive -= size


def id_of(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage().data_ptr()
