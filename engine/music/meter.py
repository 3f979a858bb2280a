"""Time signatures and the length of their bars."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from engine.errors import InvalidValue

DENOMINATORS = (1, 2, 4, 8, 16, 32)
MAX_NUMERATOR = 32
ALLOWED = f"a time signature like 4/4 (1–{MAX_NUMERATOR} over {', '.join(map(str, DENOMINATORS))})"


@dataclass(frozen=True, slots=True)
class Meter:
    """A time signature, `numerator/denominator`."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= MAX_NUMERATOR or self.denominator not in DENOMINATORS:
            raise InvalidValue("time_signature", f"{self.numerator}/{self.denominator}", ALLOWED)

    @classmethod
    def parse(cls, text: object) -> Meter:
        """Read `"7/8"`.

        Raises
        ------
        InvalidValue
            If it is no text of that form, or outside 1–32 over 1, 2, 4, 8, 16, 32.
        """
        match = re.fullmatch(r"\s*([0-9]{1,3})\s*/\s*([0-9]{1,3})\s*", text) if isinstance(text, str) else None
        if match is None:
            raise InvalidValue("time_signature", text, ALLOWED)
        return cls(int(match[1]), int(match[2]))

    @property
    def bar_beats(self) -> Fraction:
        """Length of one bar in quarter-note beats (7/8 has 7/2)."""
        return Fraction(self.numerator * 4, self.denominator)

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"
