"""Pictures made of pixels: the spectrogram, and PNG files without a library."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

_SIZE = 4096
_LOWEST_HZ, _HIGHEST_HZ = 30.0, 20_000.0
_FLOOR_DB = -75.0
_STOPS = np.array([[13, 8, 35], [72, 20, 105], [168, 46, 95], [237, 105, 37], [250, 193, 60], [252, 255, 200]], float)


def spectrogram(audio: NDArray[np.float32], rate: int, width: int, height: int) -> Pixels:
    """Return the mix's short spectra, time to the right, pitch upwards on a log scale [shape=(height, width, 3)]."""
    middle = audio.mean(axis=1)
    padded = np.concatenate([middle, np.zeros(_SIZE, np.float32)])
    starts = np.linspace(0, max(0, middle.size - 1), width).astype(np.intp)
    frames = np.stack([padded[start : start + _SIZE] for start in starts]) * np.hanning(_SIZE)
    power_db = 20.0 * np.log10(np.abs(np.fft.rfft(frames, axis=1)) + 1e-9)
    hz = _LOWEST_HZ * (_HIGHEST_HZ / _LOWEST_HZ) ** np.linspace(1.0, 0.0, height)
    edges = np.clip(np.rint(hz / (rate / _SIZE)).astype(np.intp), 1, _SIZE // 2 - 1)
    shown = power_db[:, edges].T
    # High bands hold less power each; 3 dB an octave make them as visible as the low ones.
    shown += 3.0 * np.log2(hz / 1000.0)[:, None]
    level = np.clip((shown - shown.max()) / -_FLOOR_DB + 1.0, 0.0, 1.0)
    return colours(level)


def colours(level: NDArray[np.float64]) -> Pixels:
    """Return the colours of levels 0–1, dark to bright [shape=(…, 3)]."""
    place = np.clip(level, 0.0, 1.0) * (len(_STOPS) - 1)
    lower = np.minimum(place.astype(np.intp), len(_STOPS) - 2)
    blend = (place - lower)[..., None]
    return np.asarray(_STOPS[lower] * (1.0 - blend) + _STOPS[lower + 1] * blend, np.uint8)


def png(pixels: Pixels) -> bytes:
    """Return a PNG file of `pixels` [shape=(height, width, 3)]."""
    height, width, _ = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, -1)], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
