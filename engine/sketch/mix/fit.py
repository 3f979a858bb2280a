"""Fits one regenerated part into a mix whose other stems stay unchanged.

The part has gone through the same desk and master curve as the one that it replaces. The remaining steps change it
alone: it is levelled for the loudness of the mix, and limited wherever the sum would exceed the ceiling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.sketch.mix.loudness import PRIME_S, Levels, Weigher, hop_frames, hop_sums, integrated
from engine.sketch.mix.master import CEILING as MASTER_CEILING
from engine.sketch.mix.master import TARGET_LUFS, limiter
from engine.sketch.mix.mixdown import apply_gain_curve, chunks
from engine.sketch.mix.peaks import PAD_FRAMES, between_frames
from engine.sketch.mix.strip import window
from engine.sketch.synth.voice import Sound
from engine.sketch.work import WorkProgress

CEILING = 10.0 ** (-1.15 / 20.0)
"""Ceiling a little above the master's, so that there is room for the part even where the others reach theirs."""
RELEASE_DB_PER_S = 300.0
"""Release of the limiter, faster than the master's: only this part is limited, and the others mask it there."""
_MOST_DB = 9.0
_STEP_DB = 0.25
_NEAR_ENOUGH_DB = 0.15
"""Tolerated loudness error of the mix; the part's level is only changed if the error is larger."""
_LEAST_ROOM = 1e-3


@dataclass(frozen=True, slots=True)
class _PartAndOthers:
    """Measurements of the part and of the sum of the others, by hops.

    Attributes:
        others, part, cross: sums of K-weighted squares of each, and of products of the two.
        room: highest gain of the part at which the sum stays under the ceiling; lowered in place once the true
            peaks are known.
    """

    others: Levels
    part: Levels
    cross: Levels
    room: Levels
    frames: int
    rate: int


def fit(part: Sound, others: Sequence[Sound], rate: int, work: WorkProgress) -> None:
    """Level and limit `part` in place such that the mix with `others` meets the master's targets [shape=(frames, 2)].

    The level changes by at most 9 dB up or down to bring the mix nearest to `TARGET_LUFS`; the mix's true peaks stay
    under the ceiling as long as those of `others` alone do.
    """
    both = _measure(part, others, rate, work)
    _lower_room_to_true_peaks(both, _curve(both, work), part, others, work)
    apply_gain_curve([part], [1.0], _curve(both, work), rate, lambda _share: work.advance(0.0))


def _measure(part: Sound, others: Sequence[Sound], rate: int, work: WorkProgress) -> _PartAndOthers:
    hop = hop_frames(rate)
    part_weigher, others_weigher = Weigher(rate), Weigher(rate)
    lead = -round(PRIME_S * rate)
    part_weigher.weighted(_sum([part], part, lead, 0))
    others_weigher.weighted(_sum(others, part, lead, 0))
    rows: list[tuple[Levels, ...]] = []
    for start, end in chunks(len(part), rate):
        work.advance(0.0)
        own, rest = part[start:end], _sum(others, part, start, end)
        part_weighted, others_weighted = part_weigher.weighted(own), others_weigher.weighted(rest)
        powers = (
            hop_sums((a * b).sum(axis=0), hop)
            for a, b in (
                (others_weighted, others_weighted),
                (part_weighted, part_weighted),
                (part_weighted, others_weighted),
            )
        )
        rows.append((*powers, _by_hops(_room(own, rest).min(axis=1), hop)))
    others_power, part_power, cross, room = (np.concatenate(column) for column in zip(*rows, strict=True))
    return _PartAndOthers(others_power, part_power, cross, room, len(part), rate)


def _sum(stems: Sequence[Sound], like: Sound, start: int, end: int) -> Sound:
    """Return frames `start` to `end` of the sum of `stems`, wrapped round the loop; silence if there are none."""
    total = np.zeros_like(window(like.T, start, end - start).T)
    for stem in stems:
        total += window(stem.T, start, end - start).T
    return total


def _room(own: Sound, rest: Sound) -> Sound:
    """Return for every sample the gain of `own` at which the sum with `rest` reaches the ceiling."""
    towards = np.where(own < 0, -rest, rest)
    room = np.maximum(CEILING - towards, 0.0) / np.maximum(np.abs(own), 1e-6)
    return np.asarray(np.maximum(room, _LEAST_ROOM), np.float32)


def _by_hops(values: Sound, hop: int) -> Levels:
    """Return the lowest of `values` [shape=(frames,)] in each hop."""
    return np.minimum.reduceat(values, np.arange(0, values.size, hop)).astype(np.float64)


def _lower_room_to_true_peaks(
    both: _PartAndOthers, curve: Levels, part: Sound, others: Sequence[Sound], work: WorkProgress
) -> None:
    """Lower `both.room` to the room left by true peaks, wherever the sum comes near the ceiling under `curve`."""
    hop = hop_frames(both.rate)
    near = both.room < 3.0 * np.maximum(curve, np.roll(curve, -1))
    for start, end in chunks(both.frames, both.rate):
        work.advance(0.0)
        first = start // hop
        hops = np.flatnonzero(near[first : first + -(-(end - start) // hop)])
        if hops.size:
            frames = start - PAD_FRAMES, end + PAD_FRAMES + hop
            own, rest = _sum([part], part, *frames), _sum(others, part, *frames)
            pairs = zip(between_frames(own, hop, hops), between_frames(rest, hop, hops), strict=True)
            found = np.min([_room(*pair).min(axis=1) for pair in pairs], axis=0)
            both.room[first + hops] = np.minimum(both.room[first + hops], found)


def _curve(both: _PartAndOthers, work: WorkProgress) -> Levels:
    """Return the part's gain at the edges of hops: a constant near 1 that fixes the loudness, times the limiter."""
    best, least = np.ones(both.room.size), np.inf
    steps = round(_MOST_DB / _STEP_DB)
    for number in sorted(range(-steps, steps + 1), key=abs):
        work.advance(0.0)
        gain = 10.0 ** (number * _STEP_DB / 20.0)
        # Peaks are scaled such that the limiter's ceiling is reached where the part would use up its room.
        curve = gain * limiter(MASTER_CEILING * gain / both.room, both.rate, RELEASE_DB_PER_S)
        miss_db = abs(_loudness(both, curve) - TARGET_LUFS)
        if miss_db < least - 1e-6:
            best, least = curve, miss_db
        if least <= _NEAR_ENOUGH_DB:
            break
    return best


def _loudness(both: _PartAndOthers, curve: Levels) -> float:
    after = np.roll(curve, -1)
    square, line = (curve * curve + curve * after + after * after) / 3.0, (curve + after) / 2.0
    power = both.others + 2.0 * line * both.cross + square * both.part
    return integrated(np.maximum(power, 0.0), both.frames, both.rate)
