"""The optional inputs of the composer beyond style, key and length, read from a request's block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.contract import ENDS
from engine.errors import InvalidValue
from engine.music.chords import ChordSymbol, parse_chords
from engine.sketch.instruments import STEMS
from engine.sketch.midi_part import MidiPart, read_midi_part

SEEDS = 2**32


@dataclass(frozen=True, slots=True)
class Wishes:
    """Optional inputs of a request.

    Attributes:
        lyrics: used for their section tags: [Verse], [Chorus], …
        chords: the user's progression by bar, which replaces the style's; empty = none.
        stem_seeds: seeds of stems to regenerate while all others stay unchanged.
        midi_part: a part supplied by the user.
        ends: the piece ends with a last chord instead of looping.
    """

    lyrics: str = ""
    chords: tuple[tuple[ChordSymbol, ...], ...] = ()
    stem_seeds: Mapping[str, int] = field(default_factory=dict)
    midi_part: MidiPart | None = None
    ends: bool = False


def read_wishes(block: Mapping[str, object], lyrics: str = "") -> Wishes:
    """Read `chords`, `stem_seeds`, `midi_part` and `ending` from a request's block; without them, nothing is wished.

    Raises
    ------
    InvalidValue
        If a value is invalid, or the MIDI file cannot be read.
    """
    chords, seeds, part = (block.get(name) for name in ("chords", "stem_seeds", "midi_part"))
    return Wishes(
        lyrics=lyrics,
        chords=parse_chords(chords) if chords else (),
        stem_seeds=_seeds(seeds) if seeds else {},
        midi_part=read_midi_part(part) if part else None,
        ends=block.get("ending") == ENDS,
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
