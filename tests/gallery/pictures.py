"""Pictures made of pixels: the spectrogram, and PNG files."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

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
    # High bands hold less power each; 3 dB an octave makes them as visible as the low ones.
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
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "PNG")
    return held.getvalue()
