"""A take as a REAPER project, to open it in REAPER or any DAW that reads REAPER projects.

The format is text with blocks `<NAME … >`; REAPER fills in missing lines. An ISBUS line makes folders ("1 1" opens
one, "2 -1" is its last track). A point of the tempo envelope is `PT seconds bpm shape meter`: shape 1 holds the
tempo, 0 moves linearly to the next point; meter is 65536 · denominator + numerator, 0 where it does not change. A
change of meter inside a ramp splits it: the part before it and the part after it are ramps as well.
"""

from __future__ import annotations

import secrets
from fractions import Fraction
from pathlib import Path
from typing import Any

import bridge
from bridge.takes.manifest import meters_of, read_manifest
from engine.errors import StemBridgeError
from engine.music import Meter, MeterMap, TempoMap

FILE = "take.rpp"
_HOLD, _RAMP = 1, 0
_CUSTOM_COLOR = 0x1000000


def write_rpp(manifest_path: Path) -> Path:
    """Write `take.rpp` beside a complete take's manifest and return its path.

    Raises
    ------
    InvalidValue
        If there is no complete take.
    StemBridgeError
        If the file cannot be written.
    """
    manifest = read_manifest(manifest_path)
    path = manifest_path.with_name(FILE)
    temporary = path.with_name(f".{secrets.token_hex(4)}.tmp")
    try:
        temporary.write_text(rpp_text(manifest, manifest_path.parent.name), encoding="utf-8", newline="\n")
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StemBridgeError(f"{path} cannot be written ({error.strerror or error}).") from None
    return path


def rpp_text(manifest: dict[str, Any], title: str) -> str:
    """Return the text of the project: the take starts at bar 1, its stems are tracks in a folder track `title`."""
    meters = meters_of(manifest)
    meter = meters.first
    tempo_map = TempoMap.parse(manifest["tempo_map"] or [{"beat": 0, "bpm": manifest["tempo"]}])
    length_s = manifest["frames"] / manifest["sample_rate"]
    lines = [
        f'<REAPER_PROJECT 0.1 "6.24/stembridge {bridge.__version__}" 0',
        "  RIPPLE 0",
        f"  SAMPLERATE {manifest['sample_rate']} 1 0",
        "  TIMELOCKMODE 1",
        "  TEMPOENVLOCKMODE 1",
        f"  TEMPO {_number(manifest['tempo'])} {meter.numerator} {meter.denominator}",
        f"  SELECTION 0 {_number(length_s)}",
        *_tempo_envelope(tempo_map, meters),
        *_track(title, "1 1", "#b0bec5", []),
    ]
    stems = manifest["stems"]
    for index, stem in enumerate(stems):
        bus = "2 -1" if index == len(stems) - 1 else "0 0"
        lines += _track(stem["name"], bus, stem.get("color", "#b0bec5"), _item(stem["name"], stem["file"], length_s))
    return "\n".join([*lines, ">", ""])


def _tempo_envelope(tempo_map: TempoMap, meters: MeterMap) -> list[str]:
    if tempo_map.is_constant and meters.is_constant:
        return []
    tempos = {Fraction(point.beat): point for point in tempo_map.points}
    changes = dict(meters.changes)
    lines = ["  <TEMPOENVEX", "    ACT 1 -1", "    VIS 1 0 1"]
    ramps = False
    for beat in sorted({*tempos, *changes}):
        if beat in tempos:
            ramps = tempos[beat].ramp
        bpm = tempos[beat].bpm if beat in tempos else tempo_map.bpm_at(beat)
        shape = _RAMP if ramps else _HOLD
        at_s = _number(tempo_map.seconds(beat))
        lines.append(f"    PT {at_s} {_number(bpm)} {shape} {_signature(changes.get(beat))}")
    return [*lines, "  >"]


def _signature(meter: Meter | None) -> int:
    return 0 if meter is None else 65536 * meter.denominator + meter.numerator


def _track(name: str, bus: str, color: str, item: list[str]) -> list[str]:
    head = [f"    NAME {_quoted(name)}", f"    PEAKCOL {_color(color)}", "    VOLPAN 1 0 -1 -1 1", f"    ISBUS {bus}"]
    return ["  <TRACK", *head, "    NCHAN 2", "    MAINSEND 1 0", *item, "  >"]


def _item(name: str, file: str, length_s: float) -> list[str]:
    return [
        "    <ITEM",
        "      POSITION 0",
        f"      LENGTH {_number(length_s)}",
        "      LOOP 0",
        "      BEAT 1",
        f"      NAME {_quoted(name)}",
        "      SOFFS 0",
        "      PLAYRATE 1 1 0 -1 0 0.0025",
        "      <SOURCE WAVE",
        f"        FILE {_quoted(file)}",
        "      >",
        "    >",
    ]


def _quoted(text: str) -> str:
    """Return a text in a quotation mark that it does not contain; if it has all, backquotes become apostrophes."""
    line = " ".join(text.split())
    mark = next((mark for mark in "\"'`" if mark not in line), None)
    if mark is None:
        return f"`{line.replace('`', chr(39))}`"
    return f"{mark}{line}{mark}"


def _color(hex_color: str) -> int:
    """Return `#rrggbb` as projects store it: 0xbbggrr, plus a flag for a custom colour."""
    value = int(hex_color.removeprefix("#"), 16)
    red, green, blue = value >> 16 & 0xFF, value >> 8 & 0xFF, value & 0xFF
    return _CUSTOM_COLOR | blue << 16 | green << 8 | red


def _number(value: float) -> str:
    return f"{value:.14g}"
