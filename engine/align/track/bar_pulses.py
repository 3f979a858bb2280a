"""The bars of a grid as the tracker counts them: in pulses from the first downbeat, of one length or of several."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from engine.align.track.beats import pulse_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.music import Meter, MeterMap

    Times = NDArray[np.float64]
    Numbers = NDArray[np.intp]

_SHORTEST_PULSE = Fraction(1, 2)
_MOST_BARS = 4_000


@dataclass(frozen=True, slots=True, eq=False)
class BarPulses:
    """The bars of a grid in pulses.

    Attributes:
        pulse_beats: quarter notes from one pulse to the next.
        first: pulses in the first bar, which also holds before the first downbeat.
        lines: the bar lines in pulses where bars differ; empty if all have `first` pulses.
    """

    pulse_beats: Fraction
    first: int
    lines: Numbers = field(default_factory=lambda: np.empty(0, np.intp))

    @classmethod
    def of(cls, meter: Meter, meter_map: MeterMap | None = None) -> BarPulses:
        """Return the bars of a grid in `meter`, or of a map that begins in it.

        The pulse is that of the first meter; it is halved where bars of another one would end between pulses, down to
        an eighth: shorter ones are too fast to be tracked.
        """
        pulse, count = pulse_of(meter)
        if meter_map is None or meter_map.is_constant:
            return cls(pulse, count)
        while pulse > _SHORTEST_PULSE and any((one.bar_beats / pulse).denominator > 1 for one in meter_map.meters):
            pulse, count = pulse / 2, count * 2
        last = meter_map.points[-1].bar + 1
        lines = [round(meter_map.beats(bar) / pulse) for bar in range(min(last, _MOST_BARS) + 1)]
        return cls(pulse, count, np.array(sorted(set(lines)), np.intp))

    @property
    def longest(self) -> int:
        """The pulses in the longest bar."""
        return max(self.first, int(np.diff(self.lines).max(initial=0)))

    def place(self, pulses: Numbers) -> Numbers:
        """Return the place in its bar of each pulse, counted from the first downbeat; 0 is a downbeat."""
        return pulses - self._line(pulses)[0]

    def length_at(self, pulses: Numbers) -> Numbers:
        """Return the number of pulses in the bar of each pulse."""
        return self._line(pulses)[1]

    def to_downbeat(self, pulses: float) -> float:
        """Return the distance from a place, in pulses from the first downbeat, to the nearest downbeat."""
        if not len(self.lines):
            return abs((pulses + self.first / 2) % self.first - self.first / 2)
        whole = np.array([np.floor(pulses)], np.intp)
        line, length = (int(value[0]) for value in self._line(whole))
        return float(min(pulses - line, line + length - pulses))

    def _line(self, pulses: Numbers) -> tuple[Numbers, Numbers]:
        """Return the bar line at or before each pulse, and the length of the bar there."""
        if not len(self.lines):
            return pulses - pulses % self.first, np.full_like(pulses, self.first)
        lengths = np.diff(self.lines)
        index = np.clip(np.searchsorted(self.lines, pulses, "right") - 1, 0, len(lengths) - 1)
        # Before the first bar and after the last one, bars of their lengths go on.
        length = np.where(pulses < 0, self.first, lengths[index])
        line = self.lines[index] + (pulses - self.lines[index]) // length * length
        return np.asarray(line, np.intp), np.asarray(length, np.intp)
