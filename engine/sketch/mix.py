"""The master over the mix of all parts.

Stems come in raw and leave balanced, as `mix_plan` says, and mastered; their sum is the mix. The mix itself is never
held: it is summed chunk by chunk, once to measure it and once for the true peaks near the ceiling.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from engine.sketch.mix_loudness import Levels, Weigher, hop_frames
from engine.sketch.mix_master import CEILING, Measured, compressor, master_curve, unroll
from engine.sketch.mix_peaks import PAD_FRAMES, between_peaks, sample_peaks
from engine.sketch.mix_strip import window
from engine.sketch.synth.voice import Sound

_CHUNK_HOPS = 2048


def master(stems: Sequence[Sound], gains: Sequence[float], rate: int, report: Callable[[float], None]) -> None:
    """Balance and master `stems` [shape=(frames, 2)] in place.

    Parameters
    ----------
    stems
        Raw parts, all of one length.
    gains
        Balance of each.
    rate
        Frames per second.
    report
        Takes the done share of this stage, 0–1; what it raises goes through.
    """
    measured = _measure(stems, gains, rate, report)
    fixed = compressor(measured)
    # Twice: the first curve tells which hops come near the ceiling, the second knows their true peaks.
    curve = master_curve(measured, fixed)
    _sharpen(measured, stems, gains, curve, report)
    curve = master_curve(measured, fixed)
    hop = hop_frames(rate)
    for start, end in _chunks(measured.frames, rate):
        report(0.7 + 0.3 * start / measured.frames)
        line = unroll(curve, start // hop, end - start, rate).astype(np.float32)[:, None]
        for stem, gain in zip(stems, gains, strict=True):
            stem[start:end] *= line * np.float32(gain)


def _measure(stems: Sequence[Sound], gains: Sequence[float], rate: int, report: Callable[[float], None]) -> Measured:
    frames = len(stems[0])
    weigher = Weigher(rate)
    peaks, power = [], []
    for start, end in _chunks(frames, rate):
        report(0.4 * start / frames)
        chunk = _sum(stems, gains, start, end)
        peaks.append(sample_peaks(chunk, hop_frames(rate)))
        power.append(weigher.weigh(chunk))
    return Measured(np.concatenate(peaks), np.concatenate(power), frames, rate)


def _sharpen(
    measured: Measured,
    stems: Sequence[Sound],
    gains: Sequence[float],
    curve: Levels,
    report: Callable[[float], None],
) -> None:
    """Put true peaks into `measured.peaks` wherever the mix comes within 4 dB of the ceiling under `curve`."""
    hop = hop_frames(measured.rate)
    near = measured.peaks * np.maximum(curve, np.roll(curve, -1)) > 0.63 * CEILING
    for start, end in _chunks(measured.frames, measured.rate):
        report(0.4 + 0.3 * start / measured.frames)
        first = start // hop
        hops = np.flatnonzero(near[first : first + -(-(end - start) // hop)])
        if hops.size:
            padded = _sum(stems, gains, start - PAD_FRAMES, end + PAD_FRAMES + hop)
            found = between_peaks(padded, hop, hops)
            measured.peaks[first + hops] = np.maximum(measured.peaks[first + hops], found)


def _sum(stems: Sequence[Sound], gains: Sequence[float], start: int, end: int) -> Sound:
    """Return frames `start` to `end` of the balanced mix, round the loop [shape=(end − start, 2)]."""
    total = window(stems[0].T, start, end - start).T * np.float32(gains[0])
    for stem, gain in zip(stems[1:], gains[1:], strict=True):
        total += window(stem.T, start, end - start).T * np.float32(gain)
    return total


def _chunks(frames: int, rate: int) -> list[tuple[int, int]]:
    size = _CHUNK_HOPS * hop_frames(rate)
    return [(start, min(frames, start + size)) for start in range(0, frames, size)]
