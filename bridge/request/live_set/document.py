"""A Live set as a file: gzip around XML, of which only what follows the tracks is of use here, and read.

The tracks, which make up nearly all of a set, come first in it. They are unpacked and thrown away by the piece, so a
set of hundreds of megabytes costs no memory; the rest is parsed.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
import zlib
from collections.abc import Iterator
from pathlib import Path

from engine.errors import InvalidValue

MAX_BYTES = 2_000_000_000
"""Of a set unpacked; the largest real ones are some hundred megabytes."""
MAX_REST_BYTES = 64_000_000
"""Of what follows the tracks; in real sets that is less than a megabyte."""
_CHUNK_BYTES = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS
_MAIN_TRACK = re.compile(rb"<(?:MainTrack|MasterTrack)[\s>]")
_LONGEST_SIGN = 16


def read_rest(path: Path) -> ET.Element:
    """Return an element that holds the set's main track and all that follows it.

    Raises
    ------
    InvalidValue
        If it cannot be read, is no set of Live 9 or later, or is larger than any real one.
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
    """Yield the file's contents by the piece, never more than a piece at once."""
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
                kept = kept[-_LONGEST_SIGN:]
        if len(rest) > MAX_REST_BYTES:
            raise _unreadable(path, f"more than {MAX_REST_BYTES // 1_000_000} MB follow its tracks")
    if not rest:
        raise _unreadable(path, "it has no main track, as sets of Live 9 and later do")
    return bytes(rest)


def _unreadable(path: Path, why: str) -> InvalidValue:
    return InvalidValue("Live set", str(path), f"one that can be read ({why})")
