"""Measures the sketch engine alone: `python tests/benchmarks/bench_sketch.py`. Prints one JSON document.

For each length: median seconds of 3 runs with different seeds after a warm-up, and the music's length over it.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.music import Key, Meter, TempoMap
from engine.registry import create
from engine.seam import GenerationRequest


def request(bars: int, seed: int) -> GenerationRequest:
    """Return a request for `bars` bars of funk at 120 BPM."""
    meter = Meter(4, 4)
    return GenerationRequest(
        "funk", Key.parse("Em"), meter, TempoMap.constant(120.0), Fraction(bars) * meter.bar_beats, 48_000, seed
    )


def main() -> None:
    """Measure and print."""
    engine = create("sketch")
    started = time.perf_counter()
    engine.load(lambda _phase, _fraction: None)
    result: dict[str, object] = {"load_s": round(time.perf_counter() - started, 3)}
    engine.generate(request(8, 0), lambda _phase, _fraction: None)
    for bars in (8, 64):
        times_s = []
        for seed in (1, 2, 3):
            started = time.perf_counter()
            engine.generate(request(bars, seed), lambda _phase, _fraction: None)
            times_s.append(time.perf_counter() - started)
        median_s = statistics.median(times_s)
        result[f"{bars}_bars"] = {"seconds": round(median_s, 3), "times_real_time": round(bars * 2 / median_s, 1)}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
