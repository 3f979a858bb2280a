"""A Live set as a file: gzip around XML, of which only the part after the tracks is parsed.

The tracks, which make up nearly all of a set, come first in it. They are decompressed in chunks and dropped, so a set
of hundreds of megabytes costs no memory.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterator
from pathlib import Path

from engine.errors import InvalidValue

MAX_BYTES = 2_000_000_000
"""Largest decompressed set; the largest real ones have some hundred megabytes."""
MAX_REST_BYTES = 64_000_000
"""Largest part after the tracks; in real sets it has less than a megabyte."""
_CHUNK_BYTES = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS
_MAIN_TRACK = re.compile(rb"<(?:MainTrack|MasterTrack)[\s>]")
_LONGEST_TAG = 16
"""At least the bytes of the longest match of `_MAIN_TRACK`, which two chunks may share."""


def read_rest(path: Path) -> ET.Element:
    """Return an element that holds the set's main track and everything after it.

    Raises
    ------
    InvalidValue
        If the file cannot be read, is not a set of Live 9 or later, or is larger than any real one.
    """
    try:
        with path.open("rb") as file:
            rest = _from_main_track(path, _unpacked(path, file))
    except (OSError, zlib.error) as error:
        raise _unreadable(path, getattr(error, "strerror", None) or "it is no Live set, or is cut short") from None
    try:
        return ET.fromstring(b"<Ableton><LiveSet>" + rest)
    except ET.ParseError as error:
        raise _unreadable(path, f"its XML is broken: {error}") from None


def _unpacked(path: Path, file: object) -> Iterator[bytes]:
    """Yield the decompressed contents in chunks of at most `_CHUNK_BYTES`."""
    unpacker = zlib.decompressobj(_GZIP)
    size = 0
    while not unpacker.eof:
        packed = unpacker.unconsumed_tail or file.read(_CHUNK_BYTES)  # type: ignore[attr-defined]
        if not packed:
            raise zlib.error("cut short")
        piece = unpacker.decompress(packed, _CHUNK_BYTES)
        size += len(piece)
        if size > MAX_BYTES:
            raise _unreadable(path, f"it is larger than {MAX_BYTES // 1_000_000} MB unpacked")
        yield piece


def _from_main_track(path: Path, pieces: Iterator[bytes]) -> bytes:
    kept = b""
    rest = bytearray()
    for piece in pieces:
        if rest:
            rest += piece
        else:
            kept += piece
            found = _MAIN_TRACK.search(kept)
            if found:
                rest += kept[found.start() :]
            else:
                kept = kept[-_LONGEST_TAG:]
        if len(rest) > MAX_REST_BYTES:
            raise _unreadable(path, f"more than {MAX_REST_BYTES // 1_000_000} MB follow its tracks")
    if not rest:
        raise _unreadable(path, "it has no main track, as sets of Live 9 and later do")
    return bytes(rest)


def _unreadable(path: Path, why: str) -> InvalidValue:
    return InvalidValue("Live set", str(path), f"one that can be read ({why})")
