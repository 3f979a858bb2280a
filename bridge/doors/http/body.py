"""Reads request bodies, never more than is allowed."""

from __future__ import annotations

from starlette.requests import Request

from bridge.doors.http.errors import Problem
from bridge.request.block import parse_json_block

MAX_BLOCK_BYTES = 1 << 20
MAX_AUDIO_BYTES = 256 << 20
"""Ten minutes of 24-bit stereo at 48 kHz as base64, with room to spare."""


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body.

    Raises
    ------
    Problem
        413 if it is longer than `limit` bytes, told before the rest of it is read.
    """
    too_long = Problem(413, f"The body is too long: at most {limit:,} bytes are taken here.", {"Connection": "close"})
    told = request.headers.get("content-length", "0")
    if told.isascii() and told.isdigit() and int(told[:20]) > limit:
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
    Problem
        413 if it is too long, 400 if it is not said to be JSON.
    InvalidBlock
        If it is not a JSON object.
    """
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise Problem(400, f"Content-Type must be application/json, not {kind[:80]!r}.")
    return parse_json_block(await read_body(request, limit), max_bytes=limit)
