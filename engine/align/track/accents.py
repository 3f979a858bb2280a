"""The accents of a clip: the weights of its attacks on the beat path, which show the beats and the downbeats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.align.track.analysis import CHROMA_HOPS, LEAD_HOPS, Analysis
from engine.align.track.bands import rises

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Times = NDArray[np.float64]

NEAR = 0.07  # pulses: an attack within this distance of a place in the bar belongs to it
_PHASES_APART = 0.12  # pulses between two phases, at least
_SPAN_PULSES = 1.5  # the harmony before and after a place is compared over this span
_LOW_SHARE, _HIGH_SHARE = 0.25, 0.6  # the lowest quarter of the bands is bass and kick, the upper 40 % hats
_SETTLED_HOPS, _LAG_HOPS = 3, 2  # an attack's amplitude is compared between these hops after and before it
_MOST = 2.0  # the largest weight: one loud crash must not decide for a whole clip


@dataclass(frozen=True, slots=True)
class Accents:
    """The attacks of a clip on its beat path, with their weights.

    Attributes:
        position: pulses from the path's first beat [shape=(attacks,)].
        strength: weight in all bands.
        low: weight in the lowest bands alone, about 1 for a strong one.
        mid: weight in the middle bands alone.
        times_s: times of the attacks.
        beats_s: times of the path's beats.
    """

    position: Times
    strength: Times
    low: Times
    mid: Times
    times_s: Times
    beats_s: Times


def positions(times_s: Times, beats_s: Times) -> Times:
    """Return the places of `times_s` between `beats_s`, in beats from the first, extrapolated at both ends."""
    piece = np.clip(np.searchsorted(beats_s, times_s, side="right") - 1, 0, len(beats_s) - 2)
    return np.asarray(piece + (times_s - beats_s[piece]) / (beats_s[piece + 1] - beats_s[piece]))


def moments(position: Times, beats_s: Times) -> Times:
    """Return the times of `position` in beats: the inverse of `positions`."""
    piece = np.clip(np.floor(position).astype(np.intp), 0, len(beats_s) - 2)
    return np.asarray(beats_s[piece] + (position - piece) * (beats_s[piece + 1] - beats_s[piece]))


def accents_of(analysis: Analysis, strength: Times, beats_s: Times) -> Accents:
    """Put the attacks of `analysis` on the path `beats_s` (two or more beats)."""
    rise = rises(analysis.powers)
    bands = rise.shape[1]
    low, high = max(1, round(_LOW_SHARE * bands)), max(2, round(_HIGH_SHARE * bands))
    hops = analysis.attacks.hops
    return Accents(
        position=positions(analysis.attacks.times_s, beats_s),
        strength=np.minimum(strength.astype(np.float64), _MOST),
        low=_scaled(_entering(analysis.powers[:, :low], hops)),
        mid=_scaled(rise[hops, low:high].sum(axis=1)),
        times_s=analysis.attacks.times_s,
        beats_s=beats_s,
    )


def _entering(powers: NDArray[np.float32], hops: NDArray[np.intp]) -> NDArray[np.float32]:
    """Return the rise in amplitude at `hops`; in decibels, the leakage of a high tone would count too much."""
    amplitude = np.sqrt(powers.sum(axis=1))
    after, before = np.minimum(hops + _SETTLED_HOPS, len(powers) - 1), np.maximum(hops - _LAG_HOPS, 0)
    return np.asarray(np.maximum(amplitude[after] - amplitude[before], 0.0), np.float32)


def _scaled(values: NDArray[np.float32]) -> Times:
    strong = values[values > 0.3 * values.max(initial=0.0)]
    scaled = values.astype(np.float64) / max(float(strong.mean()) if strong.size else 0.0, 1e-9)
    return np.asarray(np.minimum(scaled, _MOST))


def at_places(accents: Accents, weight: Times, places: Times) -> Times:
    """Return the greatest `weight` of an attack within `NEAR` of each of `places` (pulses), 0 without one."""
    order = np.argsort(places)
    rising = places[order]
    nearest = np.clip(np.searchsorted(rising, accents.position), min(1, len(rising) - 1), len(rising) - 1)
    before = accents.position - rising[nearest - 1] < rising[nearest] - accents.position
    nearest = np.where(before, nearest - 1, nearest)
    near = np.abs(accents.position - rising[nearest]) <= NEAR
    found = np.zeros(len(places))
    np.maximum.at(found, nearest[near], weight[near])
    result = np.empty(len(places))
    result[order] = found
    return result


def harmonic_change(analysis: Analysis, accents: Accents, places: Times) -> Times:
    """Return the change of harmony (cosine distance) at each of `places` (pulses), 0–1 [shape=(places,)]."""
    sums = np.concatenate([np.zeros((1, 12)), np.cumsum(analysis.chroma.astype(np.float64), axis=0)])

    def mean(start: Times, end: Times) -> Times:
        first, last = _chroma_index(analysis, accents, start), _chroma_index(analysis, accents, end)
        total = sums[np.clip(last, 0, len(sums) - 1)] - sums[np.clip(first, 0, len(sums) - 1)]
        return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9))

    before, after = mean(places - _SPAN_PULSES, places), mean(places, places + _SPAN_PULSES)
    sounding = (before.any(axis=1)) & (after.any(axis=1))
    return np.where(sounding, 1.0 - (before * after).sum(axis=1), 0.0)


def _chroma_index(analysis: Analysis, accents: Accents, places: Times) -> NDArray[np.intp]:
    hops = moments(places, accents.beats_s) * analysis.hop_rate_hz + LEAD_HOPS
    return np.asarray(np.round(hops / CHROMA_HOPS), dtype=np.intp)


def beat_phases(accents: Accents, most: int = 4) -> Times:
    """Return the phases in a pulse at which attacks cluster, the strongest first, 0 ≤ phase ≤ 1 [shape=(≤ most,)]."""
    bins = 48
    fold = np.bincount(np.floor(accents.position % 1.0 * bins).astype(np.intp) % bins, accents.strength, bins)
    blurred = sum(
        share * np.roll(fold, shift) for shift, share in ((-2, 0.4), (-1, 0.8), (0, 1.0), (1, 0.8), (2, 0.4))
    )
    phases: list[float] = []
    for at in np.argsort(blurred)[::-1]:
        phase = _centred(accents, (float(at) + 0.5) / bins) % 1.0
        if all(abs(wrapped(phase - other)) > _PHASES_APART for other in phases):
            phases.append(phase)
        if len(phases) == most:
            break
    return np.array(phases)


def wrapped(phase: Times | float) -> Times:
    """Return `phase` in pulses wrapped to −0.5 to 0.5, the signed distance from the nearest whole pulse."""
    return np.asarray((np.asarray(phase) + 0.5) % 1.0 - 0.5)


def _centred(accents: Accents, phase: float) -> float:
    """Move `phase` to the mean of the attacks around it."""
    away = wrapped(accents.position - phase)
    near = np.abs(away) <= NEAR
    weight = accents.strength[near]
    return phase + float(away[near] @ weight / weight.sum()) if weight.sum() > 0 else phase
