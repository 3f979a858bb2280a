"""What the sketch engine's composer hands to its renderer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from engine.score import Score
from engine.sketch.mix_style import NEUTRAL, MixStyle


@dataclass(frozen=True, slots=True)
class PartMix:
    """How one part sits in the mix.

    Attributes:
        level_db: loudness of the part relative to the others, in dB (0 = the loudest part's level).
        pan: −1 left … 1 right.
        width: stereo width, 0 mono … 1 wide (below 120 Hz everything stays mono).
        reverb: send into the room, 0–1.
        duck: how far the kick drum pushes the part down, 0 none … 1 deep.
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
    """A chord of the piece: what may be heard over it.

    Attributes:
        start_beats, end_beats: in quarter notes from the start, exact.
        name: as a lead sheet has it ("Em7").
        scale: every pitch class (0 = C) that notes which start over it may have; the key's own for the key's chords.
    """

    start_beats: Fraction
    end_beats: Fraction
    name: str
    scale: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Composition:
    """A score with all that is needed to make it sound.

    Attributes:
        score: parts in mix order; each part's `instrument` is a name that the renderer knows.
        mixes: by stem name; one for every part.
        style: the style's name; "house with jazz" for a blend.
        notices: plain sentences for the user (what was taken instead of words nobody knows, …).
        chords: the piece's chords, without gaps.
        swing_pair_beats, swing_long_share: the declared grid: of every pair of steps, so many quarter notes long, the
            first takes this share (1/2 = straight).
        feel: 1/2 where the style is played in half time, 2 in double time, else 1.
        sections: kinds of the sections, in order ("verse", "chorus"; letters where nobody named them).
        stem_seeds: seeds of the parts that go by their own, in the order in which they are put into the mix.
        reference: the same piece without those seeds, where there are any: the stems that did not change have to
            sound as they do in it.
        mix_style: how the mix as a whole sounds.
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
