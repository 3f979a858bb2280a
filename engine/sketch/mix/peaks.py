"""True peaks (ITU-R BS.1770-4, annex 2): values between the samples, interpolated only for selected hops."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.sketch.mix.loudness import Levels
from engine.sketch.synth.voice import Sound

HopNumbers = NDArray[np.intp]

_TAPS = 12
"""Filter taps on either side of an interpolated point."""
_PHASES = 4


def interpolators() -> Levels:
    """Return windowed-sinc filters for the points 1/4, 2/4 and 3/4 after a frame [shape=(3, 2 · 12)]."""
    offsets = np.arange(-_TAPS + 1, _TAPS + 1)
    rows = []
    for phase in range(1, _PHASES):
        distance = offsets - phase / _PHASES
        window = 0.5 + 0.5 * np.cos(np.pi * distance / (_TAPS + 0.5))
        row = np.sinc(distance) * window
        rows.append(row / row.sum())
    return np.array(rows)


_FILTERS = interpolators().astype(np.float32)


def sample_peaks(chunk: Sound, hop: int) -> Levels:
    """Return the highest absolute sample of each hop of `chunk` [shape=(frames, 2)]."""
    loud = np.maximum(np.abs(chunk[:, 0]), np.abs(chunk[:, 1]))
    whole = loud.size // hop * hop
    peaks = loud[:whole].reshape(-1, hop).max(axis=1)
    if whole < loud.size:
        peaks = np.append(peaks, loud[whole:].max())
    return np.asarray(peaks, np.float64)


def between_frames(padded: Sound, hop: int, hops: HopNumbers) -> Iterator[Sound]:
    """Yield the interpolated values between the frames of some hops, by channel and phase [shape=(hops, hop)].

    Parameters
    ----------
    padded
        Stereo audio that begins `PAD_FRAMES` before its first hop and ends at least as many after its last
        [shape=(frames, 2)].
    hop
        Frames a hop.
    hops
        Numbers of the hops to interpolate.
    """
    columns = np.arange(hop + 2 * _TAPS)
    for channel in range(2):
        # The points of a hop lie between its first frame and the frame after its last.
        cut = padded[:, channel].take(hops[:, None] * hop + columns, mode="clip")
        for taps in _FILTERS:
            total = taps[0] * cut[:, 1 : 1 + hop]
            for index in range(1, taps.size):
                total += taps[index] * cut[:, index + 1 : index + 1 + hop]
            yield total


def between_peaks(padded: Sound, hop: int, hops: HopNumbers) -> Levels:
    """Return the highest absolute interpolated value of some hops; arguments as for `between_frames`."""
    highest = np.zeros(hops.size)
    if hops.size:
        for values in between_frames(padded, hop, hops):
            np.maximum(highest, np.abs(values).max(axis=1), out=highest)
    return highest


PAD_FRAMES = _TAPS
"""Context in frames that `between_frames` needs on either side."""
