"""Reader of style files: checks every value, so that the composer can rely on them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from engine.errors import InvalidValue
from engine.music import Key
from engine.sketch.checked_table import CheckedTable
from engine.sketch.composition import PartMix
from engine.sketch.instruments import PITCHED, STEMS, instruments_for
from engine.sketch.mix_style import read_mix_style
from engine.sketch.pattern import ARP_MARKS, BASS_MARKS, LEVEL_MARKS
from engine.sketch.style.model import PartStyle, Style, Swing
from engine.sketch.style.music import read_colours, read_grouping, read_harmony
from engine.sketch.style.rhythms import read_drums, read_fills, read_rhythms

OWN_KEYS = ("name", "words", "based_on")
"""Keys that a style never inherits from the style it is based on."""
MAX_BYTES = 1_000_000

_MARKS = {"bass": BASS_MARKS, "chords": LEVEL_MARKS, "pad": LEVEL_MARKS, "lead": LEVEL_MARKS, "arp": ARP_MARKS}


def read_toml(path: Path) -> dict[str, object]:
    """Return the parsed TOML of the style file at `path`, unchecked.

    Raises
    ------
    InvalidValue
        If it cannot be read, is too large, or is no TOML.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidValue(
                f"Style file {path.name}", f"{path.stat().st_size} bytes", f"up to {MAX_BYTES:,} bytes"
            )
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidValue(f"Style file {path.name}", str(error), "valid TOML") from error
    except OSError as error:
        raise InvalidValue(f"Style file {path.name}", str(error), "a file that can be read") from error


def merge(base: Mapping[str, object], own: Mapping[str, object]) -> dict[str, object]:
    """Return a style's `own` table merged over that of the style it is based on.

    Values of `own` replace those of `base`, one level into the tables: the bass of a meter, the drums of a meter, the
    progressions of a mode, each as a whole. Parts are merged key by key.
    """
    merged = {key: value for key, value in base.items() if key not in OWN_KEYS}
    for key, value in own.items():
        under = merged.get(key)
        if not isinstance(value, dict) or not isinstance(under, dict):
            merged[key] = value
        elif key == "parts":
            merged[key] = merge(under, value)
        else:
            merged[key] = under | value
    return merged


def build_style(data: object, file_name: str) -> Style:
    """Return the style described by `data`, the parsed content of a file.

    Raises
    ------
    InvalidValue
        If a value is missing, unknown or out of range; the sentence names file and key.
    """
    table = CheckedTable(data, f"{file_name}: ")
    if "based_on" in table.data:
        table.text("based_on")
    style = _style(table)
    table.close()
    return style


def _style(table: CheckedTable) -> Style:
    swing, band, tempo = table.table("swing"), table.table("syncopation"), table.table("tempo")
    fills = table.table("fills")
    low = tempo.number("low", 20, 400)
    high = tempo.number("high", low, 400)
    rhythms = {stem: read_rhythms(table.table(stem), _MARKS[stem]) for stem in PITCHED}
    return Style(
        name=table.text("name"),
        words=table.texts("words"),
        keys=tuple(_key(text, table.name("keys")) for text in table.texts("keys")),
        tempo=(low, high),
        home_bpm=_home(tempo, low, high),
        swing=Swing(
            swing.fraction("pair_beats", Fraction(1, 4), Fraction(2)),
            swing.fraction("long_share", Fraction(1, 2), Fraction(3, 4)),
        ),
        syncopation=(band.number("low", 0, 1), band.number("high", 0, 1)),
        crash_level=int(table.number("crash_level", 1, 9)),
        pentatonic=bool(table.number("pentatonic", 0, 1)),
        section_bars=int(table.number("section_bars", 4, 16, 8)),
        layers=_layers(table),
        parts=_parts(table.table("parts")),
        grouping=read_grouping(table.table("grouping", {})),
        colours=read_colours(table.texts("colours"), table.name("colours")),
        harmony=read_harmony(table.table("harmony")),
        drums=read_drums(table.table("drums"), needs_kick=True),
        percussion=read_drums(table.table("percussion"), needs_kick=False),
        bass=rhythms["bass"],
        chords=rhythms["chords"],
        pad=rhythms["pad"],
        lead=rhythms["lead"],
        arp=rhythms["arp"],
        small_fills=read_fills(fills, "small"),
        big_fills=read_fills(fills, "big"),
        mix_style=read_mix_style(table.table("mix", {})),
    )


def _home(tempo: CheckedTable, low: float, high: float) -> float:
    """Return the home tempo; without one inside the range, as where a base style has another range, its middle."""
    middle = float(round(math.sqrt(low * high)))
    home = tempo.number("home", 20, 400, middle)
    return home if low <= home <= high else middle


def _key(text: str, name: str) -> Key:
    try:
        return Key.parse(text)
    except InvalidValue as fault:
        raise InvalidValue(name, text, fault.allowed) from fault


def _layers(table: CheckedTable) -> tuple[str, ...]:
    layers = table.texts("layers")
    if not set(layers) <= set(STEMS) or len(set(layers)) != len(layers):
        raise InvalidValue(table.name("layers"), ", ".join(layers), f"some of {', '.join(STEMS)}, each once")
    return tuple(stem for stem in STEMS if stem in layers)


def _parts(table: CheckedTable) -> Mapping[str, PartStyle]:
    parts = {stem: _part(table.table(stem), stem) for stem in STEMS}
    table.close()
    return parts


def _part(table: CheckedTable, stem: str) -> PartStyle:
    instrument = table.text("instrument")
    if instrument not in instruments_for(stem):
        raise InvalidValue(table.name("instrument"), instrument, f"one of {', '.join(instruments_for(stem))}")
    mix = PartMix(
        table.number("level_db", -30, 0, 0),
        table.number("pan", -1, 1, 0),
        table.number("width", 0, 1, 0.3),
        table.number("reverb", 0, 1, 0.1),
        table.number("duck", 0, 1, 0),
        table.number("echo", 0, 1, 0),
    )
    low, high = int(table.number("low", 0, 127, 0)), int(table.number("high", 0, 127, 127))
    if high - low < 18:  # every chord needs a voicing near any other one
        raise InvalidValue(table.name("high"), high, f"at least 18 semitones above low ({low})")
    part = PartStyle(instrument, mix, table.number("gate", 0.1, 1, 1), low, high)
    table.close()
    return part
