from __future__ import annotations

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.ace_step.ace_step_engine import AceStepEngine
from tests.helpers.ace_requests import quiet_progress, request

if TYPE_CHECKING:
    from engine.contract import Audio

torch = pytest.importorskip("torch")

from engine.ace_step.lyrics_bias import lyrics_bias  # noqa: E402

SUNG = "[Verse]\nla la la\n[Chorus]\noh"


def mix(engine: AceStepEngine, **values: Any) -> Audio:  # noqa: ANN401
    return engine.generate(request(**values), quiet_progress)[0].mix


def test_lyrics_strength_has_a_direction_and_no_effect_at_one(engine: AceStepEngine) -> None:
    untouched = mix(engine, lyrics=SUNG)
    assert np.array_equal(mix(engine, lyrics=SUNG, lyrics_strength=1.0), untouched)
    moved = [
        float(np.abs(mix(engine, lyrics=SUNG, lyrics_strength=strength) - untouched).mean())
        for strength in (0.1, 0.5, 2.0, 10.0)
    ]
    assert moved[0] > moved[1] > 0
    assert moved[3] > moved[2] > 0


class RecordingAttention(torch.nn.Module):
    """Remembers the masks that it is called with."""

    def __init__(self) -> None:
        super().__init__()
        self.masks: list[Any] = []

    def forward(self, *, hidden_states: Any, attention_mask: Any = None) -> Any:  # noqa: ANN401
        self.masks.append(attention_mask)
        return hidden_states


def fake_pipe(layers: int = 2) -> tuple[Any, list[RecordingAttention]]:
    attentions = [RecordingAttention() for _ in range(layers)]
    blocks = [SimpleNamespace(cross_attn=attention) for attention in attentions]
    return SimpleNamespace(transformer=SimpleNamespace(layers=blocks)), attentions


def test_the_logarithm_of_the_strength_is_added_for_the_lyric_tokens_of_every_layer() -> None:
    pipe, attentions = fake_pipe()
    states = torch.zeros(1, 5, 8)
    with lyrics_bias(pipe, 2.0, 3, states):
        for attention in attentions:
            attention(hidden_states=torch.zeros(2, 7, 8))
    for attention in attentions:
        (mask,) = attention.masks
        assert mask.shape == (2, 1, 7, 5)  # batch, heads, queries, tokens
        assert mask[1, 0, 6].tolist() == pytest.approx([math.log(2.0)] * 3 + [0.0] * 2)


def test_after_the_block_no_layer_is_biased_even_if_it_ended_with_an_error() -> None:
    pipe, attentions = fake_pipe()
    with pytest.raises(KeyboardInterrupt), lyrics_bias(pipe, 0.5, 3, torch.zeros(1, 5, 8)):
        raise KeyboardInterrupt
    attentions[0](hidden_states=torch.zeros(1, 7, 8))
    assert attentions[0].masks == [None]


def test_a_strength_of_one_adds_no_mask() -> None:
    pipe, attentions = fake_pipe()
    with lyrics_bias(pipe, 1.0, 3, torch.zeros(1, 5, 8)):
        attentions[0](hidden_states=torch.zeros(1, 7, 8))
    assert attentions[0].masks == [None]
