"""The arpeggio part: a two-bar figure over chord tones, numbered upwards from the root."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from engine.sketch.compose.events import MAYBE, TickHit, stream
from engine.sketch.compose.form import Section
from engine.sketch.compose.grid import SIXTEENTH
from engine.sketch.compose.harmony import Chord, chord_at
from engine.sketch.compose.rhythm import FrozenRhythm, draw_picks, habit_of
from engine.sketch.style.model import Style

SWAP_CHANCE = 0.2
HABIT = "3"
"""Symbol (rung) of the extra note that differs from seed to seed."""
ACCENT, PLAIN = 7, 5


def play_arp(
    style: Style, section: Section, chords: Sequence[Chord], seed: int, take: int, step: int = 1
) -> list[TickHit]:
    """Return the arpeggio of `section` over `chords`, accented at beat group starts, on a grid of `step` ticks."""
    part = style.parts["arp"]
    chance = stream(seed, "arp", section.letter)
    picks, name = draw_picks(chance, 0.5), (seed, "arp", section.letter, take)
    rhythm = FrozenRhythm(style.arp, picks, name, _decide, step, habit_of(style, HABIT), section.kind.intensity)
    hits: list[TickHit] = []
    for position, measure in enumerate(section.measures):
        beats = {measure.start + group.start for group in measure.groups}
        for cell in rhythm.measure(measure, position % 2):
            pitch = _rung(chord_at(chords, cell.start), cell.symbol, part.low, part.high)
            length = max(SIXTEENTH // 2, round(cell.length * part.gate))
            hits.append(TickHit(cell.start, length, pitch, ACCENT if cell.start in beats else PLAIN))
    return hits


def _decide(symbol: str, chance: Random) -> str:
    """Decide an open mark ("?"); with `SWAP_CHANCE` replace a rung by another one."""
    if symbol == "?":
        return chance.choice("123") if chance.random() < MAYBE else ""
    if symbol in "2345" and chance.random() < SWAP_CHANCE:
        return chance.choice("12345")
    return symbol


def _rung(chord: Chord, symbol: str, low: int, high: int) -> int:
    """Return the MIDI note of a mark; above `high` it is moved down by octaves, below `low` up by one."""
    root = low + (chord.root - low) % 12
    if symbol == "n":
        pitch = root + (chord.scale[1] - chord.root) % 12
    elif symbol == "m":
        pitch = root + (chord.scale[-1] - chord.root) % 12 - 12
    else:
        octave, tone = divmod(int(symbol) - 1, 3)
        pitch = root + 12 * octave + (chord.triad[tone] - chord.root) % 12
    while pitch > high:
        pitch -= 12
    return pitch if pitch >= low else pitch + 12
