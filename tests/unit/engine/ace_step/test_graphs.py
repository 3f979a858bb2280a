from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.helpers.tiny_ace_step import tiny_pipeline

torch = pytest.importorskip("torch")

from engine.ace_step.graphs import RecordedForward  # noqa: E402
from tests.helpers.tiny_sampler import latents  # noqa: E402


def test_a_graph_that_cannot_be_recorded_is_run_eagerly(caplog: pytest.LogCaptureFixture) -> None:
    pipe = tiny_pipeline()
    eager = latents(pipe)
    recorded = RecordedForward(pipe.transformer)
    with caplog.at_level(logging.WARNING):
        assert torch.equal(latents(pipe, forward=recorded), eager)
    if not torch.cuda.is_available():
        assert "without a recorded graph" in caplog.text


def test_only_tuples_are_returned() -> None:
    with pytest.raises(ValueError, match="returns a tuple"):
        RecordedForward(None)(return_dict=True)


def test_recording_is_tried_only_once(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def fail(_self: RecordedForward, inputs: dict[str, Any]) -> None:
        tries.append(inputs)
        raise RuntimeError("no graph")

    monkeypatch.setattr(RecordedForward, "_record", fail)
    recorded = RecordedForward(lambda *, x, return_dict: (x + 1,))
    with caplog.at_level(logging.WARNING):
        answers = [recorded(x=torch.tensor(number))[0].item() for number in range(3)]
    assert answers == [1, 2, 3]
    assert len(tries) == 1
    assert caplog.text.count("runs without a recorded graph (no graph)") == 1


def test_a_replay_copies_the_inputs_into_the_recorded_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    class FakeGraph:
        """Replays by running the forward on the recorded inputs again, as the device would."""

        def __init__(self, recorded: RecordedForward) -> None:
            self.recorded = recorded

        def replay(self) -> None:
            made = self.recorded._inputs["x"] * 2
            assert self.recorded._output is not None
            self.recorded._output.copy_(made)

    def record(self: Any, inputs: dict[str, Any]) -> None:  # noqa: ANN401
        self._inputs = {name: value.clone() for name, value in inputs.items()}
        self._graph = FakeGraph(self)
        self._output = torch.zeros_like(inputs["x"])

    monkeypatch.setattr(RecordedForward, "_record", record)
    recorded = RecordedForward(None)
    first = recorded(x=torch.tensor([1.0]))[0]
    assert first.tolist() == [2.0]
    second = recorded(x=torch.tensor([5.0]))[0]
    assert second.tolist() == [10.0]
    assert second is first  # the next call overwrites the tensor
