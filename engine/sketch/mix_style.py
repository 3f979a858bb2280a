"""How a style's mix sounds as a whole: its spectrum, its room, its echo, its width. Plain data, read from `[mix]`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from engine.errors import InvalidValue
from engine.sketch.checked_table import Table

OCTAVES_HZ = (31.25, 62.5, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0)
"""Centres of the octave bands of a curve."""

Curve = tuple[float, ...]

CURVES: Mapping[str, Curve] = {
    "balanced": (-13, -5, -5, -7, -9, -11, -13, -16, -19, -27),
    "club": (-9, -3, -6, -10, -12, -13, -14, -16, -18, -25),
    "deep": (-6, -3, -6, -11, -13, -14, -16, -18, -21, -28),
    "groove": (-13, -5, -5, -7, -9, -10, -12, -15, -18, -26),
    "rock": (-15, -7, -5, -7, -8, -9, -11, -14, -18, -27),
    "heavy": (-15, -6, -5, -8, -10, -10, -10, -13, -17, -26),
    "pop": (-12, -5, -5, -8, -9, -11, -13, -15, -17, -24),
    "warm": (-12, -5, -4, -6, -9, -12, -16, -20, -25, -38),
    "dark": (-12, -5, -4, -6, -9, -12, -16, -20, -27, -45),
    "acoustic": (-19, -9, -5, -6, -7, -10, -13, -16, -20, -29),
    "hall": (-13, -6, -5, -6, -8, -11, -15, -20, -26, -35),
}
"""Octave bands in dB relative to the whole, by name. They follow the averages of commercial recordings by Pestana
and others (2013) — a hump at 60–120 Hz, 5 dB an octave down per hertz to 4 kHz, more above — tilted for
the kind of music."""
SPACES = ("dry", "room", "studio", "plate", "club", "hall", "church")
_BLENDS_DOWN_TO = -60.0


@dataclass(frozen=True, slots=True)
class MixStyle:
    """The mix of a style.

    Attributes:
        curve: octave bands of the whole, dB relative to its power, at `OCTAVES_HZ`; empty leaves them as they come.
        space: one of `SPACES`.
        echo_beats: length of the echo that parts may be sent into, in quarter notes.
        correlation: wanted correlation of left and right, 0.4–0.85; 0 leaves it as it comes.
    """

    curve: Curve = ()
    space: str = "room"
    echo_beats: Fraction = Fraction(3, 4)
    correlation: float = 0.0


NEUTRAL = MixStyle()


def read_mix_style(table: Table) -> MixStyle:
    """Read a style's `[mix]`; every key may be missing.

    Raises
    ------
    InvalidValue
        If a value is unknown or out of range, or there is a key that nobody knows.
    """
    space = table.get("space", "room")
    if not isinstance(space, str) or space not in SPACES:
        raise InvalidValue(table.name("space"), space, f"one of {', '.join(SPACES)}")
    echo = table.fraction("echo_beats", Fraction(1, 8), Fraction(2)) if "echo_beats" in table.data else Fraction(3, 4)
    correlation = table.number("correlation", 0.4, 0.85) if "correlation" in table.data else 0.0
    style = MixStyle(_curve(table), space, echo, correlation)
    table.close()
    return style


def _curve(table: Table) -> Curve:
    value = table.get("curve", "")
    if value == "":
        return ()
    if isinstance(value, str) and value in CURVES:
        return CURVES[value]
    numbers = isinstance(value, list) and len(value) == len(OCTAVES_HZ)
    if numbers and all(isinstance(x, int | float) and _BLENDS_DOWN_TO <= x <= 0 for x in cast("list[object]", value)):
        return tuple(float(x) for x in cast("list[float]", value))
    allowed = f"one of {', '.join(CURVES)}, or {len(OCTAVES_HZ)} numbers from {_BLENDS_DOWN_TO:g} to 0 dB"
    raise InvalidValue(table.name("curve"), value, allowed)
