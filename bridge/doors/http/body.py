"""Reads request bodies up to a limit."""

from __future__ import annotations

from starlette.requests import Request

from bridge.doors.http.errors import HttpError
from bridge.request.block import parse_json_block

MAX_AUDIO_BYTES = 256 << 20
"""Ten minutes of 24-bit stereo at 48 kHz as base64, with room to spare."""


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body.

    Raises
    ------
    HttpError
        413 if it is longer than `limit` bytes; the rest of it is not read.
    """
    sentence = f"The body is too long: at most {limit:,} bytes are taken here."
    too_long = HttpError(413, sentence, {"Connection": "close"})
    declared = request.headers.get("content-length", "0")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > limit:
        raise too_long
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise too_long
        parts.append(part)
    return b"".join(parts)


async def read_json(request: Request, limit: int) -> dict[str, object]:
    """Return the JSON object in the body.

    Raises
    ------
    HttpError
        413 if it is too long, 400 if its content type is not JSON.
    InvalidBlock
        If it is not a JSON object.
    """
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise HttpError(400, f"Content-Type must be application/json, not {kind[:80]!r}.")
    return parse_json_block(await read_body(request, limit), max_bytes=limit)
