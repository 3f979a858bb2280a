"""Reads the MIDI map, a TOML file with settings and [[binding]] tables; reports every fault in a sentence."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from bridge.doors.midi.actions import REQUEST_KEYS, check_quantise, read_action
from bridge.doors.midi.bindings import Binding
from bridge.doors.midi.feedback import Light, read_light
from bridge.doors.midi.map_values import SOURCES, check_flag, check_number, check_patterns, check_span, read_source
from bridge.doors.midi.messages import MidiKind
from bridge.doors.midi.port_names import OWN_NAME
from bridge.request.block.invalid_block import shorten, shorten_bytes
from engine.errors import InvalidValue, StemBridgeError
from engine.music import Meter

MAX_SENTENCE_BYTES = 900
MAX_DEBOUNCE_MS = 60_000
DEBOUNCE_MS = 30
"""The default; under JACK and ALSA one controller may be connected to us twice."""
CONDITIONS = ("channel", "velocity", "debounce_ms", "port")
BINDING_KEYS = ("action", *SOURCES, *CONDITIONS, *REQUEST_KEYS, "quantise", "parameter", "range")
SYSTEMS = ("auto", "alsa", "jack")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class MidiMap:
    """The MIDI map: ports, settings, bindings and lights.

    Attributes:
        inputs: patterns of the ports to listen to. On Windows only one program can open a port, so none by default.
        outputs: patterns of the ports that lights go to.
        virtual_port: True to offer a virtual port.
        factory_map_ports: patterns of the ports where the factory's bindings apply too.
        system: on Linux, "alsa" (its sequencer) or "jack"; "auto" takes the first that is available.
        quantise: the boundary that triggers wait for while a clock runs.
        meter: the clock's, which sends none; used unless a DAW has sent one.
        bindings, lights: the user's.
    """

    inputs: tuple[str, ...] = () if sys.platform == "win32" else ("*",)
    outputs: tuple[str, ...] = ()
    virtual_port: bool = True
    factory_map_ports: tuple[str, ...] = (OWN_NAME,)
    system: str = "auto"
    quantise: str = "bar"
    meter: Meter | None = None
    bindings: tuple[Binding, ...] = ()
    lights: tuple[Light, ...] = field(default=())


class InvalidMap(StemBridgeError):
    """A MIDI map that cannot be used; the sentence names every fault."""


def read_map(content: bytes, label: str) -> MidiMap:
    """Return the map in `content`, TOML as UTF-8; `label` names the file in errors.

    Raises
    ------
    InvalidMap
        If it is not TOML, or a key or value in it is invalid.
    """
    document = _document(content, label)
    faults: list[str] = []
    values: dict[str, object] = {}
    for name, value in document.items():
        try:
            if name not in ("binding", "light"):
                values[_field(name)] = _setting(name, value)
        except StemBridgeError as fault:
            faults.append(f"{label}: {fault}")
    values["bindings"] = _tables(document, "binding", read_binding, label, faults)
    values["lights"] = _tables(document, "light", read_light, label, faults)
    if faults:
        raise InvalidMap(shorten_bytes(" ".join(faults), MAX_SENTENCE_BYTES))
    return MidiMap(**values)  # type: ignore[arg-type]  # each value was checked by the reader of its key


def read_binding(table: Mapping[str, object]) -> Binding:
    """Return the binding in one [[binding]] table.

    Raises
    ------
    StemBridgeError
        If a key or value in it is invalid.
    """
    for name in table:
        if name not in BINDING_KEYS:
            raise InvalidValue("a binding's key", name, f"one of {', '.join(BINDING_KEYS)}")
    kind, number, threshold = read_source(table)
    velocity = check_span("velocity", table["velocity"], 1, 127) if "velocity" in table else (1, 127)
    if "velocity" in table and kind is not MidiKind.NOTE:
        raise InvalidValue("velocity", table["velocity"], "a condition of notes alone")
    return Binding(
        action=read_action(table),
        kind=kind,
        number=number,
        threshold=threshold,
        channel=check_number("channel", table["channel"], 1, 16) if "channel" in table else 0,
        velocity=velocity,
        debounce_s=check_number("debounce_ms", table.get("debounce_ms", DEBOUNCE_MS), 0, MAX_DEBOUNCE_MS) / 1000,
        port=check_patterns("port", [table["port"]])[0] if "port" in table else "",
    )


def _document(content: bytes, label: str) -> dict[str, object]:
    try:
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise InvalidMap(f"{label} must be UTF-8 text; its byte {error.start + 1} is not.") from None
    except RecursionError:
        raise InvalidMap(f"{label} is nested too deeply.") from None
    except ValueError as error:  # TOMLDecodeError, and integers of thousands of digits
        raise InvalidMap(f"{label} is not valid TOML: {shorten(str(error), 200)}.") from None


def _tables(
    document: Mapping[str, object],
    name: str,
    read: Callable[[Mapping[str, object]], T],
    label: str,
    faults: list[str],
) -> tuple[T, ...]:
    tables = document.get(name, [])
    found = []
    for number, table in enumerate(tables if isinstance(tables, list) else [tables], 1):
        try:
            if not isinstance(table, Mapping) or not isinstance(tables, list):
                raise InvalidMap(f"a {name} begins with [[{name}]], in double brackets.")
            found.append(read(table))
        except StemBridgeError as fault:
            faults.append(f"{label}, {name} {number}: {fault}")
    return tuple(found)


def _field(name: str) -> str:
    return "meter" if name == "time_signature" else name


def _setting(name: str, value: object) -> object:
    reader = _SETTINGS.get(name)
    if reader is None:
        allowed = f"one of {', '.join(_SETTINGS)}, or a table [[binding]] or [[light]]"
        raise InvalidValue("a setting", name, allowed)
    return reader(value)


def _system(value: object) -> str:
    if not isinstance(value, str) or value not in SYSTEMS:
        raise InvalidValue("system", value, f"one of {', '.join(SYSTEMS)}")
    return value


_SETTINGS: dict[str, Callable[[object], object]] = {
    "inputs": lambda value: check_patterns("inputs", value),
    "outputs": lambda value: check_patterns("outputs", value),
    "virtual_port": lambda value: check_flag("virtual_port", value),
    "factory_map_ports": lambda value: check_patterns("factory_map_ports", value),
    "system": _system,
    "quantise": check_quantise,
    "time_signature": Meter.parse,
}
