"""Parser of rhythm patterns, the text notation of the style files: one character a step.

`.` is silence and `-` holds the note before it. The other characters depend on the part:

- levels: `1`–`9` is a hit on the velocity ladder (2 = ghost note, 9 = accent), always played; `a`–`i` is the same
  hit played with a chance of one half, so that two seeds do not play the same bar.
- bass: `R` root, `r` soft root, `3` `5` `7` chord tones, `8` octave, `n` scale step into the next chord's root, `x`
  dead note, `?` a root, fifth or octave played with a chance of one half, `w` a step of a walk towards the next
  root, `N` the next chord's root, anticipated.
- arp: `1` root, `2` third, `3` fifth, `4` octave, `5` tenth, `6` twelfth, `7` two octaves, `n` the scale step above
  the root, `m` the one below, `?` any of root, third and fifth, played with a chance of one half.

Spaces and `|` are ignored. An empty pattern is a bar of silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from engine.errors import InvalidValue

LEVEL_MARKS = "123456789abcdefghi"
BASS_MARKS = "Rr3578nx?wN"
ARP_MARKS = "1234567nm?"


class Mark(NamedTuple):
    """A note of a pattern: starts at step `at` and lasts `hold` steps; `symbol` says what is played."""

    at: int
    hold: int
    symbol: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern of `steps` equal steps (0 = silence of any length)."""

    steps: int
    marks: tuple[Mark, ...]


def parse_pattern(text: str, marks: str, name: str) -> Pattern:
    """Parse a pattern in which the characters of `marks` start notes.

    Raises
    ------
    InvalidValue
        If `text` has another character, or a hold without a note before it; `name` is its key in the file.
    """
    steps = [character for character in text if character not in " |"]
    found: list[Mark] = []
    for at, symbol in enumerate(steps):
        holds_on = bool(found) and found[-1].at + found[-1].hold == at
        if symbol == "-" and holds_on:
            found[-1] = found[-1]._replace(hold=found[-1].hold + 1)
        elif symbol in marks:
            found.append(Mark(at, 1, symbol))
        elif symbol != ".":
            raise InvalidValue(name, text, f'made of "." for silence, "-" after a note, and {marks!r}')
    return Pattern(len(steps), tuple(found))
