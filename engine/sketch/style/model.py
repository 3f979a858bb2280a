"""Data types of a style, the sketch engine's description of a kind of music.

Each style is a TOML file in `styles/` (described in `docs/styles.md`); `style.file` reads and checks them, `library`
keeps them, `prompt` chooses among them.
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
"""Alternative patterns by meter ("4/4")."""


class ChordStep(NamedTuple):
    """A chord of a progression: degree 1–7 and a chord quality ("7", "m7b5"), or "" for the diatonic chord."""

    degree: int
    quality: str = ""


Progression = tuple[tuple[ChordStep, ...], ...]
"""Chords by bar; a bar with two changes in its middle."""


@dataclass(frozen=True, slots=True)
class Swing:
    """Swing: of every pair of steps, `pair_beats` quarters long, the first takes `long_share` (1/2 = straight)."""

    pair_beats: Fraction
    long_share: Fraction


@dataclass(frozen=True, slots=True)
class PartStyle:
    """Sound and playing range of one part.

    Attributes:
        instrument: name of the instrument.
        mix: its mix settings.
        gate: share of its written length that a note is held, 0–1.
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
        words: prompt words that select it, lower case.
        keys: candidates, one of which is drawn when the request names no key.
        tempo: usual range in beats per minute, low and high; outside it the style is played in half or double time.
        home_bpm: the tempo that is taken where nobody has said one.
        syncopation: band (low, high) of the share of off-beat onsets that sounds right.
        crash_level: velocity level 1–9 of the crash at section starts.
        pentatonic: True if the lead's passing notes keep to the five-note scale.
        section_bars: number of measures of a section.
        layers: the parts that play by default.
        grouping: group sizes in eighths or sixteenths, by meter, for meters with an unusual grouping.
        colours: alternatives of the voiced chord tones (1, 3, 5, 7, 9, or 1 5 8 for power chords).
        harmony: progressions by mode.
        drums, percussion: by lane ("kick"), then by meter.
        bass, chords, pad, lead, arp: rhythms by meter.
        small_fills, big_fills: by lane, in sixteenths, ending with the bar.
        mix_style: settings of the mix as a whole.
    """

    name: str
    words: tuple[str, ...]
    keys: tuple[Key, ...]
    tempo: tuple[float, float]
    home_bpm: float
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
