"""Ensembles and pads by PADsynth (Paul Nasca, 2004): strings, choir, and three synthesizer pads.

Each harmonic is a bell of frequencies with random phases; one inverse FFT gives a table that loops without a
seam and sounds like many players. Middle and side differ in their phases.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from engine.sketch.synth.noise import decay, generator, rise
from engine.sketch.synth.voice import Eq, Sound, Stroke, Voice, level

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ensemble:
    """The timbre of a pad.

    Attributes:
        tilt: harmonic k is `k^-tilt` loud.
        corner_hz, opens_hz: frequency above which harmonics fall off: played softly, and added by full force.
        spread: width of the first harmonic as a share of its frequency.
        attack_s, quicker_s: attack when soft, and how much shorter it is at full force.
        formants: (Hz, gain in dB, width in Hz), resonances that do not move with the key.
        octave: amplitude of a second voice an octave up.
        side: amplitude of the side signal.
        bite: share of the tone that decays quickly (60 dB in 0.9 s).
        even: amplitude of the even harmonics relative to the odd ones.
    """

    tilt: float
    corner_hz: float
    opens_hz: float
    spread: float = 0.0055
    attack_s: float = 0.16
    quicker_s: float = 0.1
    formants: tuple[tuple[float, float, float], ...] = ()
    octave: float = 0.0
    side: float = 0.6
    bite: float = 0.0
    even: float = 1.0


WARM = Ensemble(1.05, 700.0, 1500.0)
GLASS = Ensemble(0.75, 2600.0, 3500.0, spread=0.003, attack_s=0.09, octave=0.5, side=0.75, even=0.45)
DARK = Ensemble(1.25, 320.0, 500.0, spread=0.008, attack_s=0.22, side=0.7, even=0.7)
STRINGS = Ensemble(
    0.85,
    2600.0,
    3800.0,
    spread=0.0045,
    attack_s=0.14,
    quicker_s=0.1,
    # Body of the violin family: main wood, nasal dip, bridge hill (Dünnwald 1991).
    formants=((290.0, 4.0, 120.0), (550.0, 3.0, 200.0), (1500.0, -3.0, 600.0), (2700.0, 5.0, 900.0)),
    bite=0.2,
)
LOW_STRINGS = Ensemble(
    0.8,
    1100.0,
    1900.0,
    spread=0.004,
    attack_s=0.11,
    quicker_s=0.08,
    formants=((110.0, 3.0, 60.0), (230.0, 4.0, 110.0), (700.0, 2.0, 300.0)),
    side=0.3,
    bite=0.35,
)
# "Ah", between man and woman (Peterson & Barney 1952).
CHOIR = Ensemble(
    1.2,
    4500.0,
    2500.0,
    spread=0.0075,
    attack_s=0.18,
    formants=((760.0, 15.0, 150.0), (1150.0, 12.0, 180.0), (2750.0, 9.0, 350.0), (3500.0, 5.0, 450.0)),
    side=0.7,
)


def table(stroke: Stroke, ensemble: Ensemble) -> Sound:
    """Return the sound as a loop of a power of two frames, middle and side [shape=(2, about 2.2 s)]."""
    rate = stroke.rate
    size = 1 << int(np.ceil(np.log2(2.2 * rate)))
    spectra = np.zeros((2, size // 2 + 1), np.complex64)
    rng = generator("pad", ensemble.tilt, ensemble.corner_hz, stroke.key, stroke.round_robin)
    corner_hz = (ensemble.corner_hz + ensemble.opens_hz * stroke.force) * (1.0 + stroke.hz / 900.0)
    for voice_hz, share in ((stroke.hz, 1.0), (2.0 * stroke.hz, ensemble.octave)):
        count = min(64, int(min(0.4 * rate, 3.5 * corner_hz, 14_000.0) / voice_hz)) if share else 0
        for number in range(1, max(1, count) + 1 if share else 1):
            centre = number * voice_hz * size / rate
            width = max(0.8, centre * ensemble.spread * number**-0.25)
            bins = np.arange(max(1, int(centre - 3 * width)), min(size // 2, int(centre + 3 * width) + 2))
            bell = np.exp(-(((bins - centre) / width) ** 2)) / np.sqrt(width)
            loud = share * number**-ensemble.tilt / (1.0 + (number * voice_hz / corner_hz) ** 4)
            loud *= ensemble.even if number % 2 == 0 else 1.0
            loud *= float(_formants(np.array(number * voice_hz), ensemble.formants))
            spectra[:, bins] += loud * bell * np.exp(2j * np.pi * rng.random((2, bins.size)))
    return np.asarray(fft.irfft(spectra, size, axis=1), np.float32)


def _formants(hz: Numbers, formants: tuple[tuple[float, float, float], ...]) -> Numbers:
    gain_db = sum((db / (1.0 + ((hz - at) / (width / 2)) ** 2) for at, db, width in formants), np.zeros(()))
    return np.asarray(10.0 ** (gain_db / 20.0), np.float64)


def swell(stroke: Stroke, ensemble: Ensemble) -> Sound:
    """Return a held tone of the ensemble [shape=(2, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    loop = table(stroke, ensemble)
    laps = -(-frames // loop.shape[1])
    sound = np.tile(loop, (1, laps))[:, :frames]
    sound[1] *= ensemble.side
    envelope = rise(frames, rate, ensemble.attack_s - ensemble.quicker_s * stroke.force)
    if ensemble.bite:
        envelope = envelope * (1.0 - ensemble.bite + ensemble.bite * decay(frames, rate, 0.9))
    return level(sound * envelope, rate)


def pizzicato(stroke: Stroke) -> Sound:
    """Return a plucked string section: the ensemble, dying at once, with the fingers' thud [shape=(2, frames)]."""
    frames, rate = stroke.frames, stroke.rate
    sound = np.tile(table(stroke, STRINGS), (1, -(-frames // rate)))[:, :frames]
    sound[1] *= 0.6
    fall = 0.8 * decay(frames, rate, 0.28) + 0.2 * decay(frames, rate, 0.8 * (200.0 / stroke.hz) ** 0.4)
    return level(sound * fall * rise(frames, rate, 0.002), rate)


def _voice(name: str, ensemble: Ensemble, release_s: float, tone: tuple[Eq, ...], mono: bool = False) -> Voice:
    return Voice(
        name,
        partial(swell, ensemble=ensemble),
        longest_s=40.0,
        release_s=release_s,
        mono=mono,
        velocity_layers=3,
        dynamic=1.0,
        tone=tone,
    )


VOICES = (
    _voice("pad_warm", WARM, 0.45, (Eq("high_pass", 110.0),)),
    _voice("pad_glass", GLASS, 0.6, (Eq("high_pass", 160.0), Eq("high_shelf", 5000.0, 2.0))),
    _voice("pad_dark", DARK, 0.6, (Eq("high_pass", 80.0),)),
    _voice("strings", STRINGS, 0.25, (Eq("high_pass", 120.0), Eq("high_shelf", 4000.0, 1.5))),
    _voice("strings_low", LOW_STRINGS, 0.2, (Eq("high_pass", 36.0),)),
    _voice("choir", CHOIR, 0.45, (Eq("high_pass", 130.0),)),
    Voice(
        "strings_pizz",
        pizzicato,
        longest_s=1.2,
        release_s=0.12,
        velocity_layers=4,
        round_robins=2,
        dynamic=1.1,
        tone=(Eq("high_pass", 100.0),),
    ),
)
