"""What an instrument is to the mixer: one function that sounds a key, and how keys of a part are played together."""

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
    """One way of playing one key; equal strokes sound equal.

    Attributes:
        key: MIDI note number as written; in a kit the General MIDI percussion key.
        hz: fundamental frequency, with tuning in it (no meaning in a kit).
        force: how hard it is played, 0–1.
        take: round robin, 0 and up.
        frames: how much of it is needed.
        rate: frames per second.
        from_hz: frequency that a gliding instrument comes from; 0 if it starts on its own.
    """

    key: int
    hz: float
    force: float
    take: int
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
class Piece:
    """One drum of a kit.

    Attributes:
        recipe: sounds a stroke [shape=(stroke.frames,)], not yet levelled.
        ring_s: how long it sounds.
        level: amplitude in the kit.
        pan: place, −1 left … 1 right.
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
        longest_s: no stroke sounds longer than this.
        release_s: fade after the key is let go.
        gated: False if strokes ring on whatever the note's length (drums, mallets).
        sustains: True if it sounds for as long as the key is held; longer than `longest_s` it is struck again.
        mono: True if a new note ends the ones before it.
        classes: number of velocity classes with a timbre of their own.
        takes: number of round robins.
        glide_s: how long a tone takes to come from the one before it where they are tied; 0 for no gliding.
        dynamic: exponent from velocity / 127 to amplitude.
        spread: how far low keys sit left and high keys right, 0–1.
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
    classes: int = 5
    takes: int = 1
    glide_s: float = 0.0
    dynamic: float = 1.3
    spread: float = 0.0
    diffuse: float = 0.5
    tone: tuple[Eq, ...] = ()
    drive: Drive | None = None
    pieces: Mapping[int, Piece] = field(default_factory=dict)


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
