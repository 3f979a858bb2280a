"""Spectrograms and PNG files."""

import struct
import zlib

import numpy as np
import pytest

from tests.gallery.pictures import colours, png, spectrogram

RATE = 48_000


def test_a_png_can_be_read_back() -> None:
    pixels = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    data = png(pixels)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (5, 4)
    start = data.index(b"IDAT")
    (length,) = struct.unpack(">I", data[start - 4 : start])
    rows = np.frombuffer(zlib.decompress(data[start + 4 : start + 4 + length]), np.uint8).reshape(4, -1)
    assert np.array_equal(rows[:, 1:].reshape(4, 5, 3), pixels)


def test_a_tone_is_a_line_at_its_height() -> None:
    at = np.arange(RATE) / RATE
    sine = (0.5 * np.sin(2 * np.pi * 775.0 * at)).astype(np.float32)
    shown = spectrogram(np.stack([sine, sine], axis=1), RATE, 40, 100).astype(int).sum(axis=2)
    row = int(np.argmax(shown[:, 10]))
    hz = 30.0 * (20_000.0 / 30.0) ** (1 - row / 99)
    assert hz == pytest.approx(775.0, rel=0.05)
    assert colours(np.array([0.0, 1.0])).shape == (2, 3)
