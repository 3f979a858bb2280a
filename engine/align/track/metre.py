"""Finds the downbeats: the likeliest of all places in the beat and the bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.align.track.accents import NEAR, Accents, at_places, beat_phases, harmonic_change, positions
from engine.align.track.analysis import Analysis
from engine.align.track.bar_pulses import BarPulses

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Times = NDArray[np.float64]

FEATURES = {
    "harmony_on_downbeat": 1.5,  # the harmony changes on the downbeat
    "low_beat": 0.8,  # kick and bass are on the beat more than off it
    "back_beat": 0.7,  # in four, the snare is on two and four
    "starts_on_downbeat": 0.8,  # the first sound is on a downbeat
    "starts_on_beat": 0.5,  # the first sound is on a beat
    "enters_on_downbeat": 3.5,  # bass or kick come in on a downbeat, even after a pick-up
    "clip_starts_on_downbeat": 1.8,  # the clip's first frame is a downbeat
    "late_off_beat": 0.7,  # swing is long, then short
    "on_path": 1.8,  # the beats are those of the path, not between them
}
"""Features of a candidate downbeat with their weights: a conditional logit, fitted to 216 generated clips and 28 real
ones with added drift, and rounded."""

_AUDIBLE = 0.4  # strength of an attack that counts as a sound


def candidates(accents: Accents, bar_pulses: int) -> Times:
    """Return all candidates for a downbeat, in pulses from the path's first beat."""
    phases = beat_phases(accents)
    return np.asarray((np.where(phases > 1 - NEAR, phases - 1, phases)[:, None] + np.arange(bar_pulses)).ravel())


def features(analysis: Analysis, accents: Accents, place: float, bars: BarPulses) -> Times:
    """Return the values of `FEATURES` for `place` as a downbeat, in their order."""
    count = len(accents.beats_s)
    beats = np.arange(place % 1.0, count - 0.5, 1.0)
    offs = np.arange((place + 0.5) % 1.0, count - 0.5, 1.0)
    numbers = np.round(beats - place).astype(np.intp)
    in_bar = bars.place(numbers)
    back = (in_bar % 2 == 1) & (bars.length_at(numbers) == 4)
    return np.array(
        [
            _lead(harmonic_change(analysis, accents, beats), in_bar == 0),
            at_places(accents, accents.low, beats).mean() - at_places(accents, accents.low, offs).mean(),
            _lead(at_places(accents, accents.mid, beats), back),
            *_start(accents, place, bars),
            _on_downbeat(float(positions(np.zeros(1), accents.beats_s)[0]) - place, bars),
            _late_off_beat(accents, place),
            float(abs((place + 0.5) % 1.0 - 0.5) < NEAR),
        ]
    )


def _lead(values: Times, chosen: NDArray[np.bool_]) -> float:
    """Return the mean at the chosen places minus the mean at the others."""
    if chosen.all() or not chosen.any():
        return 0.0
    return float(values[chosen].mean() - values[~chosen].mean())


def _start(accents: Accents, place: float, bars: BarPulses) -> tuple[float, float, float]:
    """Return 1 each if the first sound is on a downbeat, on a beat, and if the first low sound is on a downbeat."""
    first = _first_away(accents, accents.strength > _AUDIBLE, place)
    entry = _first_away(accents, (accents.low > _AUDIBLE) & (accents.strength > _AUDIBLE), place)
    on_beat = abs((first + 0.5) % 1.0 - 0.5) < NEAR
    return _on_downbeat(first, bars), float(on_beat), _on_downbeat(entry, bars)


def _first_away(accents: Accents, chosen: NDArray[np.bool_], place: float) -> float:
    """Return the pulses from `place` to the first chosen attack; without one 0.5, which is on no beat."""
    at = np.flatnonzero(chosen)
    return float(accents.position[at[0]] - place) if at.size else 0.5


def _on_downbeat(away: float, bars: BarPulses) -> float:
    return float(bars.to_downbeat(away) < NEAR)


def _late_off_beat(accents: Accents, place: float) -> float:
    """Return the share of strength just after the middle of the beat minus that just before: swing is long, short."""
    phase = (accents.position - place) % 1.0
    total = max(float(accents.strength.sum()), 1e-9)
    late, early = (phase > 0.57) & (phase < 0.7), (phase > 0.3) & (phase < 0.43)
    return float(accents.strength[late].sum() - accents.strength[early].sum()) / total


def find_downbeat(
    analysis: Analysis, accents: Accents, bars: BarPulses, first_bar: Callable[[float], float] | None = None
) -> float:
    """Return the likeliest downbeat in pulses from the path's first beat; beats lie at whole pulses from it.

    Where bars differ, their order begins with the bar that the music begins with: `first_bar` returns its begin for a
    downbeat in one of the first bars.
    """
    places = candidates(accents, bars.first)
    if len(bars.lines) and first_bar is not None:
        places = np.array([first_bar(float(place)) for place in places])
    weights = np.array(list(FEATURES.values()))
    scores = np.array([features(analysis, accents, place, bars) @ weights for place in places])
    return float(places[np.argmax(scores)])
