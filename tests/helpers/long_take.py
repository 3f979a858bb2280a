"""A take of any length without its files, for tests of drawing."""

from __future__ import annotations

from pathlib import Path

from bridge.takes.library import StemFile, TakeView

RATE = 48_000
NAMES = ("drums", "percussion", "bass", "chords", "lead", "pad")
COLOURS = ("#e4572e", "#f3a712", "#2e86ab", "#a23b72", "#6bbf59", "#8d7bd1")


def take_view(folder: Path, seconds: float, tempo: float = 120.0, meter: str = "4/4") -> TakeView:
    """Return a take of six stems `<folder>/<name>.wav`; the files need not exist."""
    data = {
        "tempo": tempo,
        "time_signature": meter,
        "tempo_map": [],
        "key": "E minor",
        "bars": round(seconds * tempo / 60 / 4, 2),
        "frames": round(seconds * RATE),
        "sample_rate": RATE,
        "start_beat": 0.0,
        "engine": "sketch",
        "model": "",
        "created": "2026-11-21T09:00:00Z",
        "params": {"genres": "funk", "seed": 1},
        "alignment": {},
    }
    stems = [StemFile(name, folder / f"{name}.wav", hue, "") for name, hue in zip(NAMES, COLOURS, strict=True)]
    return TakeView(folder / "manifest.json", data, tuple(stems))
