"""Records a transformer's forward as a CUDA graph, which replays in one launch."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

_log = logging.getLogger(__name__)
_WARM_RUNS = 1
"""The runs on a side stream before recording, in which libraries initialise; the shape itself has run before."""


class RecordedForward:
    """Replaces a transformer's forward for one set of shapes.

    The first call records the graph; if that fails, this and all later calls run eagerly.
    """

    def __init__(self, transformer: Any) -> None:  # noqa: ANN401  (diffusers' class, or a test's stand-in)
        self._transformer = transformer
        self._inputs: dict[str, torch.Tensor] = {}
        self._graph: torch.cuda.CUDAGraph | None = None
        self._output: torch.Tensor | None = None
        self._is_eager = False

    def __call__(self, *, return_dict: bool = False, **inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return the transformer's output as a tuple; the next call overwrites the tensor."""
        if return_dict:
            raise ValueError("a recorded forward returns a tuple")
        if self._is_eager:
            return self._run(inputs)
        try:
            if self._graph is None:
                self._record(inputs)
        except Exception as error:
            _log.warning("The transformer runs without a recorded graph (%s).", error)
            self._is_eager = True
            self._graph = None
            return self._run(inputs)
        for name, value in inputs.items():
            self._inputs[name].copy_(value)
        assert self._graph is not None
        assert self._output is not None
        self._graph.replay()
        return (self._output,)

    def _run(self, inputs: dict[str, torch.Tensor]) -> tuple[torch.Tensor, ...]:
        output: tuple[torch.Tensor, ...] = self._transformer(**inputs, return_dict=False)
        return output

    def _record(self, inputs: dict[str, torch.Tensor]) -> None:
        import torch

        self._inputs = {name: value.clone() for name, value in inputs.items()}
        side = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(_WARM_RUNS):
                self._run(self._inputs)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self._output = self._run(self._inputs)[0]
        self._graph = graph
