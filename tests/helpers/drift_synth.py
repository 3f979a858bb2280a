"""A small synthesiser for the drift set, independent of the product's code that it tests.

Tonal sounds begin at their note's time to a fraction of a sample, noise to the sample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]
Samples = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class DriftNote:
    """One note.

    Attributes:
        stem: "drums", "bass", "keys" or "pad".
        sound: a name in `SOUNDS`.
        beat: quarter notes from the first downbeat; negative in a pick-up.
        length_beats: how long it is held; drums ring out regardless.
        pitch: MIDI note number, for tonal sounds.
        level: 0–1.
        late_s: delay after its beat (jitter).
    """

    stem: str
    sound: str
    beat: float
    length_beats: float = 0.25
    pitch: int = 60
    level: float = 0.8
    late_s: float = 0.0


def _decay(t: Samples, time_s: float) -> Samples:
    return np.exp(-t / time_s) * (t >= 0.0)


def _kick(t: Samples, _hz: float, _length_s: float, rng: np.random.Generator) -> Samples:
    sweep_hz, floor_hz = 180.0, 48.0
    phase = 2 * np.pi * (floor_hz * t + (sweep_hz - floor_hz) * 0.025 * (1 - np.exp(-t / 0.025)))
    click = rng.standard_normal(len(t)) * _decay(t, 0.0015) * 0.3
    return np.asarray(np.cos(phase) * _decay(t, 0.12) + click)


def _snare(t: Samples, _hz: float, _length_s: float, rng: np.random.Generator) -> Samples:
    tone = np.sin(2 * np.pi * 190.0 * t) * _decay(t, 0.07)
    return np.asarray(0.5 * tone + 0.5 * rng.standard_normal(len(t)) * _decay(t, 0.09))


def _hat(t: Samples, _hz: float, length_s: float, rng: np.random.Generator) -> Samples:
    noise = np.diff(rng.standard_normal(len(t) + 2), 2)
    return np.asarray(0.15 * noise * _decay(t, min(0.05, 0.2 * length_s)))


def _harmonics(t: Samples, hz: float, amplitudes: Iterable[float]) -> Samples:
    tone = np.zeros_like(t)
    for number, amplitude in enumerate(amplitudes, 1):
        if number * hz < 9_000.0:
            tone += amplitude * np.sin(2 * np.pi * number * hz * t + number)
    return tone


def _held(t: Samples, attack_s: float, length_s: float, release_s: float) -> Samples:
    rise = np.clip(t / attack_s, 0.0, 1.0)
    fall = np.exp(-np.maximum(t - length_s, 0.0) / release_s)
    return np.asarray(rise * fall)


def _bass(t: Samples, hz: float, length_s: float, _rng: np.random.Generator) -> Samples:
    return 0.5 * _harmonics(t, hz, (1.0, 0.6, 0.4, 0.25, 0.15)) * _held(t, 0.004, length_s, 0.02) * _decay(t, 0.8)


def _pluck(t: Samples, hz: float, length_s: float, _rng: np.random.Generator) -> Samples:
    bright = _harmonics(t, hz, (0.0, 0.3, 0.3, 0.2, 0.15, 0.1)) * _decay(t, 0.15)
    return 0.25 * (_harmonics(t, hz, (1.0, 0.3)) * _decay(t, 0.6) + bright) * _held(t, 0.002, length_s, 0.05)


def _pad(t: Samples, hz: float, length_s: float, _rng: np.random.Generator) -> Samples:
    detuned = _harmonics(t, hz * 1.003, (0.7, 0.4, 0.25)) + _harmonics(t, hz, (1.0, 0.5, 0.3, 0.15))
    return 0.12 * detuned * _held(t, 0.025, length_s, 0.08)


Sound = Callable[[Samples, float, float, np.random.Generator], Samples]
SOUNDS: dict[str, tuple[Sound, float]] = {  # with the seconds that each rings after its end
    "kick": (_kick, 0.6),
    "snare": (_snare, 0.5),
    "hat": (_hat, 0.25),
    "bass": (_bass, 0.2),
    "pluck": (_pluck, 0.4),
    "pad": (_pad, 0.5),
}
_PAN = {"kick": 0.5, "snare": 0.55, "hat": 0.35, "bass": 0.5, "pluck": 0.62, "pad": 0.42}


def render(
    hits: Iterable[DriftNote], seconds_of: Callable[[float], float], length_s: float, sample_rate: int, seed: int = 0
) -> dict[str, Audio]:
    """Return the stems, float32 [shape=(frames, 2)] each, of `hits` played at `seconds_of` their beats.

    Sound after `length_s` is cut off, as in a generated clip.
    """
    stems: dict[str, Samples] = {}
    frames = round(length_s * sample_rate)
    for number, hit in enumerate(hits):
        stem = stems.setdefault(hit.stem, np.zeros((frames, 2)))
        start_s = seconds_of(hit.beat) + hit.late_s
        _add(
            stem,
            hit,
            start_s,
            seconds_of(hit.beat + hit.length_beats) - seconds_of(hit.beat),
            sample_rate,
            seed + number,
        )
    return {name: (0.5 * audio).astype(np.float32) for name, audio in stems.items()}


def _add(stem: Samples, hit: DriftNote, start_s: float, length_s: float, sample_rate: int, seed: int) -> None:
    make, ring_s = SOUNDS[hit.sound]
    whole = length_s if hit.stem != "drums" else 0.0
    first = int(np.ceil(start_s * sample_rate))
    t = (first + np.arange(round((whole + ring_s) * sample_rate))) / sample_rate - start_s
    hz = 440.0 * 2.0 ** ((hit.pitch - 69) / 12)
    sound = hit.level * make(t, hz, max(length_s, 0.02), np.random.default_rng(seed))
    begin, end = max(first, 0), min(first + len(t), len(stem))
    if end > begin:
        pan = _PAN[hit.sound]
        stem[begin:end] += sound[begin - first : end - first, None] * np.array([1.0 - pan, pan]) * 2.0


def mixed(stems: dict[str, Audio]) -> Audio:
    """Return the stems' sum, float32 [shape=(frames, 2)]."""
    return np.sum(list(stems.values()), axis=0, dtype=np.float32)
