"""The phase vocoder of one band: windows of the source, rotated in phase so that they join, are overlap-added.

For every output window k, one hop after window k−1:

1. X_k is the spectrum at the window's source time, X'_k the one a hop *earlier in the source*, which would precede it
   in unstretched audio.
2. The rotation step U_k = Σ X_{k−1} · conj(X'_k), summed over the guide channels, is the phase difference between the
   window that does precede it and the one that should.
3. Each spectral peak continues the phase of the last window at its bin, and all bins nearest to it are rotated alike
   (identity phase locking: Laroche and Dolson, "Improved phase vocoder time-scale modification of audio", 1999).
4. Where an attack begins, the bins that it raises are reset to the source's own phase.

All channels share the rotation, so the vocoder is a linear operator: stems keep their phase relations, and add up to
the mix. Two spectra instead of phase differences: Puckette, "Phase-locked vocoder", 1995.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from engine.align.warp.prefetch import prefetched

if TYPE_CHECKING:
    from engine.align.warp.lock import LockedMap
    from engine.contract import Audio

    Spectra = NDArray[np.complex64]
    Read = Callable[[int, int], Audio]

OVERLAP = 4
_BLOCK_WINDOWS = 32
_GUIDES = 2
_LIFT = 1.5  # a bin belongs to an attack that raises some channel's power there to more than this factor …
_AUDIBLE = (
    0.0003  # … by at least this share of all channels' power before: ten times more would let pre-echoes through
)
_TINY = np.float32(1e-20)


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Windows to be rotated and overlap-added: X of the window before the block and of the block, U and zones."""

    first: int
    spectra: Spectra
    turns: Spectra
    zones: NDArray[np.intp]


class BandVocoder:
    """Makes one band's output, a block of windows at a time."""

    def __init__(self, read: Read, rate: float, lock: LockedMap, window_frames: int) -> None:
        """Prepare to read by `read(start, stop)` [shape=(channels, frames)] at `rate` frames per second.

        `window_frames` is a multiple of `OVERLAP`.
        """
        self._read = read
        self._rate = rate
        self._lock = lock
        self._size = window_frames
        self.hop = window_frames // OVERLAP
        self._window = np.hanning(window_frames + 1)[:-1].astype(np.float32)
        # Squared Hann windows a quarter apart add up to 3/2 everywhere.
        self._synthesis = self._window / np.float32(1.5)

    def blocks(self) -> Iterator[Audio]:
        """Yield the output from target frame 0 on, endlessly [shape=(channels, any)]."""
        tail: Audio | None = None
        rotation = Rotation(self._size // 2 + 1)
        for block in prefetched(self._analysed()):
            fields = rotation.fields(block.spectra, block.turns, block.zones)
            output, tail = self._overlap_added(block.spectra[1:] * fields[:, None, :], tail)
            # A window begins half its length before its time.
            yield output[:, min(output.shape[1], max(0, self._size // 2 - block.first * self.hop)) :]

    def _analysed(self) -> Iterator[_Block]:
        """Yield the analysed blocks, endlessly."""
        first = -(OVERLAP // 2)
        previous: Spectra | None = None
        while True:
            last = self._last_of_block(first)
            numbers = np.arange(first - 1, last + 1)  # with the window before the block, for X_{k−1}
            spectra, turns = self._analyse(numbers, previous)
            previous = spectra[-1:]
            yield _Block(first, spectra, turns, self._zones(numbers[1:]))
            first = last + 1

    def _last_of_block(self, first: int) -> int:
        """Return the number of the block's last window: a rigid interval is never split between blocks."""
        last = first + _BLOCK_WINDOWS - 1
        zones = self._zones(np.arange(last, last + 4 * OVERLAP))
        while zones[0] >= 0 and len(zones) > 1 and zones[0] == zones[1]:
            zones = zones[1:]
            last += 1
        return last

    def _zones(self, numbers: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the index of the rigid interval of the map that each window's middle is in, −1 for none."""
        times = numbers * (self.hop / self._rate)
        index = np.searchsorted(self._lock.starts_s, times, side="right") - 1
        inside = (index >= 0) & (times <= np.append(self._lock.stops_s, -np.inf)[index])
        return np.where(inside, index, -1)

    def _analyse(self, numbers: NDArray[np.intp], previous: Spectra | None) -> tuple[Spectra, Spectra]:
        """Return X [shape=(windows, channels, bins)] of all `numbers`, and U [shape=(windows − 1, bins)]."""
        times = self._lock.warp_map.to_source(np.asarray(numbers * (self.hop / self._rate), dtype=np.float64))
        middles = np.round(times * self._rate).astype(np.intp)
        spectra = (
            np.concatenate([previous, self._spectra(middles[1:])]) if previous is not None else self._spectra(middles)
        )
        turns = np.ones((len(numbers) - 1, spectra.shape[2]), np.complex64)
        moved = np.flatnonzero(np.diff(middles) != self.hop)
        if moved.size:
            earlier = self._spectra(middles[moved + 1] - self.hop, guides=True)
            turn = (_guides(spectra[moved], 1) * np.conjugate(earlier, out=earlier)).sum(axis=1)
            size = np.abs(turn)
            turns[moved] = np.where(size > _TINY, turn / np.maximum(size, _TINY), 1.0)
        return spectra, turns

    def _spectra(self, middles: NDArray[np.intp], guides: bool = False) -> Spectra:
        """Return spectra of the windows around `middles` [shape=(windows, channels or guides, bins)]."""
        half = self._size // 2
        start = int(middles.min()) - half
        audio = self._read(start, int(middles.max()) + half)
        if guides:
            audio = _guides(audio, 0)
        frames = np.empty((len(middles), len(audio), self._size), np.float32)
        for frame, middle in zip(frames, middles - half - start, strict=True):
            np.multiply(audio[:, middle : middle + self._size], self._window, out=frame)
        spectra: Spectra = scipy.fft.rfft(frames, axis=2, overwrite_x=True)
        return spectra

    def _overlap_added(self, spectra: Spectra, tail: Audio | None) -> tuple[Audio, Audio]:
        """Return the finished audio, and the tail that later windows will be added to."""
        frames = scipy.fft.irfft(spectra, self._size, axis=2, overwrite_x=True)
        frames *= self._synthesis
        hop = self.hop
        output = np.zeros((frames.shape[1], len(frames) * hop + self._size), np.float32)
        if tail is not None:
            output[:, : self._size] = tail
        for number, frame in enumerate(frames):
            output[:, number * hop : number * hop + self._size] += frame
        return output[:, : len(frames) * hop], output[:, len(frames) * hop :]


Values = TypeVar("Values", bound=np.generic)


def _guides(channels: NDArray[Values], axis: int) -> NDArray[Values]:
    """Return at most two channels [along `axis`] that represent all: the sums of the even and of the odd ones.

    For stereo stems these are left and right of their mix. Two sums cost far less than all channels.
    """
    if channels.shape[axis] <= _GUIDES:
        return channels
    first = np.moveaxis(channels, axis, 0)
    return np.stack([first[start::_GUIDES].sum(axis=0) for start in range(_GUIDES)], axis)


class Rotation:
    """The phase rotation of each bin, continued from window to window."""

    def __init__(self, bins: int) -> None:
        self._field = np.ones(bins, np.complex64)

    def fields(self, spectra: Spectra, turns: Spectra, zones: NDArray[np.intp]) -> Spectra:
        """Return one rotation per window and bin [shape=(windows, bins)], for all but the first of `spectra`."""
        power = spectra.real**2 + spectra.imag**2
        total = power.sum(axis=1)
        sources = nearest_peaks(total[1:])
        lifted = _lifted(power, total, zones)
        result = np.empty_like(turns)
        for field, turn, source, zone in zip(result, turns, sources, zones, strict=True):
            np.take(self._field * turn, source, out=field)
            if zone >= 0:
                field[lifted[int(zone)]] = 1.0
            # Without this, rounding would let the magnitudes drift over an hour.
            field /= np.abs(field)
            self._field = field
        return result


def _lifted(power: Audio, total: Audio, zones: NDArray[np.intp]) -> dict[int, NDArray[np.bool_]]:
    """Return for each rigid interval the bins in which any channel's attack exceeds the level before it."""
    result = {}
    for zone in np.unique(zones[zones >= 0]):
        inside = np.flatnonzero(zones == zone) + 1
        before = inside[0] - 1
        gain = power[inside].max(axis=0) - _LIFT * power[before]
        result[int(zone)] = np.maximum(gain, 0.0).sum(axis=0) > _AUDIBLE * total[before]
    return result


def nearest_peaks(power: Audio) -> NDArray[np.intp]:
    """Return for every bin of `power` [shape=(windows, bins)] the nearest local maximum over ±2 bins."""
    padded = np.pad(power, ((0, 0), (2, 2)))
    highest = np.maximum(np.maximum(padded[:, :-4], padded[:, 1:-3]), np.maximum(padded[:, 3:-1], padded[:, 4:]))
    bins = power.shape[1]
    numbers = np.arange(bins)
    peak = power > highest
    below = np.maximum.accumulate(np.where(peak, numbers, -4 * bins), axis=1)
    above = np.minimum.accumulate(np.where(peak, numbers, 4 * bins)[:, ::-1], axis=1)[:, ::-1]
    nearest = np.where(numbers - below <= above - numbers, below, above)
    # In a window without any peak, silent or flat, each bin is its own peak.
    return np.where((nearest >= 0) & (nearest < bins), nearest, numbers)
