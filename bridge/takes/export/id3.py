"""Tags of MP3 files: ID3v2.3, which every player reads, DJ programs and Windows' Explorer too.

No permissively licensed library writes ID3 with tempo and key (mutagen is GPL), and libsndfile knows neither frame.
Source: "ID3 tag version 2.3.0" (id3.org). It allows only whole numbers in TBPM, so that the exact tempo, as 97.6,
stands in a text frame of our own beside it, `TXXX:BPM`.
"""

from __future__ import annotations

import struct

from bridge.takes.export.tags import Tags

HEADER_BYTES = 10
_FRAME = ">4sIH"
_LATIN_1, _UTF_16 = b"\0", b"\1"


def id3_tag(tags: Tags) -> bytes:
    """Return the tag, which stands at the beginning of the file."""
    texts = {
        "TIT2": tags.title,
        "TPE1": tags.artist,
        "TBPM": "" if tags.bpm is None else str(round(tags.bpm)),
        "TKEY": tags.key,
        "TYER": tags.date[:4],
        "TSSE": tags.software,
    }
    own = {"BPM": "" if float(tags.bpm or 0).is_integer() else tags.exact_bpm, "KEY": tags.mode_key}
    frames = [_frame(name, _text(text)) for name, text in texts.items() if text]
    frames += [_frame("TXXX", _text(name, text)) for name, text in own.items() if text]
    if tags.comment:
        frames.append(_frame("COMM", _text("", tags.comment, language=b"eng")))
    body = b"".join(frames)
    return b"ID3\3\0\0" + _synchsafe(len(body)) + body


def tag_bytes(head: bytes) -> int:
    """Return the length of the tag at the beginning of a file, 0 if it has none; `head` are its first ten bytes."""
    if head[:3] != b"ID3" or len(head) < HEADER_BYTES:
        return 0
    size = 0
    for byte in head[6:HEADER_BYTES]:
        size = size << 7 | byte & 0x7F
    return HEADER_BYTES + size


def _frame(name: str, payload: bytes) -> bytes:
    return struct.pack(_FRAME, name.encode("ascii"), len(payload), 0) + payload


def _text(*texts: str, language: bytes = b"") -> bytes:
    """Return texts with a terminator between them, in Latin-1 if it has all their characters, else in UTF-16."""
    clean = [text.replace("\0", " ") for text in texts]
    try:
        return _LATIN_1 + language + b"\0".join(text.encode("latin-1") for text in clean)
    except UnicodeEncodeError:
        encoded = (b"\xff\xfe" + text.encode("utf-16-le", "replace") for text in clean)
        return _UTF_16 + language + b"\0\0".join(encoded)


def _synchsafe(size: int) -> bytes:
    """Return a size in four bytes of seven bits each, so that no player takes it for the start of sound."""
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
