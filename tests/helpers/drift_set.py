"""Generated clips whose tempo drifts as a neural model's does, with their exact beat times.

`drift_case(kind, seed)` returns one clip of one kind of drift; everything else about it (tempo, pattern, sounds,
amount of drift) is drawn from the seed. `true_map` is the warp map of an aligner without error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.align.warpmap import WarpMap
from engine.music import Meter, TempoMap
from tests.helpers.drift_synth import Audio, DriftNote, mixed, render

Times = NDArray[np.float64]
KINDS = (
    "steady", "wrong_tempo", "ramp", "step", "sine", "walk", "jitter", "swing", "offset", "pickup",
    "meter_5_4", "meter_6_8", "meter_7_8", "meter_3_4", "drumless", "pads", "gap", "rubato",
)  # fmt: skip
DRUMLESS = ("drumless", "pads")
_STEPS_PER_BEAT = 64
_METERS = {"meter_5_4": Meter(5, 4), "meter_6_8": Meter(6, 8), "meter_7_8": Meter(7, 8), "meter_3_4": Meter(3, 4)}


@dataclass(frozen=True)
class DriftCase:
    """One clip with its exact beat times.

    Attributes:
        bpm: the requested tempo (quarter notes per minute), the tracker's prior.
        bars: the requested number of whole bars from the first downbeat.
        curve_beats: quarter notes from the first downbeat, rising [shape=(points,)] …
        curve_s: … and their times in seconds from the clip's first frame.
        hits: the notes.
        length_s: length of the clip; it ends after the bars, or a little later.
    """

    kind: str
    seed: int
    bpm: float
    meter: Meter
    bars: int
    sample_rate: int
    curve_beats: Times
    curve_s: Times
    hits: tuple[DriftNote, ...]
    length_s: float

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.seed}"

    @property
    def length_beats(self) -> float:
        return float(self.bars * self.meter.bar_beats)

    @property
    def beats(self) -> Times:
        """The meter's own beats in the bars, in quarter notes from the first downbeat (7/8: 0, 0.5, …)."""
        return np.arange(self.bars * self.meter.numerator) * (4.0 / self.meter.denominator)

    @property
    def beats_s(self) -> Times:
        """The times of `beats` in the clip, in seconds."""
        return self.seconds(self.beats)

    def seconds(self, beats: Times | float) -> Times:
        """Return the times of `beats` in the clip, in seconds."""
        return np.asarray(_follow(np.asarray(beats, dtype=np.float64), self.curve_beats, self.curve_s))

    @cached_property
    def stems(self) -> dict[str, Audio]:
        """float32 [shape=(frames, 2)] each."""
        return render(self.hits, lambda beat: float(self.seconds(beat)), self.length_s, self.sample_rate, self.seed)

    @property
    def mix(self) -> Audio:
        return mixed(self.stems)

    def reference(self, tempo_map: TempoMap) -> dict[str, Audio]:
        """Return the stems rendered on the target grid, the result of a perfect warp."""
        length_s = tempo_map.seconds(self.length_beats)
        return render(self.hits, lambda beat: _seconds(tempo_map, beat), length_s, self.sample_rate, self.seed)

    def true_map(self, tempo_map: TempoMap) -> WarpMap:
        """Return the exact map from the clip onto `tempo_map`, first downbeat at 0, with a pair every 1/16 beat."""
        beats = np.arange(0.0, self.length_beats + 1e-9, 1 / 16)
        return WarpMap(self.seconds(beats), np.array([tempo_map.seconds(beat) for beat in beats]))


def drift_case(kind: str, seed: int, sample_rate: int = 22_050, bars: int = 12) -> DriftCase:
    """Return the clip of `kind`, one of `KINDS`, drawn from `seed`."""
    rng = np.random.default_rng([KINDS.index(kind), seed])
    meter = _METERS.get(kind, Meter(4, 4))
    bpm = float(np.round(rng.uniform(78, 150), 2))
    lead_beats = float(rng.choice([0.5, 1.0])) if kind == "pickup" else 0.0
    beats = np.arange(-2 * _STEPS_PER_BEAT, (bars * float(meter.bar_beats) + 4) * _STEPS_PER_BEAT) / _STEPS_PER_BEAT
    tempo = bpm * _tempo_factor(kind, beats, rng)
    seconds = np.concatenate([[0.0], np.cumsum(60.0 / tempo[:-1] / _STEPS_PER_BEAT)])
    start_s = float(rng.uniform(0.1, 1.2)) if kind == "offset" else 0.0
    curve_s = seconds - np.interp(-lead_beats, beats, seconds) + start_s
    hits = _music(kind, meter, bars, lead_beats, rng)
    length_beats = bars * float(meter.bar_beats)
    end_s = float(np.interp(length_beats + rng.choice([0.0, 1.5]), beats, curve_s))
    return DriftCase(kind, seed, bpm, meter, bars, sample_rate, beats, curve_s, hits, end_s)


def _tempo_factor(kind: str, beats: Times, rng: np.random.Generator) -> Times:
    """Return the real tempo over the requested one, for each of `beats`."""
    factors: dict[str, Callable[[], Times]] = {
        "steady": lambda: np.ones_like(beats),
        "wrong_tempo": lambda: np.full_like(beats, 1.0 + rng.choice([-1, 1]) * rng.uniform(0.01, 0.05)),
        "ramp": lambda: 1.0 + np.linspace(0.0, rng.choice([-1, 1]) * rng.uniform(0.02, 0.06), len(beats)),
        "step": lambda: 1.0 + rng.uniform(-0.03, 0.03, 4)[np.searchsorted([10.0, 21.0, 34.0], beats)],
        "sine": lambda: _sine(beats, rng, 0.03),
        "walk": lambda: _walk(beats, rng),
        "rubato": lambda: _sine(beats, rng, 0.05),
    }
    slight = 1.0 + rng.uniform(-0.015, 0.015)
    return factors[kind]() if kind in factors else slight * _sine(beats, rng, 0.01)


def _sine(beats: Times, rng: np.random.Generator, most: float) -> Times:
    depth, period_beats, phase = rng.uniform(0.3 * most, most), rng.uniform(12.0, 40.0), rng.uniform(0, 2 * np.pi)
    return np.asarray(1.0 + depth * np.sin(2 * np.pi * beats / period_beats + phase))


def _walk(beats: Times, rng: np.random.Generator) -> Times:
    """Return a random walk of the tempo from beat to beat, 0.4 % a step, limited to ±4 %."""
    whole = np.arange(np.floor(beats[0]), np.ceil(beats[-1]) + 1)
    steps = np.cumsum(rng.normal(0.0, 0.004, len(whole)))
    return np.asarray(1.0 + np.clip(np.interp(beats, whole, steps - steps.mean()), -0.04, 0.04))


def _music(kind: str, meter: Meter, bars: int, lead_beats: float, rng: np.random.Generator) -> tuple[DriftNote, ...]:
    """Return all notes, in a random style that fits the meter."""
    root = int(rng.integers(33, 45))
    chords = rng.choice([0, 3, 5, 7, 8, 10], size=4)
    chords[0] = 0
    hits: list[DriftNote] = []
    drums = [] if kind in DRUMLESS else _drum_bar(meter, rng)
    tonal = _tonal_bar(kind, meter, rng)
    silent = range(bars // 2 - 1, bars // 2 + 1) if kind == "gap" else range(0)
    for bar in range(bars):
        start = bar * float(meter.bar_beats)
        pitch = root + int(chords[bar % 4])
        playing = [*drums, *tonal] if bar not in silent else []
        hits += [
            DriftNote(hit.stem, hit.sound, start + hit.beat, hit.length_beats, hit.pitch + pitch, hit.level)
            for hit in playing
        ]
    pickup = np.arange(0.0, lead_beats, 0.5)
    hits += [DriftNote("keys", "pluck", -lead_beats + at, 0.5, root + 31, 0.6) for at in pickup]
    return tuple(_played(hit, kind, rng) for hit in hits)


def _played(hit: DriftNote, kind: str, rng: np.random.Generator) -> DriftNote:
    """Return `hit` with a random level, swing and jitter."""
    beat = hit.beat
    if kind == "swing" and round(beat * 4) % 2 == 0 and round(beat * 2) % 2 == 1:
        beat += 1 / 7
    late_s = float(rng.normal(0.0, 0.003)) if kind == "jitter" else 0.0
    level = hit.level * float(rng.uniform(0.8, 1.0))
    return DriftNote(hit.stem, hit.sound, beat, hit.length_beats, hit.pitch, level, late_s)


def _drum_bar(meter: Meter, rng: np.random.Generator) -> list[DriftNote]:
    """Return one bar of drums: kick on the downbeat, snare on back beats, hats in eighths or sixteenths."""
    length = float(meter.bar_beats)
    hat_step = 0.5 if meter.denominator == 8 else float(rng.choice([0.5, 0.5, 0.25]))
    hits = [
        DriftNote("drums", "hat", beat, hat_step, level=0.5 if beat % 1 == 0 else 0.35)
        for beat in np.arange(0, length, hat_step)
    ]
    kicks = {0.0} | {float(beat) for beat in np.arange(0.5, length, 0.5) if rng.random() < 0.2}
    style = rng.choice(["rock", "floor", "half"])
    if meter.denominator == 8:
        snares = {1.5, 4.5} if length > 4 else {1.5 if meter.numerator == 6 else 2.0}
    elif style == "floor":
        kicks, snares = kicks | set(np.arange(0.0, length)), set(np.arange(1.0, length, 2.0))
    else:
        snares = set(np.arange(1.0, length, 2.0)) if style == "rock" else {2.0}
    hits += [DriftNote("drums", "kick", beat) for beat in sorted(kicks - snares)]
    return hits + [DriftNote("drums", "snare", beat) for beat in sorted(snares)]


def _tonal_bar(kind: str, meter: Meter, rng: np.random.Generator) -> list[DriftNote]:
    """Return one bar of bass, keys and pad above a root of 0."""
    length = float(meter.bar_beats)
    third = int(rng.choice([3, 4]))
    step = float(rng.choice([0.5, 1.0]))
    pads = [DriftNote("pad", "pad", 0.0, length, 24 + tone, 0.6) for tone in (0, third, 7)]
    if kind == "pads":
        half = length / 2
        return [DriftNote("pad", "pad", at, half, 24 + tone, 0.6) for at in (0.0, half) for tone in (0, third, 7)]
    bass = [DriftNote("bass", "bass", beat, 0.8 * step, 0, 0.7) for beat in np.arange(0.0, length, step)]
    arpeggio = rng.choice([0, third, 7, 12], size=round(length * 2))
    keys = [
        DriftNote("keys", "pluck", 0.5 * i, 0.5, 24 + int(tone), 0.5)
        for i, tone in enumerate(arpeggio)
        if rng.random() < 0.8
    ]
    return bass + keys + pads


def _follow(values: Times, knots: Times, images: Times) -> Times:
    """Interpolate linearly through the points, and extrapolate along the outermost segments."""
    piece = np.clip(np.searchsorted(knots, values, side="right") - 1, 0, len(knots) - 2)
    slope = (images[piece + 1] - images[piece]) / (knots[piece + 1] - knots[piece])
    return np.asarray(images[piece] + (values - knots[piece]) * slope)


def _seconds(tempo_map: TempoMap, beat: float) -> float:
    return tempo_map.seconds(beat) if beat >= 0 else 60.0 * beat / tempo_map.points[0].bpm
