"""Tempo with its automation, meter with its changes, and key of a saved set.

The format was read off sets of Live 10 to 12.3. The mixer of the main track (`MainTrack`, up to Live 11
`MasterTrack`) holds the tempo and the time signature, each with the id that its automation points to; the scale is
beside the main track. A time signature is one number, numerator − 1 + 99 × log₂ of the denominator: 201 is 4/4, and
its range ends at 494 = 5 × 99 − 1, 99/16.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from bridge.request.live_set.curve import TempoCurve
from bridge.request.live_set.document import read_rest
from bridge.request.live_set.scale import SCALES, key_of_scale
from engine.errors import InvalidValue
from engine.music import Key, Meter, MeterMap, TempoMap

TICKS_PER_BEAT = 960
NUMERATORS = 99
"""Numerators per denominator in Live's number of a time signature."""


@dataclass(frozen=True, slots=True)
class SavedSet:
    """The music of one saved set.

    Attributes:
        path: the file.
        tempo: tempo over beats.
        meters: (first beat, meter) in order.
        key: None if scale mode is off, or if the scale is not a key.
    """

    path: Path
    tempo: TempoCurve
    meters: tuple[tuple[float, Meter], ...]
    key: Key | None

    def tempo_map(self, beat: float) -> TempoMap:
        """Return the tempo map from `beat` on; raises `InvalidValue` as `TempoCurve.map_from` does."""
        return self.tempo.map_from(beat)

    def meter(self, beat: float) -> Meter:
        """Return the meter at `beat`."""
        held = [meter for at, meter in self.meters if at <= beat]
        return held[-1] if held else self.meters[0][1]

    def meter_map(self, beat: float) -> MeterMap:
        """Return the meter map from `beat` on; raises `InvalidValue` as `MeterMap.from_changes` does."""
        return MeterMap.from_changes([(_exact(at), meter) for at, meter in self.meters], _exact(beat))


def read_set(path: Path) -> SavedSet:
    """Read the set in the file `path`.

    Raises
    ------
    InvalidValue
        If the file is not a set of Live 9–12, or its tempo or meter is not valid.
    """
    root = read_rest(path)
    live_set = root[0]
    main = live_set[0]
    mixer = next((found for found in main.iter("Mixer") if found.find("Tempo") is not None), None)
    if mixer is None:
        raise InvalidValue("Live set", str(path), "one of Live 9 or later (there is no tempo in it)")
    tempo = _events(main, mixer, "Tempo", "FloatEvent")
    meters = _events(main, mixer, "TimeSignature", "EnumEvent")
    return SavedSet(
        path,
        TempoCurve(tuple(tempo)),
        tuple((beat, _meter(value)) for beat, value in meters),
        _key(live_set),
    )


def _exact(beat: float) -> Fraction:
    """Return a beat of the set on the grid of its editor: Live stores 15.999999 where it means 16."""
    return Fraction(round(beat * TICKS_PER_BEAT), TICKS_PER_BEAT)


def _events(main: ET.Element, mixer: ET.Element, name: str, kind: str) -> list[tuple[float, float]]:
    """Return (beat, value) of a mixer control's automation in order, or its fixed value at beat 0."""
    control = mixer.find(name)
    target = control.find("AutomationTarget") if control is not None else None
    manual = _number(control.find("Manual") if control is not None else None, "Value", name)
    wanted = target.get("Id") if target is not None else None
    for envelope in main.iter("AutomationEnvelope"):
        pointee = envelope.find("EnvelopeTarget/PointeeId")
        if wanted is not None and pointee is not None and pointee.get("Value") == wanted:
            events = [(_number(one, "Time", name), _number(one, "Value", name)) for one in envelope.iter(kind)]
            if events:
                # Live puts the first event far before beat 0; its value holds up to the second one.
                return [(max(0.0, beat), value) for beat, value in events]
    return [(0.0, manual)]


def _number(element: ET.Element | None, attribute: str, what: str) -> float:
    text = element.get(attribute) if element is not None else None
    try:
        value = float(text or "")
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InvalidValue(f"{what} of the Live set", text or "nothing", "a number")
    return value


def _meter(value: float) -> Meter:
    power, numerator = divmod(int(value), NUMERATORS)
    return Meter(numerator + 1, 2**power if 0 <= power < 8 else 0)


def _key(live_set: ET.Element) -> Key | None:
    scale, switch = live_set.find("ScaleInformation"), live_set.find("InKey")
    if scale is None or switch is None or switch.get("Value") != "true":
        return None
    root, name = scale.find("Root"), scale.find("Name")
    root = scale.find("RootNote") if root is None else root
    number, word = _text(root), _text(name)
    if word.isdecimal() and int(word) < len(SCALES):
        word = list(SCALES)[int(word)]
    return key_of_scale(int(number), word) if number.isdecimal() else None


def _text(element: ET.Element | None) -> str:
    return (element.get("Value") or "") if element is not None else ""
