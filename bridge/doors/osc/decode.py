"""Decodes OSC packets, which any program on the network may have sent.

python-osc reads single messages. Bundles, type tags and sizes are checked here, because its bundle reader follows any
length it is given (a negative one makes it loop for ever), it skips type tags that it does not know, and it pads a
number that is cut short with zeros.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message import ParseError as MessageError
from pythonosc.parsing import osc_types

from bridge.doors.osc.table import OscValue

MAX_BUNDLE_DEPTH = 8
_BUNDLE = b"#bundle\0"
_TAGS = frozenset("ifshd")
_NUMBER_BYTES = {"i": 4, "f": 4, "h": 8, "d": 8}


@dataclass(frozen=True, slots=True)
class Received:
    """A message that could be read. 32-bit floats come as the shortest decimal that they stand for."""

    address: str
    values: tuple[OscValue, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message or packet that could not be read: the reason, and its address if that could be read."""

    why: str
    address: str = ""


def read_packet(data: bytes, depth: int = 0) -> Iterator[Received | Unreadable]:
    """Yield every message of a packet in order; bundles are unpacked, their time tags ignored. Never raises."""
    if data.startswith(_BUNDLE):
        yield from _read_bundle(data, depth)
    elif data.startswith(b"/"):
        yield _read_message(data)
    else:
        yield Unreadable(f"This is not an OSC packet ({len(data)} bytes): one begins with “/” or “#bundle”.")


def _read_bundle(data: bytes, depth: int) -> Iterator[Received | Unreadable]:
    if depth >= MAX_BUNDLE_DEPTH:
        yield Unreadable(f"Bundles may be nested {MAX_BUNDLE_DEPTH} deep at most.")
        return
    at = len(_BUNDLE) + 8
    if len(data) < at:
        yield Unreadable("The OSC bundle ends before its time tag.")
        return
    while at < len(data):
        size = struct.unpack_from(">i", data, at)[0] if at + 4 <= len(data) else -1
        at += 4
        if size <= 0 or size % 4 or at + size > len(data):
            yield Unreadable("The OSC bundle has an element with a wrong length.")
            return
        yield from read_packet(data[at : at + size], depth + 1)
        at += size


def _read_message(data: bytes) -> Received | Unreadable:
    address = ""
    try:
        address, at = osc_types.get_string(data, 0)
        tags, at = osc_types.get_string(data, at) if at < len(data) else (",", at)
        unknown = sorted(set(tags[1:]) - _TAGS)
        if unknown:
            return Unreadable(
                f"The argument type “{unknown[0]}” is not used here: send i (int32), f (float32) or s (text).",
                address,
            )
        values = OscMessage(data).params
        if at + sum(map(_size, tags[1:], values)) > len(data):
            raise ValueError
    except (MessageError, osc_types.ParseError, ValueError, IndexError, struct.error):
        return Unreadable("The OSC message is broken: its arguments do not match its type tags.", address)
    shortest = (shortest_float32(v) if tag == "f" else v for tag, v in zip(tags[1:], values, strict=True))
    return Received(address, tuple(shortest))


def _size(tag: str, value: OscValue) -> int:
    """Return the bytes of one argument; those of a text with the NULs that end it and fill it up to four."""
    return _NUMBER_BYTES[tag] if tag in _NUMBER_BYTES else (len(str(value).encode()) // 4 + 1) * 4


def shortest_float32(value: float) -> float:
    """Return the shortest decimal that the 32-bit float `value` stands for.

    A DAW at 97.6 BPM sends the float32 nearest to it, 97.59999847412109. The shortest decimal with the same 32 bits
    is what its user typed (the rule by which printing and reading a float gives it back, Steele & White 1990).
    """
    bits = struct.pack(">f", value)
    for digits in range(1, 9):
        text = f"{value:.{digits}g}"
        try:
            if struct.pack(">f", float(text)) == bits:
                return float(text)
        except OverflowError:
            continue  # rounding up left the range of a float32: needs more digits
    return value
