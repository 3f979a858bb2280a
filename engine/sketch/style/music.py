"""Reader of a style file's harmony: progressions, chord colours, and the grouping of odd meters."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import InvalidValue
from engine.music import Meter
from engine.music.chords import QUALITIES
from engine.music.key import MODES
from engine.sketch.checked_table import CheckedTable
from engine.sketch.style.model import ChordStep, Progression

PROGRESSION_BARS = (2, 4, 8, 12, 16)
POWER = (1, 5, 8)


def read_harmony(table: CheckedTable) -> Mapping[str, tuple[Progression, ...]]:
    """Return the progressions by mode; all seven modes are required."""
    pools = {mode: tuple(_progression(text, table.name(mode)) for text in table.texts(mode)) for mode in MODES}
    table.close()
    return pools


def _progression(text: str, name: str) -> Progression:
    """Read `"1 4 2/5:7 1"`: degrees by bar, with a chord quality after a colon where it is not diatonic.

    The first chord has to be the tonic, or listeners would perceive another key.
    """
    bars = tuple(tuple(_step(step, text, name) for step in bar.split("/")) for bar in text.split())
    if len(bars) not in PROGRESSION_BARS or bars[0][0].degree != 1:
        raise InvalidValue(name, text, f"{', '.join(map(str, PROGRESSION_BARS))} bars that begin on 1")
    return bars


def _step(word: str, text: str, name: str) -> ChordStep:
    degree, _, quality = word.partition(":")
    if degree not in tuple("1234567") or quality not in QUALITIES:
        raise InvalidValue(name, text, 'degrees 1–7 by bar, like "1 4 2/5 1", with chord qualities like "5:7"')
    return ChordStep(int(degree), quality)


def read_colours(texts: tuple[str, ...], name: str) -> tuple[tuple[int, ...], ...]:
    """Return the alternative sets of voiced chord tones."""
    return tuple(_tones(text, name) for text in texts)


def _tones(text: str, name: str) -> tuple[int, ...]:
    tones = tuple(int(tone) if tone in ("1", "3", "5", "7", "8", "9") else 0 for tone in text.split())
    is_chord = 3 <= len(set(tones)) == len(tones) <= 4 and {1, 3} <= set(tones) <= {1, 3, 5, 7, 9}
    if not is_chord and tones != POWER:
        raise InvalidValue(name, text, 'three or four of "1 3 5 7 9", with 1 and 3, or "1 5 8" for power chords')
    return tones


def read_grouping(table: CheckedTable) -> Mapping[str, tuple[int, ...]]:
    """Return groups of 2 and 3 by meter."""
    groups: dict[str, tuple[int, ...]] = {}
    for meter in table:
        sizes = tuple(value for value in table.list(meter) if isinstance(value, int) and value in (2, 3))
        if sum(sizes) != Meter.parse(meter).numerator:
            raise InvalidValue(table.name(meter), table.data[meter], "groups of 2 and 3 that fill the bar")
        groups[meter] = sizes
    return groups
