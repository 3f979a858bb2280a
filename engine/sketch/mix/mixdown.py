"""The master over the mix of all parts.

Stems come in raw and leave balanced, by the gains of `mix.plan`, and mastered; their sum is the mix. The mix is never
held in memory: it is summed chunk by chunk, once to measure it and once for the true peaks near the ceiling.

Peaks are also measured with any one of the stems muted, so that a stem can be muted or replaced while the others stay
unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from engine.sketch.mix.loudness import PRIME_S, Levels, Weigher, hop_frames
from engine.sketch.mix.master import CEILING, MixLevels, compressor, master_curve, unroll
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
        Balance gain of each.
    rate
        Frames per second.
    report
        Called with the progress of this stage, 0–1; exceptions from it pass through.
    """
    measured = _measure(stems, gains, rate, report)
    fixed = compressor(measured)
    # Two passes: the first curve shows which hops come near the ceiling, the second uses their true peaks.
    curve = master_curve(measured, fixed, lambda: report(0.4))
    _raise_to_true_peaks(measured, stems, gains, curve, report)
    curve = master_curve(measured, fixed, lambda: report(0.7))
    apply_gain_curve(stems, gains, curve, rate, lambda share: report(0.7 + 0.3 * share))
    return curve


def apply_gain_curve(
    stems: Sequence[Sound], gains: Sequence[float], curve: Levels, rate: int, report: Callable[[float], None]
) -> None:
    """Multiply each of `stems` [shape=(frames, 2)] in place by its gain and by `curve`, given at edges of hops."""
    frames = len(stems[0])
    for start, end in chunks(frames, rate):
        report(start / frames)
        line = unroll(curve, start // hop_frames(rate), end - start, rate).astype(np.float32)[:, None]
        for stem, gain in zip(stems, gains, strict=True):
            stem[start:end] *= line * np.float32(gain)


def _measure(stems: Sequence[Sound], gains: Sequence[float], rate: int, report: Callable[[float], None]) -> MixLevels:
    frames = len(stems[0])
    weigher = Weigher(rate)
    weigher.weighted(_sum(stems, gains, -round(PRIME_S * rate), 0)[0])
    peaks, power = [], []
    for start, end in chunks(frames, rate):
        report(0.4 * start / frames)
        total, highest, lowest = _sum(stems, gains, start, end)
        peaks.append(sample_peaks(np.maximum(highest, -lowest), hop_frames(rate)))
        power.append(weigher.weigh(total))
    return MixLevels(np.concatenate(peaks), np.concatenate(power), frames, rate)


def _raise_to_true_peaks(
    measured: MixLevels,
    stems: Sequence[Sound],
    gains: Sequence[float],
    curve: Levels,
    report: Callable[[float], None],
) -> None:
    """Raise `measured.peaks` to true peaks wherever the mix comes within 4 dB of the ceiling under `curve`."""
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
    """Return frames `start` to `end` of the balanced mix, wrapped round the loop [shape=(end − start, 2)].

    The second and third arrays are its highest and lowest values with any one of the stems muted, or none.
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
    """Return start and end frames of the chunks, each of whole hops, in which a long piece is processed."""
    size = _CHUNK_HOPS * hop_frames(rate)
    return [(start, min(frames, start + size)) for start in range(0, frames, size)]
