"""Spectrograms and PNG files."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from tests.gallery.pictures import colours, png, spectrogram

RATE = 48_000


def test_a_png_can_be_read_back() -> None:
    pixels = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    data = png(pixels)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (5, 4)
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGB")
        assert np.array_equal(np.asarray(picture), pixels)


def test_a_tone_is_a_line_at_its_height() -> None:
    at = np.arange(RATE) / RATE
    sine = (0.5 * np.sin(2 * np.pi * 775.0 * at)).astype(np.float32)
    shown = spectrogram(np.stack([sine, sine], axis=1), RATE, 40, 100).astype(int).sum(axis=2)
    row = int(np.argmax(shown[:, 10]))
    hz = 30.0 * (20_000.0 / 30.0) ** (1 - row / 99)
    assert hz == pytest.approx(775.0, rel=0.05)
    assert colours(np.array([0.0, 1.0])).shape == (2, 3)


def test_colours_go_from_dark_to_bright_and_stay_in_range() -> None:
    shown = colours(np.array([-1.0, 0.0, 0.2, 1.0, 2.0]))
    assert shown.dtype == np.uint8
    assert shown[0].tolist() == shown[1].tolist() == [13, 8, 35]
    assert shown[2].tolist() == [72, 20, 105], "the second of six stops"
    assert shown[3].tolist() == shown[4].tolist() == [252, 255, 200]


def test_silence_is_one_colour_at_each_height() -> None:
    shown = spectrogram(np.zeros((RATE // 10, 2), np.float32), RATE, 7, 5)
    assert shown.shape == (5, 7, 3)
    assert (shown == shown[:, :1]).all()
