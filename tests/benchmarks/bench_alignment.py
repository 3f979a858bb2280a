"""Measures the whole chain: `python tests/benchmarks/bench_alignment.py [--clips DIR] [--seeds A B]`. Prints JSON.

Each clip is conformed to its own tempo and judged twice:

- By the known beats: the errors of their places under the map (milliseconds; a shift by whole or half beats is
  subtracted and counted under the downbeat), and the distance of the first downbeat from 0.
- By the proof: the onsets of the finished audio against the grid, independent of map and known beats.

For clips that are on the grid already: the largest displacement. Groups: "drums" and "drumless" are generated, "real"
are the recordings of DIR with drifting tempo, "steady" and "steady real" are on the grid. "speed" is four stereo
stems of a minute, conformed and written, in multiples of real time by wall clock and by processor time.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.align.conform import TargetGrid, conform
from engine.music import TempoMap
from tests.benchmarks.alignment_clips import Clip, generated, recorded
from tests.helpers.drift_set import drift_case

DOWNBEAT_MS = 60.0
Row = dict[str, object]


def measured(clip: Clip) -> Row:
    """Conform one clip and compare the map with its known beats and the audio with the grid."""
    length_beats = Fraction(clip.bars) * clip.meter.bar_beats
    grid = TargetGrid(TempoMap.constant(clip.bpm), clip.meter, length_beats)
    started = time.process_time()
    report = conform({"mix": clip.audio}, clip.sample_rate, grid, clip.bpm, ending="one_shot").report
    seconds = time.process_time() - started
    beat_ms = 60_000.0 / clip.bpm
    off_ms = report.warp_map.to_target(clip.beats_s) * 1000.0 - clip.beats * beat_ms
    downbeat_ms = float(np.interp(0.0, clip.beats, off_ms))
    assert report.beats is not None
    half_ms = beat_ms * float(report.beats.pulse_beats) / 2.0
    error_ms = np.abs(off_ms - half_ms * round(float(np.median(off_ms)) / half_ms))
    moved_ms = np.abs(report.warp_map.to_target(clip.beats_s) - clip.beats_s).max() * 1000.0
    return {
        "name": clip.name,
        "group": clip.group,
        "model": report.model,
        "median_ms": round(float(np.median(error_ms)), 3),
        "p95_ms": round(float(np.percentile(error_ms, 95)), 3),
        "downbeat_ms": round(downbeat_ms, 3),
        "downbeat_right": abs(downbeat_ms) < DOWNBEAT_MS,
        "moved_ms": round(float(moved_ms), 3),
        "trust": round(report.beats.trust, 3),
        "proof_median_ms": report.error.error_ms_median,
        "proof_p95_ms": report.error.error_ms_p95,
        "proof_downbeat_ms": report.error.downbeat_offset_ms,
        "verdict": report.error.verdict,
        "simpler": any("plain tempo" in notice for notice in report.notices),
        "times_real_time": round(len(clip.audio) / clip.sample_rate / seconds, 1),
    }


def summary(rows: list[Row]) -> Row:
    """Return the statistics of one group."""

    def column(name: str) -> np.ndarray:
        return np.array([np.nan if row[name] is None else row[name] for row in rows], dtype=np.float64)

    def median_and_worst(name: str) -> Row:
        values = column(name)[np.isfinite(column(name))]
        return {"median": np.median(values), "worst": values.max()} if values.size else {}

    return {
        "clips": len(rows),
        "median_ms": median_and_worst("median_ms"),
        "p95_ms": median_and_worst("p95_ms"),
        "proof_median_ms": median_and_worst("proof_median_ms"),
        "proof_p95_ms": median_and_worst("proof_p95_ms"),
        "verdicts": {name: sum(row["verdict"] == name for row in rows) for name in {row["verdict"] for row in rows}},
        "simpler_taken": sum(bool(row["simpler"]) for row in rows),
        "within_1_3_ms": np.mean((column("median_ms") <= 1.0) & (column("p95_ms") <= 3.0)),
        "within_3_10_ms": np.mean((column("median_ms") <= 3.0) & (column("p95_ms") <= 10.0)),
        "median_within_5_ms": np.mean(column("median_ms") <= 5.0),
        "downbeat_right": np.mean(column("downbeat_right")),
        "most_moved_ms": column("moved_ms").max() if "steady" in str(rows[0]["group"]) else None,
        "times_real_time": np.median(column("times_real_time")),
    }


def speed() -> Row:
    """Conform and write four stereo stems of a minute."""
    case = drift_case("walk", 3, 48_000, bars=32)
    grid = TargetGrid(TempoMap.constant(case.bpm), case.meter, Fraction(case.length_beats))
    stems = case.stems
    started, processor = time.perf_counter(), time.process_time()
    conformed = conform(stems, case.sample_rate, grid, case.bpm)
    with tempfile.TemporaryDirectory() as folder:
        for name, audio in conformed.stems.items():
            soundfile.write(Path(folder, f"{name}.wav"), audio, case.sample_rate, "PCM_24")
    took_s, processor_s = time.perf_counter() - started, time.process_time() - processor
    length_s = len(conformed.mix) / case.sample_rate
    return {
        "stems": len(stems),
        "seconds": length_s,
        "times_real_time": length_s / took_s,
        "times_real_time_of_one_processor": length_s / processor_s,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=Path, help="folder with ground_truth.json")
    parser.add_argument("--seeds", type=int, nargs=2, default=(1000, 1004), metavar=("FIRST", "END"))
    parser.add_argument("--rows", action="store_true", help="also print every clip")
    options = parser.parse_args()
    seeds = range(*options.seeds)
    groups: dict[str, list[Row]] = defaultdict(list)
    for clip in generated(seeds):
        groups[clip.group].append(measured(clip))
    if options.clips:
        for clip in recorded(options.clips, seeds):
            groups[clip.group].append(measured(clip))
    result: Row = {group: summary(rows) for group, rows in groups.items()}
    result["speed"] = speed()
    if options.rows:
        result["clips"] = [row for rows in groups.values() for row in rows]
    print(json.dumps(result, indent=2, default=lambda value: round(float(value), 3)))


if __name__ == "__main__":
    main()
