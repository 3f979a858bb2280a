"""The composer's result, which the renderer takes: score, mix settings and chords."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from engine.score import Score
from engine.sketch.mix_style import NEUTRAL, MixStyle


@dataclass(frozen=True, slots=True)
class PartMix:
    """Mix settings of one part.

    Attributes:
        level_db: loudness of the part relative to the others, in dB (0 = the loudest part's level).
        pan: −1 left … 1 right.
        width: stereo width, 0 mono … 1 wide (below 120 Hz everything stays mono).
        reverb: send into the room, 0–1.
        duck: depth of the sidechain ducking by the kick drum, 0 none … 1 deep.
        echo: send into the echo, 0–1.
    """

    level_db: float = 0.0
    pan: float = 0.0
    width: float = 0.3
    reverb: float = 0.1
    duck: float = 0.0
    echo: float = 0.0


@dataclass(frozen=True, slots=True)
class ChordSpan:
    """A chord of the piece and the scale that may be played over it.

    Attributes:
        start_beats, end_beats: in quarter notes from the start, exact.
        name: chord symbol ("Em7").
        scale: every pitch class (0 = C) that notes starting over it may have; that of the key for diatonic chords.
    """

    start_beats: Fraction
    end_beats: Fraction
    name: str
    scale: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Composition:
    """A score with everything needed to render it.

    Attributes:
        score: parts in mix order; each part's `instrument` is one of the renderer's `INSTRUMENTS`.
        mixes: mix settings by stem name; one for every part.
        style: the style's name; "house with jazz" for a blend.
        notices: sentences for the user (the fallback for unknown prompt words, …).
        chords: the piece's chords, without gaps.
        swing_pair_beats, swing_long_share: the swing of the grid: length of a pair of steps in quarter notes, and the
            share of it that the first step takes (1/2 = straight).
        feel: 1/2 where the style is played in half time, 2 in double time, else 1.
        sections: kinds of the sections, in order ("verse", "chorus"; letters where the lyrics have no tags).
        stem_seeds: seeds of the regenerated parts by stem name, in the order in which they are fitted into the mix.
        reference: the same piece without `stem_seeds`, or None if there are none: the unchanged stems must be
            rendered bit for bit as in it.
        mix_style: settings of the mix as a whole.
        fade_start_beats: where the piece begins to fade to silence at its end; None for a loop.
    """

    score: Score
    mixes: Mapping[str, PartMix]
    style: str
    notices: tuple[str, ...] = ()
    chords: tuple[ChordSpan, ...] = ()
    swing_pair_beats: Fraction = Fraction(1, 2)
    swing_long_share: Fraction = Fraction(1, 2)
    feel: Fraction = Fraction(1)
    sections: tuple[str, ...] = ()
    stem_seeds: Mapping[str, int] = field(default_factory=dict)
    reference: Composition | None = None
    mix_style: MixStyle = NEUTRAL
    fade_start_beats: Fraction | None = None
