"""The gallery page as HTML."""

import base64
import io
import re
from dataclasses import replace

import numpy as np
import pytest
import soundfile

from engine.sketch.mix_style import CURVES, MixStyle
from tests.gallery.measures import PieceMeasures
from tests.gallery.page import GalleryEntry, ogg, page
from tests.helpers.render_scores import n, solo

RATE = 8_000
GOOD = PieceMeasures(-14.1, -1.2, 12.0, 0.6, tuple(map(float, CURVES["club"])), 0.5, {"solo": np.array([-20.0])})


def entry(measures: PieceMeasures = GOOD, style: str = "house with r&b") -> GalleryEntry:
    composition = replace(solo("piano", [n(0, 1, 60)]), style=style, mix_style=MixStyle(CURVES["club"]))
    return GalleryEntry(composition, np.zeros((RATE // 2, 2), np.float32), RATE, 120.5, measures, 1.234)


def test_a_piece_is_shown_with_its_facts() -> None:
    text = page([entry()], "Styles <1>")
    assert "<title>Styles &lt;1&gt;</title>" in text
    assert '<article id="house-with-r-b"><h2>house with r&amp;b</h2>' in text
    assert '<a href="#house-with-r-b">' in text
    assert "E minor, 4/4, 120.5 BPM, 0.5 s, made in 1.23 s." in text
    assert "solo: piano" in text
    assert "-14.10 LUFS" in text
    assert 'class="off"' not in text


@pytest.mark.parametrize(
    ("wrong", "row"),
    [
        ({"lufs": -13.6}, "Loudness"),
        ({"lufs": None}, "Loudness"),
        ({"true_peak_db": -0.9}, "True peak"),
        ({"crest_db": 18.0}, "Crest"),
        ({"correlation": 0.95}, "Left–right correlation"),
        ({"seam": 1.5}, "Seam step / 99.9th percentile"),
        ({"octaves_db": (-9.0, -8.0, *GOOD.octaves_db[2:])}, r"Farthest octave from the curve \(from 62 Hz\)"),
    ],
)
def test_a_number_out_of_bounds_is_marked(wrong: dict[str, object], row: str) -> None:
    text = page([entry(replace(GOOD, **wrong))], "x")
    assert text.count('class="off"') == 1
    assert re.search(rf'<th>{row}</th><td class="off">', text)


def test_pages_without_pieces_and_with_several() -> None:
    assert page([], "x").count("<article") == 0
    assert re.findall(r'<article id="([^"]+)"', page([entry(style="a"), entry(style="b")], "x")) == ["a", "b"]


def test_the_sound_can_be_played() -> None:
    at = np.arange(RATE) / RATE
    sine = (0.5 * np.sin(2 * np.pi * 440 * at)).astype(np.float32)
    audio, rate = soundfile.read(io.BytesIO(ogg(np.stack([sine, sine], axis=1), RATE)))
    assert (rate, audio.shape) == (RATE, (RATE, 2))
    assert np.corrcoef(audio[:, 0], sine)[0, 1] > 0.99


def test_the_sound_in_the_page_is_that_of_the_mix() -> None:
    coded = re.search(r"data:audio/ogg;base64,([^\"]+)", page([entry()], "x"))
    assert coded is not None
    with soundfile.SoundFile(io.BytesIO(base64.b64decode(coded[1]))) as file:
        assert (file.samplerate, file.frames) == (RATE, RATE // 2)
