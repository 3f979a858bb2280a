"""What the sketch engine's composer hands to its renderer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.score import Score


@dataclass(frozen=True, slots=True)
class PartMix:
    """How one part sits in the mix.

    Attributes:
        level_db: loudness of the part relative to the others, in dB (0 = the loudest part's level).
        pan: −1 left … 1 right.
        width: stereo width, 0 mono … 1 wide (below 120 Hz everything stays mono).
        reverb: send into the room, 0–1.
        duck: how far the kick drum pushes the part down, 0 none … 1 deep.
    """

    level_db: float = 0.0
    pan: float = 0.0
    width: float = 0.3
    reverb: float = 0.1
    duck: float = 0.0


@dataclass(frozen=True, slots=True)
class Composition:
    """A score with all that is needed to make it sound.

    Attributes:
        score: parts in mix order; each part's `instrument` is a name that the renderer knows.
        mixes: by stem name; one for every part.
        style: the style's name.
        notices: plain sentences for the user (what was taken instead of words nobody knows, …).
    """

    score: Score
    mixes: Mapping[str, PartMix]
    style: str
    notices: tuple[str, ...] = ()
