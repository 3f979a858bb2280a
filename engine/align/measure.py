"""Measures the timing error of stems whose notes are known, in the samples themselves.

1. Attacks are found in each stem's envelope: a steep rise to well above the level just before it.
2. The attacks are matched to the notes' onsets with the stretch (±3 %) and shift (±50 ms) under which most of them
   fit. This only decides which attack belongs to which note.
3. An attack's time is where the samples first reach 10 % of its peak, between two samples by linear interpolation.
   Errors are measured minus expected times; the stretch and shift of step 2 are not subtracted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from engine.music import TempoMap
from engine.score import Note

if TYPE_CHECKING:
    from engine.contract import Audio, Stem

Verdict = Literal["tight", "loose", "could not measure"]
TIGHT_MEDIAN_MS, TIGHT_P95_MS, TIGHT_DOWNBEAT_MS = 10.0, 19.0, 10.0
NO_ONSET = "construction, no testable onset"

_HOP_S = 0.001
_QUIET_HOPS = 10  # hops that must be quiet before an attack …
_GUARD_HOPS = 2  # … ending this many hops before it
_RISE = 6.0  # an attack is at least this factor above them (15 dB)
_FLOOR = 10 ** (-45 / 20)  # attacks below this share of the stem's peak are ignored
_ATTACK_S = 0.02
_ATTACK_FRACTION = 0.1
_CLEAR = 0.15  # the sound just before an attack may reach at most this share of its peak
_SHARP_S = 0.008  # longest rise from 10 % to half of the peak: slower attacks have no clear time
_ALONE_S = 0.025  # expected onsets closer together than this are not tested
_WINDOW_S = 0.02
_SAME_S = 0.002
_MAX_SHIFT_S = 0.05
_STRETCHES = 1.0 + np.linspace(-0.03, 0.03, 121)
_ENOUGH = 4  # onsets in the drums that make the other stems unnecessary
_MIN_SPAN_S = 1.0  # a tempo from a shorter span would be noise
_MAX_EXPECTED = 400  # onsets used in the search of step 2, whose cost grows with their number

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GridError:
    """The distances of onsets in audio from their places on the grid.

    Attributes:
        method: the way of measuring, in words; `NO_ONSET` if nothing could be measured.
        tempo_measured: beats per minute; for a tempo map the mean tempo that the audio really has. None with fewer
            than two onsets or less than a second between first and last.
        error_ms_median: median of the onsets' absolute errors.
        error_ms_p95: their 95th percentile.
        downbeat_offset_ms: measured − expected time of the first onset that could be measured, usually beat 0.
        onsets: number of measured onsets.
        verdict: the meaning of the numbers to a listener, see `verdict`.
        tempo_before: beats per minute before the warp; None if nothing was warped or the tempo could not be found.
    """

    method: str
    tempo_measured: float | None
    error_ms_median: float | None
    error_ms_p95: float | None
    downbeat_offset_ms: float | None
    onsets: int
    verdict: Verdict = "could not measure"
    tempo_before: float | None = None


def verdict(median_ms: float, p95_ms: float, downbeat_ms: float | None) -> Verdict:
    """Return the meaning of errors to a listener.

    Listeners notice asynchrony in a groove from 19 ms for drums, and do not mind 10 ms (Jack et al. 2018 on latency;
    preprint jsg94_v3 on grooves). So "tight" asks that 95 % of the onsets stay under 19 ms, and half of them and the
    first downbeat under 10 ms.
    """
    late_ms = 0.0 if downbeat_ms is None else abs(downbeat_ms)
    tight = median_ms <= TIGHT_MEDIAN_MS and p95_ms <= TIGHT_P95_MS and late_ms <= TIGHT_DOWNBEAT_MS
    return "tight" if tight else "loose"


def measure_on_grid(stems: Sequence[Stem], tempo_map: TempoMap, sample_rate: int) -> GridError:
    """Measure `stems`, float32 [shape=(frames, channels)], against their own notes on `tempo_map`.

    Drum stems are used if enough of their onsets can be measured; otherwise all other stems with notes are used if
    they have more measurable onsets.
    """
    best: tuple[list[Stem], Times] = ([], np.empty((2, 0)))
    for drums in (True, False):
        chosen = [stem for stem in stems if stem.notes and stem.is_drums == drums]
        pairs = [_onset_pairs(stem, tempo_map, sample_rate) for stem in chosen]
        joined = np.concatenate(pairs, axis=1) if pairs else np.empty((2, 0))
        if joined.shape[1] > best[1].shape[1]:
            best = (chosen, joined)
        if best[1].shape[1] >= _ENOUGH:
            break
    chosen, (expected_s, measured_s) = best
    if not chosen:
        return GridError(NO_ONSET, None, None, None, None, 0)
    length_s = len(chosen[0].audio) / sample_rate
    method = f"attacks in the audio of {', '.join(stem.name for stem in chosen)}"
    return _grid_error(method, expected_s, measured_s, 60.0 * tempo_map.beats(length_s) / length_s)


def _grid_error(method: str, expected_s: Times, measured_s: Times, mean_bpm: float) -> GridError:
    """Return the statistics of pairs of expected and measured times, in any order."""
    errors_ms = (measured_s - expected_s) * 1000.0
    tempo = None
    if np.ptp(expected_s) >= _MIN_SPAN_S:
        centred = expected_s - expected_s.mean()
        # Audio that takes longer than expected has a slower tempo than expected.
        slope = float(centred @ measured_s / (centred @ centred))
        tempo = mean_bpm / slope if slope > 0 else None
    median, p95 = float(np.median(np.abs(errors_ms))), float(np.percentile(np.abs(errors_ms), 95))
    downbeat = float(errors_ms[np.argmin(expected_s)])
    return GridError(method, tempo, median, p95, downbeat, len(errors_ms), verdict(median, p95, downbeat))


def _onset_pairs(stem: Stem, tempo_map: TempoMap, sample_rate: int) -> Times:
    """Return expected and measured onset times in seconds [shape=(2, onsets)]."""
    envelope = np.abs(stem.audio).max(axis=1) if stem.audio.shape[1] > 2 else _stereo_envelope(stem.audio)
    expected_s = _expected_times(stem.notes or (), tempo_map, len(envelope) / sample_rate)
    rises = _rises(envelope, round(_HOP_S * sample_rate))
    found_s = _attack_times(envelope, rises, sample_rate)
    if not (expected_s.size and found_s.size):
        return np.empty((2, 0))
    stretch, shift_s = _coarse_fit(expected_s, found_s)
    return _without_cut_attack(_matched(expected_s, found_s, stretch, shift_s), stretch, shift_s)


def _without_cut_attack(pairs: Times, stretch: float, shift_s: float) -> Times:
    """Leave out an attack at the very start of the audio unless it is where the other attacks predict it.

    A sound that is loud from the first sample may be no attack, or one that began before the file: early audio, and
    the end of a loop that was rotated to its start, would look punctual there.
    """
    expected_s, measured_s = pairs
    at_edge = measured_s < _SAME_S
    unlikely = np.abs(measured_s - expected_s * stretch - shift_s) > _SAME_S
    alone = at_edge.all()
    return pairs[:, ~(at_edge & (unlikely | alone))]


def _stereo_envelope(audio: Audio) -> Audio:
    # Column by column: numpy's reduction along an axis of length 2 is five times slower.
    left = np.abs(audio[:, 0])
    return np.maximum(left, np.abs(audio[:, -1]), out=left)


def _expected_times(notes: Sequence[Note], tempo_map: TempoMap, length_s: float) -> Times:
    """Return the distinct start times of `notes` in seconds, rising, without those that have a close neighbour."""
    starts = sorted({note.start_beats for note in notes})
    times = np.array([tempo_map.seconds(start) for start in starts], dtype=np.float64)
    times = times[times < length_s]
    gaps = np.diff(times, prepend=-np.inf, append=np.inf)
    return times[(gaps[:-1] >= _ALONE_S) & (gaps[1:] >= _ALONE_S)]


def _rises(envelope: Audio, hop: int) -> NDArray[np.intp]:
    """Return frames near which attacks begin [shape=(attacks,)]: 1 ms peaks that rise steeply over those before."""
    hops = len(envelope) // hop
    peaks = envelope[: hops * hop].reshape(hops, hop).max(axis=1)
    if hops == 0 or peaks.max() == 0.0:
        return np.empty(0, np.intp)
    lead = _QUIET_HOPS + _GUARD_HOPS
    padded = np.concatenate([np.zeros(lead, peaks.dtype), peaks])
    before = np.lib.stride_tricks.sliding_window_view(padded, _QUIET_HOPS)[:hops].max(axis=1)
    near = np.concatenate([peaks, np.zeros(_GUARD_HOPS, peaks.dtype)])
    after = np.lib.stride_tricks.sliding_window_view(near, _GUARD_HOPS + 1).max(axis=1)
    rising = (after > _RISE * before) & (after > _FLOOR * peaks.max())
    first = rising & ~np.concatenate([[False], rising[:-1]])
    return np.flatnonzero(first) * hop


def _attack_times(envelope: Audio, rises: NDArray[np.intp], sample_rate: int) -> Times:
    """Return the times in seconds of those attacks at `rises` that are sharp and clear of the sound before them."""
    guard, lead = (round(hops * _HOP_S * sample_rate) for hops in (_GUARD_HOPS, _QUIET_HOPS + _GUARD_HOPS))
    span = round(_ATTACK_S * sample_rate)
    padded = np.concatenate([np.zeros(lead, envelope.dtype), envelope, np.zeros(span, envelope.dtype)])
    windows = padded[rises[:, None] + np.arange(lead + span)]
    peak = windows[:, lead:].max(axis=1, initial=0.0)
    # Ten milliseconds are half a period of the lowest tom, whose ring would seem quiet at its zero crossings.
    background = windows[:, : lead - guard].max(axis=1, initial=0.0)
    threshold = np.maximum(_ATTACK_FRACTION * peak, 2.0 * background)
    rows = np.arange(len(rises))
    index = np.argmax(windows[:, lead - guard :] >= threshold[:, None], axis=1) + lead - guard
    half = np.argmax(windows[:, lead - guard :] >= 0.5 * peak[:, None], axis=1) + lead - guard
    above, below = windows[rows, index], windows[rows, np.maximum(index - 1, 0)]
    step = np.where(above > below, (threshold - below) / np.maximum(above - below, 1e-12), 0.0)
    # The sample before a step is silent: a first sample that is loud at once is the attack itself.
    frames = rises - lead + np.where(below > 0.0, index - 1 + step, index)
    good = (background <= _CLEAR * peak) & (half - index <= _SHARP_S * sample_rate)
    times: Times = frames[good].astype(np.float64) / sample_rate
    return times


def _coarse_fit(expected_s: Times, found_s: Times) -> tuple[float, float]:
    """Return (stretch, shift in seconds) under which most expected onsets have an attack; least stretch first."""
    thinned = expected_s[:: 1 + len(expected_s) // _MAX_EXPECTED]
    offsets = _nearest(found_s, thinned[None, :] * _STRETCHES[:, None]) - thinned[None, :] * _STRETCHES[:, None]
    offsets[np.abs(offsets) > _MAX_SHIFT_S] = np.nan
    best = (-1.0, 1.0, 0.0)
    for stretch, row in zip(_STRETCHES, offsets, strict=True):
        near = np.sort(row[~np.isnan(row)])
        # The densest run of offsets: for each, the number that lie within the next 2 × `_SAME_S`.
        counts = np.searchsorted(near, near + 2 * _SAME_S, side="right") - np.arange(len(near))
        if not counts.size:
            continue
        start = int(np.argmax(counts))
        score = float(counts[start]) - abs(stretch - 1.0)
        if score > best[0]:
            best = (score, float(stretch), float(np.median(near[start : start + counts[start]])))
    return best[1], best[2]


def _matched(expected_s: Times, found_s: Times, stretch: float, shift_s: float) -> Times:
    """Pair every expected onset with the nearest attack within ±20 ms of where the coarse fit puts it."""
    predicted = expected_s * stretch + shift_s
    measured = _nearest(found_s, predicted)
    near = np.abs(measured - predicted) <= _WINDOW_S
    return np.stack([expected_s[near], measured[near]])


def _nearest(values: Times, targets: Times) -> Times:
    """Return for each of `targets` the nearest of the rising `values`."""
    right = np.searchsorted(values, targets).clip(1, max(1, len(values) - 1))
    if len(values) == 1:
        return np.full(targets.shape, values[0])
    lower, upper = values[right - 1], values[right]
    nearest: Times = np.where(targets - lower <= upper - targets, lower, upper)
    return nearest
