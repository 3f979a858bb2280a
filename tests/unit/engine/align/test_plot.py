"""The picture of an aligned take: what it shows, and what happens if it cannot be written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.align.conform import Conformed, TargetGrid, conform
from engine.align.plot import _against_even, _grid_lines, _grid_times, _waveform, plot
from engine.align.plot_canvas import BAR, BEAT, WAVE, Canvas, Color, Panel
from engine.align.warpmap import WarpMap
from engine.errors import StemBridgeError
from engine.music import Meter, TempoMap, TempoPoint
from tests.helpers.drift_set import drift_case

RATE = 22_050
GRID = TargetGrid(TempoMap.constant(120.0), Meter(4, 4), Fraction(8))


@pytest.fixture(scope="module")
def walked() -> tuple[Conformed, TargetGrid]:
    case = drift_case("walk", 11, RATE, bars=4)
    grid = TargetGrid(TempoMap.constant(case.bpm), case.meter, Fraction(case.length_beats))
    return conform(case.stems, RATE, grid, case.bpm), grid


def test_the_plot_shows_a_waveform_a_map_and_beats(walked: tuple[Conformed, TargetGrid], tmp_path: Path) -> None:
    plot(*walked, RATE, tmp_path / "plot.png", "walk")
    image = np.asarray(Image.open(tmp_path / "plot.png")).astype(int)
    assert image.shape == (900, 1600, 3)
    for color in ((96, 175, 255), (255, 183, 77), (110, 220, 150)):
        assert (np.abs(image - color).sum(axis=2) < 30).sum() > 100


def test_a_take_without_beats_has_a_plot_too(tmp_path: Path) -> None:
    silent = conform({"a": np.zeros((RATE, 2), np.float32)}, RATE, GRID, 120.0)
    plot(silent, GRID, RATE, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 1000
    with pytest.raises(StemBridgeError, match="could not be written"):
        plot(silent, GRID, RATE, tmp_path / "missing" / "plot.png")


class RecordingPanel(Panel):
    """A real panel that also remembers its lines, numbers and columns."""

    def __init__(self, length_s: float) -> None:
        super().__init__(Canvas(400, 200), (40, 160), (0.0, length_s), (-1.0, 1.0), "")
        self.lines: list[tuple[float, Color]] = []
        self.numbers: list[tuple[float, str]] = []
        self.columns: list[tuple[float, float]] = []

    def vertical(self, at_s: float, color: Color) -> None:
        self.lines.append((at_s, color))
        super().vertical(at_s, color)

    def below(self, at_s: float, text: str) -> None:
        self.numbers.append((at_s, text))
        super().below(at_s, text)

    def column(self, x: float, low: float, high: float, color: Color) -> None:
        assert color == WAVE
        self.columns.append((low, high))
        super().column(x, low, high, color)


def lined(tempo_map: TempoMap, meter: Meter, length_beats: int, length_s: float) -> RecordingPanel:
    panel = RecordingPanel(length_s)
    _grid_lines(panel, TargetGrid(tempo_map, meter, Fraction(length_beats)), length_s, numbered=True)
    return panel


def test_each_beat_has_a_line_and_each_bar_a_number() -> None:
    panel = lined(TempoMap.constant(120.0), Meter(4, 4), 8, 4.0)
    assert [at_s for at_s, _ in panel.lines] == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5]
    assert [color for _, color in panel.lines] == [BAR, BEAT, BEAT, BEAT] * 2
    assert panel.numbers == [(0.0, "1"), (2.0, "2")]


def test_lines_follow_the_meter_and_the_tempo_map() -> None:
    tempo_map = TempoMap([TempoPoint(0.0, 120.0), TempoPoint(3.5, 60.0)])
    panel = lined(tempo_map, Meter(7, 8), 7, 5.25)
    assert [at_s for at_s, _ in panel.lines] == pytest.approx(
        [*np.arange(7) * 0.25, *(1.75 + np.arange(7) * 0.5)], abs=1e-9
    )
    assert panel.numbers == [(0.0, "1"), (pytest.approx(1.75), "2")]


def test_long_takes_get_fewer_lines_and_numbers() -> None:
    panel = lined(TempoMap.constant(120.0), Meter(4, 4), 4_000, 2_000.0)
    assert 100 < len(panel.lines) <= 400
    assert 10 < len(panel.numbers) <= 40
    assert {color for _, color in panel.lines} == {BAR}


def test_lines_beyond_the_audio_are_not_drawn() -> None:
    assert len(lined(TempoMap.constant(120.0), Meter(4, 4), 8, 1.2).lines) == 3


def test_a_waveform_has_a_column_for_each_pixel_scaled_to_its_peak() -> None:
    panel = RecordingPanel(1.0)
    _waveform(panel, np.linspace(-0.1, 0.1, 2_700, dtype=np.float32)[:, None])
    assert len(panel.columns) == panel.right - panel.left == 270
    assert panel.columns[0][0] == pytest.approx(-0.95)
    assert panel.columns[-1][1] == pytest.approx(0.95)
    assert all(low <= high for low, high in panel.columns)


def test_silence_and_few_frames_can_be_drawn() -> None:
    panel = RecordingPanel(1.0)
    _waveform(panel, np.zeros((3, 2), np.float32))
    _waveform(panel, np.zeros((0, 2), np.float32))
    assert panel.columns == [(0.0, 0.0)] * 3


def test_beats_before_the_first_downbeat_go_on_at_the_first_tempo() -> None:
    grid = TargetGrid(TempoMap([TempoPoint(0.0, 60.0), TempoPoint(2.0, 120.0)]), Meter(4, 4), Fraction(8))
    assert _grid_times(np.array([-2.0, -0.5, 0.0, 1.0, 3.0]), grid).tolist() == [-2.0, -0.5, 0.0, 1.0, 2.5]


def test_a_take_at_one_tempo_is_nowhere_moved_against_itself() -> None:
    even = WarpMap.constant(1.25, 0.4)
    targets = np.linspace(0.0, 8.0, 9)
    np.testing.assert_allclose(_against_even(even.to_source(targets), targets, 8.0, even.to_source), 0.0, atol=1e-9)
    bent = WarpMap(np.array([0.0, 3.0, 8.0]), np.array([0.0, 4.0, 8.0]))  # too fast at first
    moved = _against_even(bent.to_source(targets), targets, 8.0, bent.to_source)
    assert moved[4] == pytest.approx(1_000.0)
    assert moved[[0, -1]] == pytest.approx([0.0, 0.0])
