"""Tags of FLAC files: the Vorbis comments of their metadata, with the names that DJ programs and players read.

libsndfile writes this block too, but knows neither tempo nor key. Source: RFC 9639, sections 8.1 and 8.6.
"""

from __future__ import annotations

import struct

from bridge.takes.export.tags import Tags
from engine.errors import EngineFailed

MARK = b"fLaC"
_STREAM_INFO, _COMMENTS = 0, 4
_LAST = 0x80
_BLOCK_HEADER_BYTES = 4


def comments_block(tags: Tags) -> bytes:
    """Return the content of the block: who wrote it, then `NAME=value` fields."""
    fields = {
        "TITLE": tags.title,
        "ARTIST": tags.artist,
        "BPM": tags.exact_bpm,
        "INITIALKEY": tags.key,
        "KEY": tags.mode_key,
        "COMMENT": tags.comment,
        "DATE": tags.date,
        "ENCODER": tags.software,
    }
    texts = [f"{name}={value}" for name, value in fields.items() if value]
    return _counted(tags.software) + struct.pack("<I", len(texts)) + b"".join(map(_counted, texts))


def with_comments(metadata: bytes, tags: Tags) -> bytes:
    """Return a file's mark and metadata blocks (from `metadata_bytes`) with the comments replaced."""
    blocks = [(kind, content) for kind, content in _blocks(metadata) if kind != _COMMENTS]
    blocks.insert(1, (_COMMENTS, comments_block(tags)))
    written = [MARK]
    for number, (kind, content) in enumerate(blocks):
        last = _LAST if number == len(blocks) - 1 else 0
        written.append(bytes([kind | last]) + len(content).to_bytes(3, "big") + content)
    return b"".join(written)


def metadata_bytes(head: bytes) -> int:
    """Return the length of the mark and all metadata blocks; `head` is the beginning of the file.

    Raises
    ------
    EngineFailed
        If it is not that of a FLAC file, or too short.
    """
    return len(MARK) + sum(_BLOCK_HEADER_BYTES + len(content) for _, content in _blocks(head))


def _blocks(data: bytes) -> list[tuple[int, bytes]]:
    blocks: list[tuple[int, bytes]] = []
    position, is_last = len(MARK), data[: len(MARK)] != MARK
    while not is_last and position + _BLOCK_HEADER_BYTES <= len(data):
        first, size = data[position], int.from_bytes(data[position + 1 : position + 4], "big")
        position += _BLOCK_HEADER_BYTES + size
        is_last = bool(first & _LAST)
        blocks.append((first & ~_LAST, data[position - size : position]))
    if not blocks or blocks[0][0] != _STREAM_INFO or not is_last or position > len(data):
        raise EngineFailed("The FLAC file that was just written cannot be tagged.")
    return blocks


def _counted(text: str) -> bytes:
    encoded = text.replace("\0", " ").encode("utf-8", "replace")
    return struct.pack("<I", len(encoded)) + encoded
