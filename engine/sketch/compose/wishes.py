"""What a request may ask of the composer beyond style, key and length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.errors import InvalidValue
from engine.music.chords import ChordSymbol, parse_chords
from engine.sketch.instruments import STEMS
from engine.sketch.midi_part import MidiPart, read_midi_part

SEEDS = 2**32


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user gives.

    Attributes:
        lyrics: for their tags: [Verse], [Chorus], …
        chords: a progression by bar, in place of the style's; empty = none.
        stem_seeds: seeds of stems that are to be made anew while all others stay as they are.
        midi_part: one part as the user has it.
    """

    lyrics: str = ""
    chords: tuple[tuple[ChordSymbol, ...], ...] = ()
    stem_seeds: Mapping[str, int] = field(default_factory=dict)
    midi_part: MidiPart | None = None


def read_wishes(block: Mapping[str, object], lyrics: str = "") -> Wishes:
    """Read `chords`, `stem_seeds` and `midi_part` out of a request's block; what is absent or empty is not asked.

    Raises
    ------
    InvalidValue
        If one of them is not allowed, or the MIDI file cannot be read.
    """
    chords, seeds, part = (block.get(name) for name in ("chords", "stem_seeds", "midi_part"))
    return Wishes(
        lyrics=lyrics,
        chords=parse_chords(chords) if chords else (),
        stem_seeds=_seeds(seeds) if seeds else {},
        midi_part=read_midi_part(part) if part else None,
    )


def _seeds(value: object) -> dict[str, int]:
    allowed = f"{{stem: seed}} with stems of {', '.join(STEMS)} and seeds 0–{SEEDS - 1}"
    if not isinstance(value, Mapping):
        raise InvalidValue("stem_seeds", value, allowed)
    for stem, seed in value.items():
        is_seed = isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed < SEEDS
        if stem not in STEMS or not is_seed:
            raise InvalidValue("stem_seeds", value, allowed)
    return dict(value)
