"""The gallery: one page that needs nothing else, and numbers on it that agree with what was put in."""

import re
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from tests.gallery.__main__ import main
from tests.gallery.measures import measure
from tests.gallery.pictures import colours, png, spectrogram

RATE = 48_000


def test_the_page_holds_everything_it_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path / "new"), "--styles", "house, trap", "--bars", "1"]) == 0
    target = tmp_path / "new" / "index.html"
    assert capsys.readouterr().out.strip() == str(target)
    text = target.read_text("utf-8")
    assert text.count("<article") == text.count("<audio") == text.count("<img") == 2
    assert text.count("<svg") == 6
    assert not re.search(r'(src|href)="(?!data:|#)', text)
    assert "kit_electronic" in text
    assert "LUFS" in text


def test_an_unknown_style_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(tmp_path), "--styles", "polka"]) == 1
    assert "polka" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_a_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = tmp_path / "taken"
    taken.write_text("x")
    assert main(["--out", str(taken), "--styles", "house", "--bars", "1"]) == 1
    assert "taken" in capsys.readouterr().err


def test_measures_of_a_known_sound() -> None:
    at = np.arange(2 * RATE) / RATE
    sine = (0.25 * np.sin(2 * np.pi * 1000.0 * at)).astype(np.float32)
    found = measure({"a": np.stack([sine, sine], axis=1)}, RATE)
    assert found.lufs == pytest.approx(-0.691 + 10 * np.log10(0.25**2) + 0.69, abs=0.1)
    assert found.true_peak_db == pytest.approx(-12.04, abs=0.05)
    assert found.crest_db == pytest.approx(3.01, abs=0.02)
    assert found.correlation == pytest.approx(1.0)
    assert int(np.argmax(found.octaves_db)) == 5
    assert found.seam < 1.0


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
