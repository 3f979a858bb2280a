"""The drummer and the percussionist: a two-bar groove frozen for a section; the drummer fills and crashes."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from engine.sketch.compose.events import Hit, level_of, stream
from engine.sketch.compose.form import Plan, Section
from engine.sketch.compose.grid import SIXTEENTH, TICKS, Measure
from engine.sketch.compose.rhythm import Frozen, Habit, draw_picks, habit_of
from engine.sketch.instruments import DRUM_KEYS
from engine.sketch.pattern import LEVEL_MARKS, Pattern, parse_pattern
from engine.sketch.style.model import Patterns, Style

TIMEKEEPERS = ("hat", "ride", "shaker", "tambourine", "pedal", "cabasa", "bell")
"""Lanes that keep time, and so thin out at high tempos."""
CORE = ("kick", "snare", "clap", "hat", "open", "ride", "pedal", "crash", "china", "bell")
"""Lanes that stay when a section comes back; all others are extras."""
MOST_EXTRAS = (0, 1, 3, 3, 4)
"""How many extras play together, by intensity: more is a crowd."""
MOST_HANDS = (1, 2, 3, 4, 5)
"""How many lanes the percussionist plays, by intensity."""
RIDE_CHANCE = 0.6
HABIT = "3"
"""Level of the ghost stroke that is a player's own, in lanes that keep time or add colour."""
STROKE = SIXTEENTH - SIXTEENTH // 10
ROLL = {"snare": parse_pattern("4445556667778899", LEVEL_MARKS, "roll"), "kick": parse_pattern("", "", "roll")}
"""The snare's sixteenths into a drop, without a kick."""


def play_drums(style: Style, plan: Plan, seed: int) -> list[Hit]:
    """Return the drum part; pitches are General MIDI percussion keys."""
    hits: list[Hit] = []
    for section in plan.sections:
        drummer = _Groove(_kit(style, section, seed), plan.step, seed, "drums", section, habit_of(style, HABIT))
        for position, measure in enumerate(section.measures):
            played = drummer.measure(measure, position % 2)
            if section.kind.intensity == 1:
                played = [hit for hit in played if hit.level > 4]
            size = section.fill_at(position)
            if size:
                played = _filled(style, played, section, position, size, seed)
            hits += played
        start = section.measures[0].start
        hits.append(Hit(start, TICKS, DRUM_KEYS["crash"], style.crash_level))
        hits.append(Hit(start, STROKE, DRUM_KEYS["kick"], 9))
    return hits


def play_percussion(style: Style, plan: Plan, seed: int) -> list[Hit]:
    """Return the percussion part; it rests where its section says so, but never for the whole piece."""
    hits: list[Hit] = []
    for section in plan.sections:
        if "percussion" in section.kind.rests and len(plan.sections) > 1:
            continue
        lanes = dict(style.percussion)
        most = MOST_HANDS[section.kind.intensity - 1]
        for lane in stream(seed, "percussion", section.letter).sample(list(lanes), max(0, len(lanes) - most)):
            del lanes[lane]
        hands = _Groove(lanes, plan.step, seed, "percussion", section, habit_of(style, HABIT))
        for position, measure in enumerate(section.measures):
            hits += hands.measure(measure, position % 2)
    if not any(hit.start < plan.end for hit in hits):
        lane = next(iter(style.percussion))
        hits.append(Hit(0, STROKE, DRUM_KEYS[lane], 6))
    return hits


def _kit(style: Style, section: Section, seed: int) -> dict[str, Patterns]:
    """Return the lanes that the drummer plays in `section`: hat or ride, and some of the extras."""
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
    """One section's groove: a frozen rhythm for every lane that plays."""

    def __init__(
        self, lanes: Mapping[str, Patterns], step: int, seed: int, part: str, section: Section, own: Habit
    ) -> None:
        self._lanes: dict[str, Frozen] = {}
        # The open hat goes first: where it rings, the closed one rests, as one foot moves both.
        for lane in sorted(lanes, key=lambda lane: (lane != "open", lane)):
            is_extra = lane not in CORE and part == "drums"
            again = (seed, part, section.letter, lane, section.repeat if is_extra else 0)
            # Kicks, extras and hands may answer in the second measure, the others stay.
            answers = lane not in CORE or lane == "kick"
            picks = draw_picks(stream(*again), 0.6 if answers else 0.0)
            habit = own if lane in TIMEKEEPERS or lane not in CORE else None
            own_step = step if lane in TIMEKEEPERS else 1
            intensity = section.kind.intensity
            self._lanes[lane] = Frozen(lanes[lane], picks, again, step=own_step, habit=habit, intensity=intensity)

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


def _filled(style: Style, played: list[Hit], section: Section, position: int, size: str, seed: int) -> list[Hit]:
    """Let a fill take over from the groove at the end of a measure; into a drop it is a roll."""
    measure = section.measures[position]
    chance = stream(seed, "drums", "fill", section.index, position)
    is_build = section.then is not None and section.then.intensity == 5 and section.kind.intensity < 5
    if is_build and position == len(section.measures) - 1 and "clap" in style.drums:
        return _with_fill(played, measure, ROLL, "big", chance)
    fills = style.big_fills if size == "big" else style.small_fills
    return _with_fill(played, measure, chance.choice(fills), size, chance)


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
