"""Measures tracking and fit: `python tests/benchmarks/bench_alignment.py [--clips DIR] [--seeds A B]`. Prints JSON.

For each clip: where the fitted map puts the true beats, against where they belong (milliseconds; a shift by whole or
half beats is taken off there and counted under the downbeat), and how far it puts the true first downbeat from 0.
Of clips that are on the grid already: the farthest that anything is moved. Groups: "drums" and "drumless" are
generated, "real" are the recordings of DIR with drifting tempo, "steady" and "steady real" are on the grid.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.align.fit import fit_map
from engine.align.track import track_beats
from engine.music import TempoMap
from tests.benchmarks.alignment_clips import Clip, generated, recorded

DOWNBEAT_MS = 60.0


def measured(clip: Clip) -> dict[str, object]:
    """Track and fit one clip and compare with its truth."""
    grid = TempoMap.constant(clip.bpm)
    started = time.perf_counter()
    beats = track_beats(clip.audio, clip.sample_rate, clip.bpm, clip.meter)
    fit = fit_map(beats, grid, clip.bars)
    seconds = time.perf_counter() - started
    beat_ms = 60_000.0 / clip.bpm
    off_ms = fit.map.to_target(clip.beats_s) * 1000.0 - clip.beats * beat_ms
    downbeat_ms = float(np.interp(0.0, clip.beats, off_ms))
    half_ms = beat_ms * float(beats.pulse_beats) / 2.0
    error_ms = np.abs(off_ms - half_ms * round(float(np.median(off_ms)) / half_ms))
    moved_ms = np.abs(fit.map.to_target(clip.beats_s) - clip.beats_s).max() * 1000.0
    return {
        "name": clip.name,
        "group": clip.group,
        "model": fit.model,
        "median_ms": round(float(np.median(error_ms)), 3),
        "p95_ms": round(float(np.percentile(error_ms, 95)), 3),
        "downbeat_ms": round(downbeat_ms, 3),
        "downbeat_right": abs(downbeat_ms) < DOWNBEAT_MS,
        "moved_ms": round(float(moved_ms), 3),
        "trust": round(beats.trust, 3),
        "times_real_time": round(len(clip.audio) / clip.sample_rate / seconds, 1),
    }


def summary(rows: list[dict[str, object]]) -> dict[str, object]:
    """Sum up one group."""

    def column(name: str) -> np.ndarray:
        return np.array([row[name] for row in rows], dtype=np.float64)

    return {
        "clips": len(rows),
        "median_ms": {"median": np.median(column("median_ms")), "worst": column("median_ms").max()},
        "p95_ms": {"median": np.median(column("p95_ms")), "worst": column("p95_ms").max()},
        "within_1_3_ms": np.mean((column("median_ms") <= 1.0) & (column("p95_ms") <= 3.0)),
        "within_3_10_ms": np.mean((column("median_ms") <= 3.0) & (column("p95_ms") <= 10.0)),
        "median_within_5_ms": np.mean(column("median_ms") <= 5.0),
        "downbeat_right": np.mean(column("downbeat_right")),
        "most_moved_ms": column("moved_ms").max() if "steady" in str(rows[0]["group"]) else None,
        "times_real_time": np.median(column("times_real_time")),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=Path, help="folder with ground_truth.json")
    parser.add_argument("--seeds", type=int, nargs=2, default=(1000, 1004), metavar=("FIRST", "END"))
    parser.add_argument("--rows", action="store_true", help="also print every clip")
    options = parser.parse_args()
    seeds = range(*options.seeds)
    groups: dict[str, list[dict[str, object]]] = defaultdict(list)
    for clip in generated(seeds):
        groups[clip.group].append(measured(clip))
    if options.clips:
        for clip in recorded(options.clips, seeds):
            groups[clip.group].append(measured(clip))
    result: dict[str, object] = {group: summary(rows) for group, rows in groups.items()}
    if options.rows:
        result["clips"] = [row for rows in groups.values() for row in rows]
    print(json.dumps(result, indent=2, default=lambda value: round(float(value), 3)))


if __name__ == "__main__":
    main()
