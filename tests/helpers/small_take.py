"""A small take on disk, complete as its manifest says, but without an engine having made it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

RATE, FRAMES = 8_000, 4_000
STEM_LEVEL, MIX_LEVEL = 0.25, 0.5
MANIFEST: dict[str, Any] = {
    "format": 1,
    "id": "ab12cd34",
    "created": "2026-01-01T00:00:00+00:00",
    "engine": "sketch",
    "model": "",
    "params": {"seed": 7},
    "tempo": 120.0,
    "time_signature": "4/4",
    "key": "E minor",
    "tempo_map": [],
    "start_beat": 0.0,
    "bars": 0.25,
    "frames": FRAMES,
    "sample_rate": RATE,
    "stems": [{"name": "bass", "file": "bass.wav", "midi": "bass.mid", "lufs": -20.0, "peak_db": -12.04}],
    "mix": {"file": "mix.wav", "lufs": None, "peak_db": -6.02},
    "alignment": {"error_ms_median": 1.25, "error_ms_p95": 4.5, "onsets": 9},
    "stem_sum_error_db": None,
    "timings": {},
    "notices": ["The sketch engine played."],
}


def write_take(folder: Path, **changes: object) -> Path:
    """Write half a second of one stem and its mix; return the manifest's path."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, level in (("bass", STEM_LEVEL), ("mix", MIX_LEVEL)):
        soundfile.write(folder / f"{name}.wav", np.full((FRAMES, 2), level), RATE, subtype="FLOAT")
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({**MANIFEST, **changes}), encoding="utf-8")
    return manifest
