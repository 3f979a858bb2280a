"""Settings of a style's whole mix: spectrum, room, echo and width, read from the table `[mix]` of its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from engine.errors import InvalidValue
from engine.sketch.checked_table import CheckedTable

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
"""Target spectra by name: power of the octave bands in dB relative to the whole. They follow the averages of
commercial recordings by Pestana and others (2013) (a hump at 60–120 Hz, 5 dB an octave down per hertz to 4 kHz, more
above), tilted for the kind of music."""
SPACES = ("dry", "room", "studio", "plate", "club", "hall", "church")
_LOWEST_BAND_DB = -60.0


@dataclass(frozen=True, slots=True)
class MixStyle:
    """Mix settings of a style.

    Attributes:
        curve: target power of the octave bands at `OCTAVES_HZ`, in dB relative to the whole; empty = no equaliser.
        space: name of the reverb, one of `SPACES`.
        echo_beats: delay time of the echo send, in quarter notes.
        correlation: target correlation of left and right, 0.4–0.85; 0 = no change of width.
    """

    curve: Curve = ()
    space: str = "room"
    echo_beats: Fraction = Fraction(3, 4)
    correlation: float = 0.0


NEUTRAL = MixStyle()


def read_mix_style(table: CheckedTable) -> MixStyle:
    """Read a style's `[mix]`; every key is optional.

    Raises
    ------
    InvalidValue
        If a value is unknown or out of range, or a key is unknown.
    """
    space = table.get("space", "room")
    if not isinstance(space, str) or space not in SPACES:
        raise InvalidValue(table.name("space"), space, f"one of {', '.join(SPACES)}")
    echo = table.fraction("echo_beats", Fraction(1, 8), Fraction(2)) if "echo_beats" in table.data else Fraction(3, 4)
    correlation = table.number("correlation", 0.4, 0.85) if "correlation" in table.data else 0.0
    style = MixStyle(_curve(table), space, echo, correlation)
    table.close()
    return style


def _curve(table: CheckedTable) -> Curve:
    value = table.get("curve", "")
    if value == "":
        return ()
    if isinstance(value, str) and value in CURVES:
        return CURVES[value]
    numbers = isinstance(value, list) and len(value) == len(OCTAVES_HZ)
    if numbers and all(isinstance(x, int | float) and _LOWEST_BAND_DB <= x <= 0 for x in cast("list[object]", value)):
        return tuple(float(x) for x in cast("list[float]", value))
    allowed = f"one of {', '.join(CURVES)}, or {len(OCTAVES_HZ)} numbers from {_LOWEST_BAND_DB:g} to 0 dB"
    raise InvalidValue(table.name("curve"), value, allowed)
