"""Draws an aligned take: the waveform with bars and beats, the warp map, and the remaining error."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.align.plot_canvas import AXIS, BAR, BEAT, ERROR, GOOD, LABEL, TITLE, WARP, WAVE, Canvas, Panel, ticks
from engine.music import MeterMap

if TYPE_CHECKING:
    from engine.align.conform import Conformed, TargetGrid

    Times = NDArray[np.float64]

_WIDTH = 1600
_MOST_NUMBERS = 40  # bar numbers at most
_MOST_BEATS = 400  # beat or bar lines at most


def plot(conformed: Conformed, grid: TargetGrid, sample_rate: int, path: Path, title: str = "") -> None:
    """Draw `conformed` on `grid` into the PNG file `path`.

    Top: the finished mix, a line for each beat and a numbered one for each bar. Middle: the milliseconds by which the
    map moves each moment against the take played at its mean tempo, with the tracked beats. Bottom: each tracked
    beat's distance from the grid before (grey) and after the warp.
    """
    canvas = Canvas(_WIDTH, 900)
    length_s = len(conformed.mix) / sample_rate
    _heading(canvas, conformed, title)
    wave = Panel(canvas, (124, 360), (0.0, length_s), (-1.0, 1.0), "finished mix")
    _grid_lines(wave, grid, length_s, numbered=True)
    _waveform(wave, conformed.mix)
    _map_panel(canvas, conformed, grid, length_s)
    _errors(canvas, conformed, grid, length_s)
    canvas.save(path)


def _heading(canvas: Canvas, conformed: Conformed, title: str) -> None:
    report, error = conformed.report, conformed.report.error
    canvas.text((60, 14), title or "Alignment", TITLE, size=30)
    parts = [f"warp: {report.method}, map: {report.model}"]
    if error.error_ms_median is not None and error.error_ms_p95 is not None:
        parts.append(f"error {error.error_ms_median:.2f} ms median, {error.error_ms_p95:.2f} ms p95")
    if error.downbeat_offset_ms is not None:
        parts.append(f"first downbeat {error.downbeat_offset_ms:+.2f} ms")
    if error.tempo_before is not None and error.tempo_measured is not None:
        parts.append(f"{error.tempo_before:.2f} to {error.tempo_measured:.2f} BPM")
    canvas.text((60, 58), "    ".join(parts), LABEL, size=19)
    color = {"tight": GOOD, "loose": ERROR}.get(error.verdict, LABEL)
    canvas.text((_WIDTH - 60, 22), error.verdict, color, size=26, anchor="ra")


def _grid_lines(panel: Panel, grid: TargetGrid, length_s: float, *, numbered: bool = False) -> None:
    meters = grid.meter_map or MeterMap.constant(grid.meter)
    beats = list(meters.beat_starts(grid.length_beats))
    bars = sum(begins_bar for _, begins_bar in beats)
    every = max(1, -(-bars // _MOST_NUMBERS))
    lined = 0 if len(beats) <= _MOST_BEATS else -(-bars // _MOST_BEATS)  # every so many bars; 0 = every beat
    bar = -1
    for beat, first in beats:
        bar += first
        at_s = grid.tempo_map.seconds(beat)
        if at_s <= length_s and (not lined or (first and bar % lined == 0)):
            panel.vertical(at_s, BAR if first else BEAT)
        if numbered and first and bar % every == 0 and (not lined or bar % lined == 0):
            panel.below(at_s, str(bar + 1))


def _waveform(panel: Panel, mix: NDArray[np.float32]) -> None:
    columns = panel.right - panel.left
    edges = np.linspace(0, len(mix), columns + 1).astype(int)
    scale = 0.95 / max(1e-9, float(np.abs(mix).max(initial=0.0)))
    for column, (start, stop) in enumerate(pairwise(edges)):
        if stop > start:
            part = mix[start:stop] * scale
            panel.column(panel.left + column, float(part.min()), float(part.max()), WAVE)


def _map_panel(canvas: Canvas, conformed: Conformed, grid: TargetGrid, length_s: float) -> None:
    """Draw the map against one even tempo: where the curve rises, the take was too fast and is slowed down."""
    warp_map = conformed.report.warp_map
    targets = np.linspace(0.0, length_s, 800)
    moved_ms = _against_even(warp_map.to_source(targets), targets, length_s, warp_map.to_source)
    reach = max(1.0, 1.15 * float(np.abs(moved_ms).max()))
    panel = Panel(canvas, (420, 620), (0.0, length_s), (-reach, reach), "map against even tempo, ms", ticks(reach))
    _grid_lines(panel, grid, length_s)
    panel.line(targets, moved_ms, WARP)
    beats = conformed.report.beats
    if beats is not None:
        places_s = _grid_times(beats.beats, grid)
        inside = (places_s >= 0.0) & (places_s <= length_s)
        beats_ms = _against_even(beats.times_s[inside], places_s[inside], length_s, warp_map.to_source)
        panel.dots(places_s[inside], beats_ms, WARP)


def _against_even(sources_s: Times, targets_s: Times, length_s: float, to_source: object) -> Times:
    """Return by how many milliseconds each moment is later in the result than in the take at its mean tempo."""
    assert callable(to_source)
    start_s, end_s = to_source(np.array([0.0, length_s]))
    even: Times = (sources_s - start_s) * length_s / (end_s - start_s)
    return 1000.0 * (targets_s - even)


def _errors(canvas: Canvas, conformed: Conformed, grid: TargetGrid, length_s: float) -> None:
    beats = conformed.report.beats
    if beats is None or not len(beats.times_s):
        Panel(canvas, (680, 860), (0.0, length_s), (-1.0, 1.0), "no beats were tracked")
        return
    places_s = _grid_times(beats.beats, grid)
    inside = (places_s >= 0.0) & (places_s <= length_s)
    places_s, times_s = places_s[inside], beats.times_s[inside]
    before_ms = 1000.0 * (times_s - times_s[0] - places_s + places_s[0])
    after_ms = 1000.0 * (conformed.report.warp_map.to_target(times_s) - places_s)
    reach = max(5.0, 1.15 * float(np.abs(after_ms).max()), min(60.0, 1.15 * float(np.abs(before_ms).max())))
    label = "beats from the grid, ms: before (grey), after"
    panel = Panel(canvas, (680, 860), (0.0, length_s), (-reach, reach), label, ticks(reach), seconds=True)
    _grid_lines(panel, grid, length_s)
    panel.horizontal(0.0, AXIS)
    panel.dots(places_s, before_ms, AXIS)
    panel.dots(places_s, after_ms, GOOD)


def _grid_times(beats: Times, grid: TargetGrid) -> Times:
    """Return the grid times of `beats` in seconds; before the first downbeat the first tempo continues."""
    first_bpm = grid.tempo_map.points[0].bpm
    return np.array([grid.tempo_map.seconds(beat) if beat >= 0 else 60.0 * beat / first_bpm for beat in beats])
