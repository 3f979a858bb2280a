"""A short take on disk, with stems of constant value: what is played or exported can be read off the numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import soundfile

from bridge.takes.library import TakeView, read_take

RATE = 8_000
LEVELS = {"drums": 0.25, "bass": 0.125}
"""Value of every sample of a stem."""


def write_take(
    folder: Path, *, tempo: float = 120.0, bars: int = 2, genres: str = "funk", **fields: object
) -> TakeView:
    """Write a take of whole 4/4 bars at 8 kHz with its WAVs and manifest; `fields` replace the manifest's."""
    folder.mkdir(parents=True)
    frames = round(bars * 4 * 60 / tempo * RATE)
    for name, level in {**LEVELS, "mix": sum(LEVELS.values())}.items():
        soundfile.write(folder / f"{name}.wav", np.full((frames, 2), level, np.float32), RATE, "FLOAT")
    manifest: dict[str, object] = {
        "format": 1,
        "id": "ab12",
        "created": "2026-11-21T09:00:00.000Z",
        "engine": "sketch",
        "model": "",
        "params": {"genres": genres, "seed": 7},
        "tempo": tempo,
        "time_signature": "4/4",
        "key": "E minor",
        "tempo_map": [],
        "start_beat": 16.0,
        "bars": float(bars),
        "frames": frames,
        "sample_rate": RATE,
        "stems": [{"name": name, "file": f"{name}.wav", "sha256": name} for name in LEVELS],
        "mix": {"file": "mix.wav"},
        "alignment": {"error_ms_median": 1.25, "error_ms_p95": 3.5, "method": "onsets"},
        "stem_sum_error_db": None,
        "timings": {},
        "prompt": "funk, 120 BPM",
        "notices": [],
        **fields,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return read_take(folder / "manifest.json")
