"""The drum and percussion parts: a two-bar groove fixed for a section; the drums add fills and crashes."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from engine.sketch.compose.events import TickHit, level_of, stream
from engine.sketch.compose.form import FormPlan, Section
from engine.sketch.compose.grid import SIXTEENTH, TICKS, Measure
from engine.sketch.compose.rhythm import FrozenRhythm, Habit, draw_picks, habit_of
from engine.sketch.instruments import DRUM_KEYS
from engine.sketch.pattern import LEVEL_MARKS, Pattern, parse_pattern
from engine.sketch.style.model import Patterns, Style

TIMEKEEPERS = ("hat", "ride", "shaker", "tambourine", "pedal", "cabasa", "bell")
"""Lanes that keep time; they are thinned out at high tempos."""
CORE = ("kick", "snare", "clap", "hat", "open", "ride", "pedal", "crash", "china", "bell")
"""Lanes that stay the same when a section repeats; all others are extras."""
MOST_EXTRAS = (0, 1, 3, 3, 4)
"""Highest number of extra lanes at a time, by intensity 1–5."""
MOST_PERCUSSION_LANES = (1, 2, 3, 4, 5)
"""Highest number of percussion lanes at a time, by intensity 1–5."""
RIDE_CHANCE = 0.6
HABIT = "3"
"""Symbol (velocity level) of the ghost stroke that differs from seed to seed, in timekeeping and extra lanes."""
STROKE = SIXTEENTH - SIXTEENTH // 10
ROLL = {"snare": parse_pattern("4445556667778899", LEVEL_MARKS, "roll"), "kick": parse_pattern("", "", "roll")}
"""The snare's sixteenths into a drop, without a kick."""


def play_drums(style: Style, plan: FormPlan, seed: int) -> list[TickHit]:
    """Return the drum part of the whole piece; pitches are General MIDI percussion keys."""
    hits: list[TickHit] = []
    for section in plan.sections:
        drummer = _Groove(_kit(style, section, seed), plan.step, seed, "drums", section, habit_of(style, HABIT))
        for position, measure in enumerate(section.measures):
            played = drummer.measure(measure, position % 2)
            if section.kind.intensity == 1:
                played = [hit for hit in played if hit.level > 4]
            size = section.fill_at(position)
            if size:
                played = _with_section_fill(style, played, section, position, size, seed)
            hits += played
        start = section.measures[0].start
        hits.append(TickHit(start, TICKS, DRUM_KEYS["crash"], style.crash_level))
        hits.append(TickHit(start, STROKE, DRUM_KEYS["kick"], 9))
    return hits


def play_percussion(style: Style, plan: FormPlan, seed: int) -> list[TickHit]:
    """Return the percussion part; it rests in sections whose kind says so, but never for the whole piece."""
    hits: list[TickHit] = []
    for section in plan.sections:
        if "percussion" in section.kind.rests and len(plan.sections) > 1:
            continue
        lanes = dict(style.percussion)
        most = MOST_PERCUSSION_LANES[section.kind.intensity - 1]
        for lane in stream(seed, "percussion", section.letter).sample(list(lanes), max(0, len(lanes) - most)):
            del lanes[lane]
        hands = _Groove(lanes, plan.step, seed, "percussion", section, habit_of(style, HABIT))
        for position, measure in enumerate(section.measures):
            hits += hands.measure(measure, position % 2)
    if not any(hit.start < plan.end for hit in hits):
        lane = next(iter(style.percussion))
        hits.append(TickHit(0, STROKE, DRUM_KEYS[lane], 6))
    return hits


def _kit(style: Style, section: Section, seed: int) -> dict[str, Patterns]:
    """Return the drum lanes used in `section`: hat or ride, the other core lanes, and some of the extras."""
    lanes = dict(style.drums)
    name = (seed, "drums", section.letter)
    rides = section.letter != "A" and "ride" in lanes and stream(*name, "top").random() < RIDE_CHANCE
    if "hat" in lanes:
        lanes.pop("hat" if rides else "ride", None)
    extras = [lane for lane in lanes if lane not in CORE]
    most = MOST_EXTRAS[section.kind.intensity - 1]
    for lane in stream(*name, "hands", section.repeat).sample(extras, max(0, len(extras) - most)):
        del lanes[lane]
    return lanes


class _Groove:
    """Groove of one section: a fixed rhythm for every lane that plays."""

    def __init__(
        self, lanes: Mapping[str, Patterns], step: int, seed: int, part: str, section: Section, own: Habit
    ) -> None:
        self._lanes: dict[str, FrozenRhythm] = {}
        # The open hat goes first: where it is played the closed and pedal hats rest, being the same pair of cymbals.
        for lane in sorted(lanes, key=lambda lane: (lane != "open", lane)):
            is_extra = lane not in CORE and part == "drums"
            again = (seed, part, section.letter, lane, section.repeat if is_extra else 0)
            # Kicks, extras and percussion may vary in the second measure; the other lanes repeat the first.
            answers = lane not in CORE or lane == "kick"
            picks = draw_picks(stream(*again), 0.6 if answers else 0.0)
            habit = own if lane in TIMEKEEPERS or lane not in CORE else None
            own_step = step if lane in TIMEKEEPERS else 1
            intensity = section.kind.intensity
            self._lanes[lane] = FrozenRhythm(
                lanes[lane], picks, again, step=own_step, habit=habit, intensity=intensity
            )

    def measure(self, measure: Measure, parity: int) -> list[TickHit]:
        """Play `measure`, the first (0) or second (1) of its pair."""
        opened: set[int] = set()
        hits: list[TickHit] = []
        for lane, rhythm in self._lanes.items():
            for cell in rhythm.measure(measure, parity):
                if lane == "open":
                    opened.add(cell.start)
                elif lane in ("hat", "pedal") and cell.start in opened:
                    continue
                hits.append(TickHit(cell.start, max(STROKE, cell.length), DRUM_KEYS[lane], int(cell.symbol)))
        return hits


def _with_section_fill(
    style: Style, played: list[TickHit], section: Section, position: int, size: str, seed: int
) -> list[TickHit]:
    """Replace the end of the measure at `position` by one of the style's fills, or by a roll before a drop."""
    measure = section.measures[position]
    chance = stream(seed, "drums", "fill", section.index, position)
    is_build = section.next_kind is not None and section.next_kind.intensity == 5 and section.kind.intensity < 5
    if is_build and position == len(section.measures) - 1 and "clap" in style.drums:
        return _with_fill(played, measure, ROLL, "big", chance)
    fills = style.big_fills if size == "big" else style.small_fills
    return _with_fill(played, measure, chance.choice(fills), size, chance)


def _with_fill(
    played: list[TickHit], measure: Measure, fill: Mapping[str, Pattern], size: str, chance: Random
) -> list[TickHit]:
    """Replace the groove at the end of `measure` by `fill`; a small fill stays within the second half."""
    fill_ticks = max(pattern.steps for pattern in fill.values()) * SIXTEENTH
    window = min(
        fill_ticks, measure.length - (measure.middle if size == "small" or measure.length <= 2 * TICKS else 0)
    )
    start = measure.end - window
    keeps_kick = "kick" not in fill
    kept = [hit for hit in played if hit.start < start or (keeps_kick and hit.pitch == DRUM_KEYS["kick"])]
    for lane, pattern in fill.items():
        for mark in pattern.marks:
            at = measure.end - (pattern.steps - mark.at) * SIXTEENTH
            level = level_of(mark.symbol, chance)
            if at >= start and level:
                kept.append(TickHit(at, STROKE, DRUM_KEYS[lane], level))
    return kept
