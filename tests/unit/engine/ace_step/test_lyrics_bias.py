from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.ace_step.ace_step_engine import AceStepEngine
from tests.helpers.ace_requests import quiet_progress, request

if TYPE_CHECKING:
    from engine.contract import Audio

pytest.importorskip("torch")

SUNG = "[Verse]\nla la la\n[Chorus]\noh"


def mix(engine: AceStepEngine, **values: Any) -> Audio:  # noqa: ANN401
    return engine.generate(request(**values), quiet_progress)[0].mix


def test_lyrics_strength_goes_one_way_and_is_nothing_at_one(engine: AceStepEngine) -> None:
    untouched = mix(engine, lyrics=SUNG)
    assert np.array_equal(mix(engine, lyrics=SUNG, lyrics_strength=1.0), untouched)
    moved = [
        float(np.abs(mix(engine, lyrics=SUNG, lyrics_strength=strength) - untouched).mean())
        for strength in (0.1, 0.5, 2.0, 10.0)
    ]
    assert moved[0] > moved[1] > 0
    assert moved[3] > moved[2] > 0
