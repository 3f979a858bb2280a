"""SVG drawings: piano roll, levels of the stems, octave bands beside the style's curve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.score import Part, Score
from engine.sketch.mix_style import OCTAVES_HZ, Curve

WIDTH, HEIGHT = 960, 200
COLOURS: Mapping[str, str] = {
    "drums": "#8a8f98", "percussion": "#b39b6d", "bass": "#3f7fbf", "chords": "#5aa469", "pad": "#9a7fc4",
    "lead": "#d9643a", "arp": "#d6a72c",
}  # fmt: skip
_OTHER = "#777777"
_FLOOR_DB = -60.0


def colour(stem: str) -> str:
    """Return the colour of `stem` on the page."""
    return COLOURS.get(stem, _OTHER)


def piano_roll(score: Score) -> str:
    """Return a piano roll of all parts, pitched ones above, drums by key below."""
    beats = float(score.length_beats)
    pitches = [note.pitch for part in score.parts if not part.is_drums for note in part.notes] or [60]
    low, high = min(pitches) - 1, max(pitches) + 1
    marks = [
        _line(WIDTH * bar * float(score.meter.bar_beats) / beats, 0, HEIGHT)
        for bar in range(int(beats / float(score.meter.bar_beats)) + 1)
    ]
    split = HEIGHT * 0.7
    keys = sorted({note.pitch for part in score.parts if part.is_drums for note in part.notes})
    for part in score.parts:
        top, bottom, count = (split + 4, HEIGHT, max(len(keys), 8)) if part.is_drums else (0.0, split, high - low + 1)
        marks += _notes(
            part, beats, top, (bottom - top) / count, keys[::-1] if part.is_drums else range(high, low - 1, -1)
        )
    return _svg(marks)


def _notes(part: Part, beats: float, top: float, step: float, rows: Sequence[int]) -> Iterable[str]:
    row_of = {pitch: row for row, pitch in enumerate(rows)}
    for note in part.notes:
        x = WIDTH * float(note.start_beats) / beats
        width = 2.5 if part.is_drums else max(1.5, WIDTH * float(note.length_beats) / beats - 0.6)
        opacity = 0.35 + 0.65 * note.velocity / 127
        y = top + step * row_of[note.pitch]
        yield (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{max(1.0, step - 0.4):.1f}" '
            f'fill="{colour(part.stem)}" fill-opacity="{opacity:.2f}"/>'
        )


def levels(stem_levels_db: Mapping[str, NDArray[np.float64]]) -> str:
    """Return a plot of the stems' levels over time, from 0 down to −60 dB."""
    marks = [_row(db) for db in (-20.0, -40.0)]
    for stem, values in stem_levels_db.items():
        x = np.linspace(0.0, WIDTH, values.size)
        y = HEIGHT * np.clip(values / _FLOOR_DB, 0.0, 1.0)
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
        marks.append(f'<polyline points="{points}" fill="none" stroke="{colour(stem)}" stroke-width="1.2"/>')
    return _svg(marks)


def octaves(measured_db: Sequence[float], curve: Curve) -> str:
    """Return a bar chart of the octave bands, with the style's curve ± 4 dB."""
    step = WIDTH / len(OCTAVES_HZ)
    marks = [_row(db) for db in (-20.0, -40.0)]
    for index, (hz, db) in enumerate(zip(OCTAVES_HZ, measured_db, strict=True)):
        y = HEIGHT * min(1.0, db / _FLOOR_DB)
        name = f"{hz / 1000:g}k" if hz >= 1000 else f"{hz:.0f}"
        marks.append(
            f'<rect x="{step * (index + 0.2):.1f}" y="{y:.1f}" width="{0.6 * step:.1f}" '
            f'height="{HEIGHT - y:.1f}" fill="#3f7fbf"/>'
        )
        marks.append(f'<text x="{step * (index + 0.5):.1f}" y="{HEIGHT - 4}" text-anchor="middle">{name}</text>')
    for index, db in enumerate(curve):
        top, bottom = (HEIGHT * min(1.0, (db + d) / _FLOOR_DB) for d in (4.0, -4.0))
        middle = step * (index + 0.5)
        marks.append(f'<path d="M{middle:.1f} {top:.1f}V{bottom:.1f}" stroke="#d9643a" stroke-width="3"/>')
    return _svg(marks)


def _line(x: float, top: float, bottom: float) -> str:
    return f'<path d="M{x:.1f} {top:.0f}V{bottom:.0f}" class="grid"/>'


def _row(db: float) -> str:
    y = HEIGHT * db / _FLOOR_DB
    return f'<path d="M0 {y:.1f}H{WIDTH}" class="grid"/><text x="2" y="{y - 2:.1f}">{db:.0f} dB</text>'


def _svg(marks: Iterable[str]) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">{"".join(marks)}</svg>'
