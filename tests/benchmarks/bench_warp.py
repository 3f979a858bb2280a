"""Measures the warp with a given map: `python tests/benchmarks/bench_warp.py [--hour]`. Prints one JSON document.

The drift set's music is warped by its true map onto a steady grid, four stems at once, and compared with the same
music rendered there: drum onsets (ms), pre-echo (dB against the attack), log-spectral distance, left/right
correlation, the stems' sum. A chord of low sines is measured for purity. If `rubberband` is on the path, it is
measured in the same run, as a separate program, stem by stem. `--hour` adds the speed and peak memory for an hour of
audio.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.align.warp import FileSource, warp, warp_blocks
from engine.align.warpmap import WarpMap
from engine.music import TempoMap
from tests.helpers import warp_ears as ears
from tests.helpers.drift_set import DriftCase, drift_case

Audio = NDArray[np.float32]
Warp = Callable[[list[Audio], WarpMap, int, int], list[Audio]]
CASES = (("sine", 1), ("ramp", 2), ("walk", 3), ("step", 1), ("wrong_tempo", 4), ("rubato", 1))
CHORD_HZ = np.array([65.406, 82.407, 97.999, 130.813, 164.814, 195.998])
STEEP = {"steep": 1.12}  # the grid's tempo over the requested one, where it is not 1


def ours(stems: list[Audio], warp_map: WarpMap, sample_rate: int, frames: int) -> list[Audio]:
    """Warp all stems at once."""
    both = warp(np.concatenate(stems, axis=1), warp_map, sample_rate, frames)
    return np.split(both, np.cumsum([stem.shape[1] for stem in stems])[:-1], axis=1)


def rubberband(version: str) -> Warp:
    """Return a warp by the `rubberband` program, one stem after the other; `version` is its engine, "2" or "3"."""

    def run(stems: list[Audio], warp_map: WarpMap, sample_rate: int, frames: int) -> list[Audio]:
        return [_rubberband(stem, warp_map, sample_rate, frames, version) for stem in stems]

    return run


def _rubberband(audio: Audio, warp_map: WarpMap, sample_rate: int, frames: int, version: str) -> Audio:
    shift = max(0.0, float(warp_map.to_source(np.zeros(1))[0]))
    audio = audio[round(shift * sample_rate) :]
    with tempfile.TemporaryDirectory() as folder:
        source, target, times = (Path(folder, name) for name in ("in.wav", "out.wav", "map.txt"))
        soundfile.write(source, audio, sample_rate, "FLOAT")
        pairs = np.round(np.stack([warp_map.source_s - shift, warp_map.target_s]) * sample_rate).astype(int).T
        # A first line "0 0" would move everything by one segment.
        inside = pairs[(pairs > 0).all(axis=1) & (pairs[:, 0] < len(audio))]
        times.write_text("".join(f"{a} {b}\n" for a, b in inside))
        end = (
            len(audio)
            * frames
            / max(1, round(float(warp_map.to_source(np.array([frames / sample_rate]))[0] - shift) * sample_rate))
        )
        command = [
            "rubberband",
            f"-{version}",
            "-q",
            "--ignore-clipping",
            "-c6",
            "-M",
            str(times),
            "-D",
            str(end / sample_rate),
        ]
        if version == "3":
            command.remove("-c6")
        subprocess.run([*command, str(source), str(target)], check=True, capture_output=True)
        result, _ = soundfile.read(target, dtype="float32", always_2d=True)
    return np.pad(result[:frames], ((0, max(0, frames - len(result))), (0, 0)))


def measure_case(case: DriftCase, stretch: float, run: Warp) -> dict[str, float]:
    """Return the figures of one clip."""
    tempo_map = TempoMap.constant(case.bpm * stretch)
    rate = case.sample_rate
    frames = tempo_map.frames(case.length_beats, rate)
    names, stems = list(case.stems), list(case.stems.values())
    started = time.perf_counter()
    warped = run(stems, case.true_map(tempo_map), rate, frames)
    took_s = time.perf_counter() - started
    *again, mix_warped = run(
        [*stems, np.sum(stems, axis=0, dtype=np.float32)], case.true_map(tempo_map), rate, frames
    )
    reference = {name: audio[:frames] for name, audio in case.reference(tempo_map).items()}
    result = {"times_real_time": frames / rate / took_s}
    mix, expected = sum(warped), sum(reference.values())
    assert isinstance(mix, np.ndarray)
    assert isinstance(expected, np.ndarray)
    result["lsd_mix_db"] = ears.log_spectral_distance_db(mix, expected, rate)
    result["stems_sum_db"] = 20 * float(np.log10(np.abs(mix_warped - sum(again)).max() + 1e-12))
    result["correlation_change"] = ears.channel_correlation(mix) - ears.channel_correlation(expected)
    if "drums" in names:
        drums, drums_expected = warped[names.index("drums")], reference["drums"]
        hits = [hit for hit in case.hits if hit.stem == "drums"]
        times = ears.alone(np.array([tempo_map.seconds(max(0.0, hit.beat)) + hit.late_s for hit in hits]))
        errors = np.abs(ears.onset_errors_ms(drums, drums_expected, times, rate))
        echo = ears.pre_echo_db(drums, drums_expected, times, rate)
        result |= {"onset_ms_median": float(np.median(errors)), "onset_ms_p95": float(np.percentile(errors, 95))}
        result |= {"pre_echo_db_median": float(np.median(echo)), "pre_echo_db_p95": float(np.percentile(echo, 95))}
        result["lsd_drums_db"] = ears.log_spectral_distance_db(drums, drums_expected, rate)
    return result


def measure_chord(run: Warp) -> dict[str, float]:
    """Return the purity of a sustained low chord, by stretch."""
    rate, seconds = 48_000, 12
    t = np.arange(seconds * rate) / rate
    chord = np.sin(2 * np.pi * CHORD_HZ * t[:, None] + CHORD_HZ).sum(axis=1) * 0.1
    audio = np.stack([chord, chord], axis=1).astype(np.float32)
    result = {}
    for stretch in (0.9, 0.98, 1.02, 1.1):
        warped = run([audio], WarpMap.constant(stretch), rate, round(seconds * stretch * rate))[0]
        middle = warped[3 * rate : 7 * rate, 0]
        result[f"purity_db_{stretch}"] = ears.tonal_purity_db(middle, CHORD_HZ, rate)
    return result


def measure_all(run: Warp, most: int) -> dict[str, object]:
    """Return the figures of the first `most` cases and the steep one, and their means."""
    cases = {f"{kind}-{seed}": measure_case(drift_case(kind, seed, 48_000), 1.0, run) for kind, seed in CASES[:most]}
    cases["steep"] = measure_case(drift_case("sine", 5, 48_000), STEEP["steep"], run)
    mean = {
        key: round(float(np.mean([case[key] for case in cases.values()])), 3) for key in next(iter(cases.values()))
    }
    rounded = {name: {key: round(float(value), 3) for key, value in case.items()} for name, case in cases.items()}
    return {"mean": mean, "chord": {k: round(v, 1) for k, v in measure_chord(run).items()}, "cases": rounded}


def measure_hour() -> dict[str, float]:
    """Return speed and peak memory of an hour of stereo noise from and to a file."""
    rate, minutes = 48_000, 60
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.wav"), Path(folder, "out.wav")
        with soundfile.SoundFile(source, "w", rate, 2, "PCM_16") as file:
            for _ in range(minutes * 2):
                file.write(rng.standard_normal((30 * rate, 2)) * 0.1)
        before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        started = time.perf_counter()
        with FileSource([source]) as audio, soundfile.SoundFile(target, "w", rate, 2, "PCM_24") as file:
            for block in warp_blocks(audio, WarpMap.constant(1.02), rate, round(1.02 * audio.frames)):
                file.write(block)
        took_s = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"times_real_time": minutes * 60 / took_s, "peak_mb": peak_mb, "before_mb": before_mb}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hour", action="store_true", help="measure an hour's memory too (minutes)")
    parser.add_argument("--brief", action="store_true", help="only our own warp")
    parser.add_argument("--cases", type=int, default=len(CASES), help="how many clips beside the steep one")
    arguments = parser.parse_args()
    result: dict[str, object] = {}
    if arguments.hour:
        result["hour"] = measure_hour()
    result["stem bridge"] = measure_all(ours, arguments.cases)
    if shutil.which("rubberband") and not arguments.brief:
        result |= {
            f"rubberband R{version}": measure_all(rubberband(version), arguments.cases) for version in ("2", "3")
        }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
