"""Styles: what the sketch engine knows about a kind of music.

The knowledge is data, one TOML file a style in `styles/` (described in `docs/styles.md`); `style_file` reads and
checks them, `library` keeps them, `prompt` chooses among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from engine.music import Key
from engine.sketch.composition import PartMix
from engine.sketch.mix_style import NEUTRAL, MixStyle
from engine.sketch.pattern import Pattern

Patterns = Mapping[str, tuple[Pattern, ...]]
"""Alternatives by time signature ("4/4")."""


class Step(NamedTuple):
    """A chord of a progression: degree 1–7 and, where it is not the scale's own, a chord quality ("7", "m7b5")."""

    degree: int
    quality: str = ""


Progression = tuple[tuple[Step, ...], ...]
"""Chords by bar; a bar with two is split in its middle."""


@dataclass(frozen=True, slots=True)
class Swing:
    """The grid's swing: of every pair of steps, `pair_beats` long, the first takes `long_share` (1/2 = straight)."""

    pair_beats: Fraction
    long_share: Fraction


@dataclass(frozen=True, slots=True)
class PartStyle:
    """How one part sounds and plays.

    Attributes:
        instrument: the name of the sound that is wanted.
        mix: how it sits in the mix.
        gate: how much of its written length a note is held, 0–1.
        low, high: range in MIDI note numbers (chords, pad, lead and arp).
    """

    instrument: str
    mix: PartMix
    gate: float = 1.0
    low: int = 0
    high: int = 127


@dataclass(frozen=True, slots=True)
class Style:
    """One style.

    Attributes:
        words: prompt words that ask for it, lower case.
        keys: from which one is drawn when nobody knows the key.
        tempo: beats per minute, low and high, at which it is at home; outside it is felt in half or double time.
        syncopation: band (low, high) of the share of off-beat onsets that sounds right.
        crash_level: velocity level 1–9 of the crash on section starts.
        pentatonic: True if the lead's passing notes keep to the five-note scale.
        section_bars: how many measures a section has.
        layers: the parts that play when nobody chooses.
        grouping: eighths or sixteenths per group where a meter is not to be grouped as usual, by meter.
        colours: chord tones that are voiced (1, 3, 5, 7, 9, or 1 5 8 for power chords), alternatives.
        harmony: progressions by mode.
        drums, percussion: by lane ("kick"), then by meter.
        bass, chords, pad, lead, arp: rhythms by meter.
        small_fills, big_fills: by lane, in sixteenths, ending with the bar.
        mix_style: how the mix as a whole sounds.
    """

    name: str
    words: tuple[str, ...]
    keys: tuple[Key, ...]
    tempo: tuple[float, float]
    swing: Swing
    syncopation: tuple[float, float]
    crash_level: int
    pentatonic: bool
    section_bars: int
    layers: tuple[str, ...]
    parts: Mapping[str, PartStyle]
    grouping: Mapping[str, tuple[int, ...]]
    colours: tuple[tuple[int, ...], ...]
    harmony: Mapping[str, tuple[Progression, ...]]
    drums: Mapping[str, Patterns]
    percussion: Mapping[str, Patterns]
    bass: Patterns
    chords: Patterns
    pad: Patterns
    lead: Patterns
    arp: Patterns
    small_fills: tuple[Mapping[str, Pattern], ...]
    big_fills: tuple[Mapping[str, Pattern], ...]
    mix_style: MixStyle = NEUTRAL
