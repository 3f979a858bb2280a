"""The drummer: a two-bar groove frozen for a section, fills at its middle and end, a crash where one begins."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from engine.sketch.compose.events import Hit, level_of, stream
from engine.sketch.compose.form import Plan, Section
from engine.sketch.compose.grid import SIXTEENTH, TICKS, Measure
from engine.sketch.compose.rhythm import Frozen, draw_picks
from engine.sketch.pattern import Pattern
from engine.sketch.style import DRUM_KEYS, Style

TIMEKEEPERS = ("hat", "ride", "shaker", "tambourine", "pedal")
"""Lanes that keep time, and so thin out at high tempos."""
EXTRAS = ("tambourine", "shaker", "cowbell", "tom_low", "tom_floor", "tom_mid_low", "tom_mid", "tom_high", "side")
"""Lanes that change when a section comes back."""
MOST_EXTRAS = 3
"""How many of them play together: more is a crowd."""
RIDE_CHANCE = 0.6
STROKE = SIXTEENTH - SIXTEENTH // 10


def play_drums(style: Style, plan: Plan, seed: int) -> list[Hit]:
    """Return the drum part; pitches are General MIDI percussion keys."""
    hits: list[Hit] = []
    for section in plan.sections:
        drummer = _Groove(style, plan.step, seed, section)
        for position, measure in enumerate(section.measures):
            played = drummer.measure(measure, position % 2)
            size = section.fill_at(position)
            if size:
                fills = style.big_fills if size == "big" else style.small_fills
                chance = stream(seed, "drums", "fill", section.index, position)
                played = _with_fill(played, measure, chance.choice(fills), size, chance)
            hits += played
        start = section.measures[0].start
        hits.append(Hit(start, TICKS, DRUM_KEYS["crash"], style.crash_level))
        hits.append(Hit(start, STROKE, DRUM_KEYS["kick"], 9))
    return hits


class _Groove:
    """One section's groove: a frozen rhythm for every lane that plays."""

    def __init__(self, style: Style, step: int, seed: int, section: Section) -> None:
        name = (seed, "drums", section.letter)
        lanes = dict(style.drums)
        rides = section.letter != "A" and "ride" in lanes and stream(*name, "top").random() < RIDE_CHANCE
        lanes.pop("hat" if rides else "ride", None)
        extras = [lane for lane in EXTRAS if lane in lanes]
        for lane in stream(*name, "hands", section.repeat).sample(extras, max(0, len(extras) - MOST_EXTRAS)):
            del lanes[lane]
        self._lanes: dict[str, Frozen] = {}
        # The open hat goes first: where it rings, the closed one rests, as one foot moves both.
        for lane in sorted(lanes, key=lambda lane: (lane != "open", lane)):
            again = (*name, lane, section.repeat if lane in EXTRAS else 0)
            # Kicks and extras may answer in the second measure, the others stay.
            picks = draw_picks(stream(*again), 0.6 if lane in ("kick", *EXTRAS) else 0.0)
            self._lanes[lane] = Frozen(lanes[lane], picks, again, step=step if lane in TIMEKEEPERS else 1)

    def measure(self, measure: Measure, parity: int) -> list[Hit]:
        """Play `measure`, the first (0) or second (1) of its pair."""
        opened: set[int] = set()
        hits: list[Hit] = []
        for lane, rhythm in self._lanes.items():
            for cell in rhythm.measure(measure, parity):
                if lane == "open":
                    opened.add(cell.start)
                elif lane in ("hat", "pedal") and cell.start in opened:
                    continue
                hits.append(Hit(cell.start, max(STROKE, cell.length), DRUM_KEYS[lane], int(cell.symbol)))
        return hits


def _with_fill(
    played: list[Hit], measure: Measure, fill: Mapping[str, Pattern], size: str, chance: Random
) -> list[Hit]:
    """Let `fill` take over from the groove at the end of `measure`; a small one within its second half."""
    wanted = max(pattern.steps for pattern in fill.values()) * SIXTEENTH
    window = min(wanted, measure.length - (measure.middle if size == "small" or measure.length <= 2 * TICKS else 0))
    start = measure.end - window
    keeps_kick = "kick" not in fill
    kept = [hit for hit in played if hit.start < start or (keeps_kick and hit.pitch == DRUM_KEYS["kick"])]
    for lane, pattern in fill.items():
        for mark in pattern.marks:
            at = measure.end - (pattern.steps - mark.at) * SIXTEENTH
            level = level_of(mark.symbol, chance)
            if at >= start and level:
                kept.append(Hit(at, STROKE, DRUM_KEYS[lane], level))
    return kept
