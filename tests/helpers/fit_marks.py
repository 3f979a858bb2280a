"""Beats with given times, for tests of the fit without the tracker."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from engine.align.track import Beats, Marks

Times = NDArray[np.float64]


def beats_at(
    curve: Callable[[Times], Times],
    bpm: float = 120.0,
    count: int = 48,
    *,
    jitter_s: float = 0.0,
    stray: float = 0.0,
    confidence: float = 0.95,
    eighths_late_s: float = 0.0,
    first_sound_s: float = 0.0,
    seed: int = 0,
) -> Beats:
    """Return beats and marks on every eighth of `count` beats in 4/4; `curve` maps quarter notes to seconds.

    A share `stray` of the marks is displaced by up to 30 ms.
    """
    rng = np.random.default_rng(seed)
    places = np.arange(2 * count) / 2.0
    classes = np.arange(2 * count) % 2
    times_s = curve(places) + rng.normal(0.0, 1.0, len(places)) * jitter_s + eighths_late_s * classes
    times_s += np.where(rng.random(len(places)) < stray, rng.uniform(-0.03, 0.03, len(places)), 0.0)
    whole = np.arange(float(count))
    return Beats(
        times_s=curve(whole),
        confidence=np.full(count, confidence),
        pulse_beats=Fraction(1),
        bar_pulses=4,
        first_downbeat=0,
        requested_bpm=bpm,
        tempo_bpm=bpm,
        tempo_relation=Fraction(1),
        marks=Marks(places, classes, times_s, np.ones(len(places))),
        first_sound_s=first_sound_s,
        length_s=float(curve(np.array([count]))[0]),
    )
