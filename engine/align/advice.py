"""Sentences for a user who aligns files of their own: a length or a meter that does not fit the music."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from engine.align.beat_doubt import is_far, own_tempo
from engine.music import Meter

if TYPE_CHECKING:
    from engine.align.conform import AlignmentReport, TargetGrid
    from engine.stems import StemSource

_HOP_S = 0.02
_AUDIBLE_DB = -60.0  # relative to the loudest hop
_GOES_ON_DB = -26.0  # music a beat after the last bar, relative to the music's mean level
_SHORT_BEATS = 0.5  # files may end by this much early: their last sound has died away
_EXACT_BEATS = 0.06  # a loop of whole bars is as long as these within this error
_MOST_LOOP_BEATS = 64.0
_LIKELY_BAR_BEATS = (Fraction(5, 2), Fraction(11, 2))


def advice(stems: StemSource, report: AlignmentReport, grid: TargetGrid, *, told_source: bool) -> tuple[str, ...]:
    """Return one sentence for each thing that does not fit, for `stems` that came out as `report` says.

    `told_source`: the user has told the files' own tempo.
    """
    levels = _levels(stems)
    file_end, sound_end = (
        _beat_at(seconds, report, grid) for seconds in (stems.frames / stems.sample_rate, _end_s(levels))
    )
    wanted = float(grid.length_beats)
    found: list[str] = []
    if file_end < wanted - _SHORT_BEATS or sound_end < wanted - float(grid.meter.bar_beats) - _SHORT_BEATS:
        found.append(
            f"The music lasts only {_bars(min(file_end, sound_end), grid)} of the {_bars(wanted, grid)} bars asked "
            "for; the rest is silence."
        )
    elif sound_end > wanted + 1.0 and _goes_on(levels, report, grid):
        found.append(
            f"The music goes on after the {_bars(wanted, grid)} bars asked for; what came later was cut off."
        )
    found += _meter_advice(file_end, grid)
    beats = report.beats
    if beats is not None and is_far(beats) and not told_source:
        found.append(f"If its own tempo is about {own_tempo(beats):.0f} BPM, say so with --source-tempo.")
    return tuple(found)


def _meter_advice(file_end: float, grid: TargetGrid) -> list[str]:
    """Return a sentence if the file is a loop of whole bars, as many as asked for, but of another meter."""
    bars = grid.length_beats / grid.meter.bar_beats
    if file_end > _MOST_LOOP_BEATS or bars.denominator != 1:
        return []
    eighths = round(2 * file_end / bars.numerator)
    bar_beats = Fraction(eighths, 2)
    fits = abs(file_end - float(bar_beats * bars)) <= _EXACT_BEATS
    if not fits or bar_beats == grid.meter.bar_beats or not _LIKELY_BAR_BEATS[0] <= bar_beats <= _LIKELY_BAR_BEATS[1]:
        return []
    other = Meter(eighths // 2, 4) if eighths % 2 == 0 else Meter(eighths, 8)
    count = "1 bar" if bars == 1 else f"{bars} bars"
    return [
        f"In {grid.meter} the file is no {count} long, in {other} it would be: if that is its meter, say "
        f"--time-signature {other}."
    ]


def _levels(stems: StemSource) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the mix's power in hops of 20 ms."""
    hop = max(1, round(_HOP_S * stems.sample_rate))
    powers = []
    for block in stems.blocks():
        mono = np.square(block.sum(axis=1, dtype=np.float64)).mean(axis=1)
        powers.append(np.add.reduceat(mono, np.arange(0, len(mono), hop)) / hop)
    return np.concatenate(powers) if powers else np.zeros(1)


def _end_s(levels: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Return the time in seconds at which the music has died away."""
    audible = np.flatnonzero(levels > levels.max(initial=0.0) * 10 ** (_AUDIBLE_DB / 10))
    return float(audible[-1] + 1) * _HOP_S if audible.size else 0.0


def _goes_on(levels: np.ndarray[tuple[int], np.dtype[np.float64]], report: AlignmentReport, grid: TargetGrid) -> bool:
    """Return whether there is music in the beat that starts a beat after the last bar: more than what rings there."""
    end_s = grid.tempo_map.seconds(grid.length_beats)
    beat_s = end_s / float(grid.length_beats)
    first_s, last_s = report.warp_map.to_source(np.array([end_s + beat_s, end_s + 2 * beat_s]))
    after = levels[round(first_s / _HOP_S) : round(last_s / _HOP_S) + 1]
    return bool(after.size and after.mean() > levels.mean() * 10 ** (_GOES_ON_DB / 10))


def _beat_at(source_s: float, report: AlignmentReport, grid: TargetGrid) -> float:
    """Return the place on the grid, in quarter notes from its start, of a moment of the files."""
    target_s = float(report.warp_map.to_target(np.array([source_s]))[0])
    return max(0.0, grid.tempo_map.beats(max(0.0, target_s)))


def _bars(beats: float, grid: TargetGrid) -> str:
    return f"{round(beats / float(grid.meter.bar_beats), 2):g}"
