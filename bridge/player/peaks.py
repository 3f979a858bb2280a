"""The picture of a waveform: lowest and highest sample of every stretch, made once and kept in the cache."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

log = logging.getLogger("stembridge.player")

BUCKET_FRAMES = 512
READ_FRAMES = BUCKET_FRAMES * 2048
STEPS = 127
"""Samples are kept in 8 bits: a lane of a waveform is never 127 pixels tall either way."""


@dataclass(frozen=True, slots=True)
class Peaks:
    """Lowest and highest sample of every `BUCKET_FRAMES` frames, in steps of 1/127 [int8, shape=(n,)]."""

    low: NDArray[np.int8]
    high: NDArray[np.int8]

    def columns(self, start: float, end: float, count: int) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        """Return low and high of `count` columns [shape=(count,)] over the buckets from `start` to `end`."""
        size = len(self.low)
        if not size or count <= 0:
            return np.zeros(max(0, count), np.int8), np.zeros(max(0, count), np.int8)
        edges = np.linspace(start, end, count + 1)[:-1].astype(np.int64).clip(0, size - 1)
        stop = min(size, max(int(np.ceil(end)), int(edges[-1]) + 1))
        low = np.minimum.reduceat(self.low[:stop], edges)
        high = np.maximum.reduceat(self.high[:stop], edges)
        return low, high


def compute(path: Path) -> Peaks:
    """Read a sound file and return its peaks, channels taken together.

    Raises
    ------
    soundfile.LibsndfileError, OSError
        If it cannot be read.
    """
    lows: list[NDArray[np.int8]] = []
    highs: list[NDArray[np.int8]] = []
    with soundfile.SoundFile(path) as file:
        # libsndfile reads whole numbers as 16 bits in half the time of floats; it does not scale floats to them.
        is_float = file.subtype in ("FLOAT", "DOUBLE")
        full = 1.0 if is_float else 32_768.0
        for block in file.blocks(READ_FRAMES, dtype="float32" if is_float else "int16", always_2d=True):
            flat = block.reshape(-1)  # channels lie side by side, so one pass takes them together
            starts = np.arange(0, len(flat), BUCKET_FRAMES * block.shape[1])
            for found, extreme in ((lows, np.minimum), (highs, np.maximum)):
                parts = (extreme.reduceat(flat, starts) / full).clip(-1.0, 1.0)
                found.append(np.rint(parts * STEPS).astype(np.int8))
    if not lows:
        return Peaks(np.zeros(0, np.int8), np.zeros(0, np.int8))
    return Peaks(np.concatenate(lows), np.concatenate(highs))


class PeakCache:
    """Peaks on disk by the sound file's SHA-256; a cache that cannot be written costs nothing but time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, path: Path, sha256: str) -> Peaks:
        """Return the peaks of the file at `path`, whose content has the digest `sha256` (empty = unknown)."""
        cached = self._folder / f"{sha256}.npy" if sha256.isalnum() else None
        if cached is not None:
            with suppress(OSError, ValueError):
                low, high = np.load(cached, allow_pickle=False)
                return Peaks(low, high)
        peaks = compute(path)
        if cached is not None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                np.save(cached, np.stack([peaks.low, peaks.high]))
            except OSError as error:
                log.warning("the waveform cache cannot be written: %s", error)
        return peaks
