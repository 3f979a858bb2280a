"""The tempo map of a session, computed as in Ardour itself (libs/temporal/tempo.cc), from bars to samples.

A tempo is a whole number of superclock ticks per quarter note. In a ramp the tempo is linear over quarter notes: with
`s` ticks per quarter note at its start and the file's `omega`, quarter note `q` lies `log1p(s · omega · q) / omega`
ticks after it. From ticks to samples Ardour rounds down, so its samples are up to one below the nearest.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree
from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction

from engine.errors import StemBridgeError

TICKS_PER_BEAT = 1920


@dataclass(frozen=True, slots=True)
class _TempoPoint:
    """A tempo from quarter note `quarters`, superclock `ticks`, on: a quarter note lasts `length` ticks."""

    quarters: Fraction
    ticks: int
    length: Fraction
    omega: float

    def ticks_at(self, quarters: Fraction) -> int:
        into = quarters - self.quarters
        if not self.omega:
            return self.ticks + round(self.length * into)
        return self.ticks + round(math.log1p(float(self.length * into) * self.omega) / self.omega)


@dataclass(frozen=True, slots=True)
class _MeterPoint:
    """A meter from quarter note `quarters` on, where bar `bar` begins: a bar has `bar_beats` quarter notes."""

    quarters: Fraction
    bar: int
    bar_beats: Fraction


class SessionTempo:
    """The tempo map of one session."""

    def __init__(self, element: ElementTree.Element) -> None:
        """Read the session's `<TempoMap>`.

        Raises
        ------
        StemBridgeError
            If it does not have the format of Ardour 7 or later.
        """
        try:
            self.ticks_per_s = int(element.attrib["superclocks-per-second"])
            self._tempos = [self._tempo(one.attrib) for one in element.iterfind("Tempos/Tempo")]
            self._meters = [_meter(one.attrib) for one in element.iterfind("Meters/Meter")]
            if self.ticks_per_s <= 0 or not (self._tempos and self._meters):
                raise ValueError
        except (KeyError, ValueError, ZeroDivisionError, OverflowError):
            raise StemBridgeError(
                "The session's tempo map cannot be read: save the session once in Ardour 7 or later."
            ) from None

    def quarters_at_bar(self, bar: int) -> Fraction:
        """Return the begin of bar `bar` (the first is 1) in quarter notes from the session's start."""
        meter = self._meters[max(0, bisect_right([m.bar for m in self._meters], bar) - 1)]
        return meter.quarters + (bar - meter.bar) * meter.bar_beats

    def ticks_at(self, quarters: Fraction) -> int:
        """Return the superclock tick of a quarter note."""
        tempo = self._tempos[max(0, bisect_right([t.quarters for t in self._tempos], quarters) - 1)]
        return tempo.ticks_at(quarters)

    def sample_at(self, quarters: Fraction, sample_rate: int) -> int:
        """Return the sample of a quarter note, rounded down as Ardour does."""
        return self.ticks_at(quarters) * sample_rate // self.ticks_per_s

    def ticks_of(self, sample: int, sample_rate: int) -> int:
        """Return the superclock tick of a sample."""
        return round(Fraction(sample * self.ticks_per_s, sample_rate))

    def _tempo(self, values: dict[str, str]) -> _TempoPoint:
        note_type = int(values["note-type"])
        ticks_per_note = round(self.ticks_per_s * 60 / float(values["npm"]))
        ramped = values.get("type") == "Tempo::Ramped"
        return _TempoPoint(
            quarters=_beats(values["quarters"]),
            ticks=int(values["sclock"]),
            length=Fraction(ticks_per_note * note_type, 4),
            omega=float(values["omega"]) if ramped else 0.0,
        )


def _meter(values: dict[str, str]) -> _MeterPoint:
    bar_beats = Fraction(int(values["divisions-per-bar"]) * 4, int(values["note-value"]))
    return _MeterPoint(_beats(values["quarters"]), int(values["bbt"].split("|")[0]), bar_beats)


def _beats(text: str) -> Fraction:
    """Return quarter notes from Ardour's `beats:ticks`."""
    beats, ticks = text.split(":")
    return int(beats) + Fraction(int(ticks), TICKS_PER_BEAT)
