"""Kinds of song sections (density, register, resting parts), and the order and sizes in which a piece has them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class SectionKind:
    """A kind of section.

    Attributes:
        letter: sections of one letter play the same music.
        intensity: 1 (bare) to 5 (everything); 3 is what the style has written.
        weight: relative length: its measures in a song of usual length.
        lift: semitones by which the melody lies higher than in the verse.
        rests: parts that are silent.
    """

    letter: str
    intensity: int = 3
    weight: int = 8
    lift: int = 0
    rests: tuple[str, ...] = ()


KINDS: Mapping[str, SectionKind] = {
    "loop": SectionKind("A"),
    "intro": SectionKind("A", 1, 4, 0, ("lead", "arp")),
    "verse": SectionKind("A", 2, 8, 0, ("arp",)),
    "prechorus": SectionKind("D", 3, 4, 2),
    "chorus": SectionKind("B", 5, 8, 5),
    "bridge": SectionKind("C", 2, 8, 3, ("percussion",)),
    "build": SectionKind("D", 3, 4, 2, ("lead",)),
    "drop": SectionKind("B", 5, 8, 3),
    "breakdown": SectionKind("C", 1, 8, 0, ("percussion",)),
    "solo": SectionKind("A", 4, 8, 7),
    "outro": SectionKind("A", 1, 4, 0, ("arp",)),
    "A": SectionKind("A", 3),
    "B": SectionKind("B", 4, lift=3),
    "C": SectionKind("C", 2, lift=5),
}
"""Section kinds by name: those of song structure tags, and the letters of pieces without tags."""

NAMES: Mapping[str, str] = {
    "intro": "intro", "introduction": "intro", "opening": "intro", "verse": "verse", "strophe": "verse",
    "pre chorus": "prechorus", "prechorus": "prechorus", "lift": "prechorus", "chorus": "chorus", "hook": "chorus",
    "refrain": "chorus", "post chorus": "chorus", "final chorus": "chorus", "bridge": "bridge", "middle 8": "bridge",
    "middle eight": "bridge", "interlude": "bridge", "drop": "drop", "build": "build", "build up": "build",
    "buildup": "build", "breakdown": "breakdown", "break": "breakdown", "solo": "solo", "guitar solo": "solo",
    "instrumental": "solo", "outro": "outro", "ending": "outro", "end": "outro", "coda": "outro",
}  # fmt: skip
"""Section kind by the text that people write between the brackets of a tag, lower case."""

FORM = "AABAAACA"
"""Letters of consecutive sections without tags, again from the start when used up: verse and chorus, one bridge."""
LONG_SECTIONS = 5
"""Number of sections from which a piece without tags begins with an intro and ends with an outro."""
MAX_TAGS = 64

_TAG = re.compile(r"\[([^\[\]\n]{1,60})\]")


def read_tags(lyrics: str) -> tuple[list[str], list[str]]:
    """Return the section kinds named by the tags of `lyrics`, in order, and the texts of unknown tags."""
    kinds: list[str] = []
    unknown: list[str] = []
    for text in _TAG.findall(lyrics)[:MAX_TAGS]:
        plain = re.sub(r"[\s\-_]+", " ", text.casefold())
        plain = re.sub(r"( \d+| x\d+|[:(,].*)+$", "", plain.strip()).strip()
        if plain in NAMES:
            kinds.append(NAMES[plain])
        elif text not in unknown:
            unknown.append(text)
    return kinds, unknown


def untagged(count: int) -> list[str]:
    """Return the kinds of `count` sections of a piece without tags; long ones get an intro, chorus and outro."""
    if count == 1:
        return ["loop"]
    kinds = [FORM[index % len(FORM)] for index in range(count)]
    if count >= LONG_SECTIONS:
        kinds[0], kinds[-1] = "intro", "outro"
        if count > LONG_SECTIONS:
            kinds[-2] = "chorus"
    return kinds


def share_measures(kinds: Sequence[str], measures: int) -> list[int]:
    """Return the number of `measures` of each section: by weight, in multiples of four or two where there is room.

    The last sections get 0 if there are more sections than measures.
    """
    kept = list(kinds[:measures])
    room = measures / len(kept)
    unit = 4 if room >= 6 else 2 if room >= 3 else 1
    total = sum(KINDS[kind].weight for kind in kept)
    edges = [0]
    for index in range(1, len(kept)):
        exact = measures * sum(KINDS[kind].weight for kind in kept[:index]) / total
        most = measures - (len(kept) - index)
        edges.append(min(most, max(edges[-1] + 1, unit * round(exact / unit))))
    edges.append(measures)
    sizes = [end - start for start, end in pairwise(edges)]
    return sizes + [0] * (len(kinds) - len(kept))
