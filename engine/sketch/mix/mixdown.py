"""The master over the mix of all parts.

Stems come in raw and leave balanced, as `mix_plan` says, and mastered; their sum is the mix. The mix itself is never
held: it is summed chunk by chunk, once to measure it and once for the true peaks near the ceiling.

What is measured for peaks is the mix with any one of its stems muted too: so a stem can be taken out, or another one
put in its place, and the others stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from engine.sketch.mix.loudness import PRIME_S, Levels, Weigher, hop_frames
from engine.sketch.mix.master import CEILING, Measured, compressor, master_curve, unroll
from engine.sketch.mix.peaks import PAD_FRAMES, between_peaks, sample_peaks
from engine.sketch.mix.strip import window
from engine.sketch.synth.voice import Sound

_CHUNK_HOPS = 2048


def master(stems: Sequence[Sound], gains: Sequence[float], rate: int, report: Callable[[float], None]) -> Levels:
    """Balance and master `stems` [shape=(frames, 2)] in place; return the master's gain at the edges of hops.

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
    curve = master_curve(measured, fixed, lambda: report(0.4))
    _sharpen(measured, stems, gains, curve, report)
    curve = master_curve(measured, fixed, lambda: report(0.7))
    ride(stems, gains, curve, rate, lambda share: report(0.7 + 0.3 * share))
    return curve


def ride(
    stems: Sequence[Sound], gains: Sequence[float], curve: Levels, rate: int, report: Callable[[float], None]
) -> None:
    """Multiply each of `stems` [shape=(frames, 2)] by its gain and by `curve`, drawn at hops' edges, in place."""
    frames = len(stems[0])
    for start, end in chunks(frames, rate):
        report(start / frames)
        line = unroll(curve, start // hop_frames(rate), end - start, rate).astype(np.float32)[:, None]
        for stem, gain in zip(stems, gains, strict=True):
            stem[start:end] *= line * np.float32(gain)


def _measure(stems: Sequence[Sound], gains: Sequence[float], rate: int, report: Callable[[float], None]) -> Measured:
    frames = len(stems[0])
    weigher = Weigher(rate)
    weigher.weighted(_sum(stems, gains, -round(PRIME_S * rate), 0)[0])
    peaks, power = [], []
    for start, end in chunks(frames, rate):
        report(0.4 * start / frames)
        total, highest, lowest = _sum(stems, gains, start, end)
        peaks.append(sample_peaks(np.maximum(highest, -lowest), hop_frames(rate)))
        power.append(weigher.weigh(total))
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
    for start, end in chunks(measured.frames, measured.rate):
        report(0.4 + 0.3 * start / measured.frames)
        first = start // hop
        hops = np.flatnonzero(near[first : first + -(-(end - start) // hop)])
        if hops.size:
            _, *padded = _sum(stems, gains, start - PAD_FRAMES, end + PAD_FRAMES + hop)
            for edge in padded:
                found = between_peaks(edge, hop, hops)
                measured.peaks[first + hops] = np.maximum(measured.peaks[first + hops], found)


def _sum(stems: Sequence[Sound], gains: Sequence[float], start: int, end: int) -> tuple[Sound, Sound, Sound]:
    """Return frames `start` to `end` of the balanced mix, round the loop [shape=(end − start, 2)].

    With it come the highest and the lowest that it gets to with any one of its stems muted, or with none.
    """
    total = window(stems[0].T, start, end - start).T * np.float32(gains[0])
    if len(stems) == 1:
        return total, total, total
    highest, lowest = np.maximum(total, 0), np.minimum(total, 0)
    for stem, gain in zip(stems[1:], gains[1:], strict=True):
        part = window(stem.T, start, end - start).T * np.float32(gain)
        total += part
        np.maximum(highest, part, out=highest)
        np.minimum(lowest, part, out=lowest)
    return total, total - lowest, total - highest


def chunks(frames: int, rate: int) -> list[tuple[int, int]]:
    """Return first and last frames of the stretches, each of whole hops, in which a long piece is worked through."""
    size = _CHUNK_HOPS * hop_frames(rate)
    return [(start, min(frames, start + size)) for start in range(0, frames, size)]
