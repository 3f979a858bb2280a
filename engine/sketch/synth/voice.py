"""The interface between instruments and the mixer: `Voice`, the `Stroke` it renders, and the levelling of sounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
"""Samples: one channel [shape=(frames,)], or middle and side [shape=(1 or 2, frames)]."""

FADE_S = 0.006


@dataclass(frozen=True, slots=True)
class Stroke:
    """One way of playing one key. Equal strokes give equal samples.

    Attributes:
        key: MIDI note number as written; in a kit the General MIDI percussion key.
        hz: fundamental frequency, with tuning in it (no meaning in a kit).
        force: strength of the playing, 0–1.
        round_robin: number of the variation, 0 and up; equal strokes in succession take turns.
        frames: length of the sound to render.
        rate: frames per second.
        from_hz: frequency that a glide starts from; 0 for no glide.
    """

    key: int
    hz: float
    force: float
    round_robin: int
    frames: int
    rate: int
    from_hz: float = 0.0


@dataclass(frozen=True, slots=True)
class Eq:
    """One second-order filter of an instrument's tone.

    Attributes:
        kind: "high_pass", "low_pass", "peak", "low_shelf" or "high_shelf".
        hz: corner or centre.
        gain_db: for peak and shelves.
        q: quality.
    """

    kind: str
    hz: float
    gain_db: float = 0.0
    q: float = 0.7071


@dataclass(frozen=True, slots=True)
class Drive:
    """An amplifier that distorts the sum of a part's notes: gain into the curve, and asymmetry of the curve."""

    gain: float
    bias: float = 0.15


@dataclass(frozen=True, slots=True)
class Drum:
    """One drum of a kit.

    Attributes:
        recipe: renders a stroke [shape=(stroke.frames,)], not yet levelled.
        ring_s: how long it sounds.
        level: amplitude in the kit.
        pan: −1 left … 1 right.
    """

    recipe: Callable[[Stroke], Sound]
    ring_s: float
    level: float
    pan: float = 0.0


@dataclass(frozen=True, slots=True)
class Voice:
    """An instrument.

    Attributes:
        name: as in `Part.instrument`.
        sound: renders a stroke: middle alone or middle and side [shape=(1 or 2, stroke.frames)].
        longest_s: the longest sound of a stroke.
        release_s: fade after the key is let go.
        gated: False if strokes ring on, regardless of the note's length (drums).
        sustains: True if it sounds for as long as the key is held; after `longest_s` it is struck again.
        mono: True if a new note ends the ones before it.
        velocity_layers: number of velocity ranges that differ in timbre.
        takes: number of round robins.
        glide_s: time of the glide from the tone before in a tie; 0 for no glide.
        dynamic: exponent from velocity / 127 to amplitude.
        spread: panning of low keys to the left and high keys to the right, 0–1.
        diffuse: share of decorrelated side signal at full width, 0–1.
        tone: filters on the whole part.
        drive: amplifier on the whole part, before the tone.
        pieces: the drums of a kit by General MIDI key; none in tuned instruments.
    """

    name: str
    sound: Callable[[Stroke], Sound]
    longest_s: float = 8.0
    release_s: float = 0.05
    gated: bool = True
    sustains: bool = False
    mono: bool = False
    velocity_layers: int = 5
    round_robins: int = 1
    glide_s: float = 0.0
    dynamic: float = 1.3
    spread: float = 0.0
    diffuse: float = 0.5
    tone: tuple[Eq, ...] = ()
    drive: Drive | None = None
    pieces: Mapping[int, Drum] = field(default_factory=dict)


def level(audio: Sound, rate: int, rms: float = 0.2) -> Sound:
    """Return `audio` with its loudest 50 ms at `rms`, faded out at its end [shape=(1 or 2, frames)]."""
    shaped = np.atleast_2d(audio).astype(np.float32)
    window = max(1, min(shaped.shape[1], rate // 20))
    count = shaped.shape[1] // window
    power = np.square(shaped[0, : count * window]).reshape(count, window).mean(axis=1)
    shaped *= np.float32(rms / max(float(np.sqrt(power.max())), 1e-9))
    return fade_end(shaped, rate)


def strike_level(audio: Sound, rate: int) -> Sound:
    """Return one-channel `audio` with a peak near 1, faded out at its end [shape=(1, frames)].

    The measure is half the peak and half the power of the loudest 5 ms (in dB): peaks alone would make round robins
    of noisy drums differ by several dB.
    """
    shaped = np.atleast_2d(audio).astype(np.float32)
    window = max(1, min(shaped.shape[1], rate // 200))
    count = shaped.shape[1] // window
    power = np.square(shaped[0, : count * window]).reshape(count, window).mean(axis=1)
    size = float(np.abs(shaped).max()) * 2.5 * float(np.sqrt(power.max()))
    shaped *= np.float32(1.0 / max(float(np.sqrt(size)), 1e-9))
    return fade_end(shaped, rate)


def fade_end(audio: Sound, rate: int) -> Sound:
    """Fade the last few milliseconds of `audio` to 0 in place, and return it."""
    count = min(audio.shape[-1], max(1, round(FADE_S * rate)))
    audio[..., -count:] *= (0.5 + 0.5 * np.cos(np.pi * (np.arange(count) + 1) / count)).astype(np.float32)
    return audio
