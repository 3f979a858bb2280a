"""The interface of the engines."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engine.contract import AUTO, ENGINES, TASKS, Generation, GenerationRequest, Phase, Progress, Stem
from engine.errors import Cancelled
from engine.music import Key, Meter, TempoMap, TempoPoint
from engine.registry import SKETCH, create

REQUEST = GenerationRequest("funk", Key("E", "minor"), Meter(4, 4), TempoMap.constant(97.6), Fraction(32), 48_000, 7)


def test_the_frames_of_a_request_are_exact() -> None:
    assert REQUEST.frames == 944_262
    assert replace(REQUEST, length_beats=Fraction(0)).frames == 0
    ramp = TempoMap([TempoPoint(0, 60, True), TempoPoint(4, 120)])
    # 120·4 / (60 + 120) s for the ramp, then 2 s.
    assert replace(REQUEST, tempo_map=ramp, length_beats=Fraction(8)).frames == round((8 / 3 + 2) * 48_000)


def test_a_request_asks_for_one_variation_of_the_engines_own_stems() -> None:
    assert (REQUEST.variations, REQUEST.stems, REQUEST.lyrics) == (1, (), "")
    assert (REQUEST.pitch_shift_semitones, dict(REQUEST.block)) == (0.0, {})


def test_names_are_those_of_the_block() -> None:
    assert ENGINES == ("sketch", "ace-step", "remote")
    assert AUTO not in ENGINES
    assert set(SKETCH.tasks) <= set(TASKS)
    assert SKETCH.name in ENGINES


def test_a_generation_is_by_default_without_anything_to_tell() -> None:
    mix = np.zeros((4, 2), np.float32)
    result = Generation((Stem("drums", mix, is_drums=True),), mix, 7, None, "sketch-1", on_grid=True)
    assert (result.notices, result.model_bpm, result.margin_s) == ((), None, 0.0)
    assert (dict(result.effective_params), dict(result.alignment), dict(result.origin)) == ({}, {}, {})
    assert result.stems[0].notes is None


def test_an_engine_lets_a_cancellation_through_its_progress() -> None:
    phases: list[tuple[Phase, float]] = []

    def cancel(phase: Phase, fraction: float) -> None:
        phases.append((phase, fraction))
        if len(phases) == 3:
            raise Cancelled

    progress: Progress = cancel
    engine = create("sketch")
    with pytest.raises(Cancelled):
        engine.generate(replace(REQUEST, tempo_map=TempoMap.constant(300.0), length_beats=Fraction(4)), progress)
    assert len(phases) == 3
    assert all(0 <= fraction <= 1 for _, fraction in phases)
