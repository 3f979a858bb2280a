"""Reads a style file and checks every value in it, so that the composer can trust what it gets."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import cast

from engine.errors import InvalidValue
from engine.music import Key, Meter
from engine.music.key import MODES
from engine.sketch.composition import PartMix
from engine.sketch.pattern import BASS_MARKS, LEVEL_MARKS, Pattern, parse_pattern
from engine.sketch.style import DRUM_KEYS, INSTRUMENTS, PartStyle, Patterns, Progression, Style, Swing

WRITTEN_METERS = ("4/4", "3/4", "2/4", "6/8", "12/8", "5/4", "7/8")
"""Meters that every style must have patterns for; all others are put together from the halves of 2/4 and 6/8."""

GRID_BEATS = Fraction(1, 12)
"""Every step of a pattern is a multiple of this."""


class _Table:
    """One table of the file, which knows where it stands and which of its keys nobody asked for."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, dict):
            raise InvalidValue(where, data, "a table")
        self.data = cast("dict[str, object]", data)
        self.where = where
        self.unread = set(self.data)

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def name(self, key: str) -> str:
        return f"{self.where}{key}"

    def get(self, key: str, default: object = None) -> object:
        self.unread.discard(key)
        if key not in self.data and default is None:
            raise InvalidValue(self.name(key), "nothing", "given")
        return self.data.get(key, default)

    def table(self, key: str, default: object = None) -> _Table:
        return _Table(self.get(key, default), f"{self.name(key)}.")

    def text(self, key: str) -> str:
        value = self.get(key)
        if not isinstance(value, str) or not value.strip():
            raise InvalidValue(self.name(key), value, "a text")
        return value

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise InvalidValue(self.name(key), value, f"a number from {low:g} to {high:g}")
        return float(value)

    def list(self, key: str) -> list[object]:
        value = self.get(key)
        if not isinstance(value, list) or not value:
            raise InvalidValue(self.name(key), value, "a list that is not empty")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.list(key)
        for value in values:
            if not isinstance(value, str):
                raise InvalidValue(self.name(key), value, "a list of texts")
        return tuple(cast("list[str]", values))

    def fraction(self, key: str, low: Fraction, high: Fraction) -> Fraction:
        text = self.text(key)
        try:
            value = Fraction(text)
        except (ValueError, ZeroDivisionError):
            value = low - 1
        if not low <= value <= high:
            raise InvalidValue(self.name(key), text, f'a fraction from "{low}" to "{high}"')
        return value

    def close(self) -> None:
        if self.unread:
            raise InvalidValue(self.where.rstrip(".: "), ", ".join(sorted(self.unread)), "without keys nobody knows")


def read_style(path: Path) -> Style:
    """Read the style file at `path`.

    Raises
    ------
    InvalidValue
        If it is no TOML, or a value is missing, unknown or out of range; the sentence names file and key.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidValue(f"Style file {path.name}", str(error), "valid TOML") from error
    table = _Table(data, f"{path.name}: ")
    style = _style(table)
    table.close()
    return style


def _style(table: _Table) -> Style:
    swing = table.table("swing")
    fills = table.table("fills")
    band = table.table("syncopation")
    return Style(
        name=table.text("name"),
        words=table.texts("words"),
        keys=tuple(Key.parse(text) for text in table.texts("keys")),
        swing=Swing(
            swing.fraction("pair_beats", Fraction(1, 4), Fraction(2)),
            swing.fraction("long_share", Fraction(1, 2), Fraction(3, 4)),
        ),
        syncopation=(band.number("low", 0, 1), band.number("high", 0, 1)),
        crash_level=int(table.number("crash_level", 1, 9)),
        pentatonic=bool(table.number("pentatonic", 0, 1)),
        parts=_parts(table.table("parts")),
        grouping=_grouping(table.table("grouping", {})),
        colours=tuple(_tones(text, table.name("colours")) for text in table.texts("colours")),
        harmony=_harmony(table.table("harmony")),
        drums=_drums(table.table("drums")),
        bass=_rhythms(table.table("bass"), BASS_MARKS, "R"),
        chords=_rhythms(table.table("chords"), LEVEL_MARKS),
        lead=_rhythms(table.table("lead"), LEVEL_MARKS),
        small_fills=_fills(fills, "small"),
        big_fills=_fills(fills, "big"),
    )


def _parts(table: _Table) -> Mapping[str, PartStyle]:
    return {stem: _part(table.table(stem), stem) for stem in INSTRUMENTS}


def _part(table: _Table, stem: str) -> PartStyle:
    instrument = table.text("instrument")
    if instrument not in INSTRUMENTS[stem]:
        raise InvalidValue(table.name("instrument"), instrument, f"one of {', '.join(INSTRUMENTS[stem])}")
    mix = PartMix(
        table.number("level_db", -30, 0, 0),
        table.number("pan", -1, 1, 0),
        table.number("width", 0, 1, 0.3),
        table.number("reverb", 0, 1, 0.1),
        table.number("duck", 0, 1, 0),
    )
    low, high = int(table.number("low", 0, 127, 0)), int(table.number("high", 0, 127, 127))
    if high - low < 18:  # every chord must find a place near any other one
        raise InvalidValue(table.name("high"), high, f"at least 18 semitones above low ({low})")
    part = PartStyle(instrument, mix, table.number("gate", 0.1, 1, 1), low, high)
    table.close()
    return part


def _grouping(table: _Table) -> Mapping[str, tuple[int, ...]]:
    groups: dict[str, tuple[int, ...]] = {}
    for meter in table:
        sizes = tuple(value for value in table.list(meter) if isinstance(value, int) and value in (2, 3))
        if sum(sizes) != Meter.parse(meter).numerator:
            raise InvalidValue(table.name(meter), table.data[meter], "groups of 2 and 3 that fill the bar")
        groups[meter] = sizes
    return groups


def _tones(text: str, name: str) -> tuple[int, ...]:
    tones = tuple(int(tone) if tone in ("1", "3", "5", "7", "9") else 0 for tone in text.split())
    if not 3 <= len(set(tones)) == len(tones) <= 4 or not {1, 3} <= set(tones) or 0 in tones:
        raise InvalidValue(name, text, 'three or four of "1 3 5 7 9", with 1 and 3')
    return tones


def _harmony(table: _Table) -> Mapping[str, tuple[Progression, ...]]:
    pools = {mode: tuple(_progression(text, table.name(mode)) for text in table.texts(mode)) for mode in MODES}
    table.close()
    return pools


def _progression(text: str, name: str) -> Progression:
    """Read `"1 4 2/5 1"`: degrees by bar. The tonic has to come first, or the ear hears another key."""
    bars = [bar.split("/") for bar in text.split()]
    if not all(1 <= len(bar) <= 2 and all(degree in "1234567" for degree in bar) for bar in bars):
        raise InvalidValue(name, text, 'degrees 1–7 by bar, like "1 4 2/5 1"')
    if len(bars) != 4 or bars[0][0] != "1":
        raise InvalidValue(name, text, "four bars that begin on 1")
    return tuple(tuple(int(degree) for degree in bar) for bar in bars)


def _patterns(texts: tuple[str, ...], marks: str, name: str, meter: str) -> tuple[Pattern, ...]:
    patterns = tuple(parse_pattern(text, marks, name) for text in texts)
    bar_steps = int(Meter.parse(meter).bar_beats / GRID_BEATS)
    for text, pattern in zip(texts, patterns, strict=True):
        if pattern.steps and (bar_steps % pattern.steps or pattern.steps % (2 if meter in ("2/4", "6/8") else 1)):
            raise InvalidValue(name, text, f"as many steps as divide a bar of {meter} evenly")
    return patterns


def _rhythms(table: _Table, marks: str, first: str = "") -> Patterns:
    rhythms: dict[str, tuple[Pattern, ...]] = {}
    for meter in WRITTEN_METERS:
        texts = table.texts(meter)
        rhythms[meter] = _patterns(texts, marks, table.name(meter), meter)
        for text in texts:
            if first and not text.lstrip(" |").startswith(first):
                raise InvalidValue(table.name(meter), text, f"a pattern that begins with {first}")
    table.close()
    return rhythms


def _lane(lane: str, name: str) -> str:
    if lane not in DRUM_KEYS:
        raise InvalidValue(name, lane, f"one of {', '.join(DRUM_KEYS)}")
    return lane


def _drums(table: _Table) -> Mapping[str, Patterns]:
    lanes: dict[str, dict[str, tuple[Pattern, ...]]] = {}
    for meter in WRITTEN_METERS:
        bar = table.table(meter)
        for lane in bar:
            patterns = _patterns(bar.texts(lane), LEVEL_MARKS, bar.name(lane), meter)
            lanes.setdefault(_lane(lane, bar.name(lane)), {})[meter] = patterns
        bar.texts("kick")
    table.close()
    return lanes


def _fills(table: _Table, size: str) -> tuple[Mapping[str, Pattern], ...]:
    fills: list[Mapping[str, Pattern]] = []
    for number, entry in enumerate(table.list(size)):
        fill = _Table(entry, f"{table.name(size)}[{number}].")
        fills.append(
            {
                _lane(lane, fill.name(lane)): parse_pattern(fill.text(lane), LEVEL_MARKS, fill.name(lane))
                for lane in fill
            }
        )
    return tuple(fills)
