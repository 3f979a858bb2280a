"""Audio for HTTP clients: checks uploads and keeps them for a while, and converts results to the requested format."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import json
import os
import secrets
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from bridge.doors.http.errors import HttpError
from engine.errors import InvalidValue

MEDIA_TYPES = {"wav": "audio/wav", "flac": "audio/flac", "mp3": "audio/mpeg"}
_ACCEPTED = {
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/vnd.wave": "wav",
    "audio/flac": "flac",
    "audio/x-flac": "flac",
    "audio/mpeg": "mp3",
    "audio/mp3": "mp3",
    "audio/*": "wav",
    "application/json": "wav",
    "*/*": "wav",
}
MAX_SOURCE_S = 600.0
TOOL_TIMEOUT_S = 120.0
ASSET_PATH = "/assets/"
UPLOADED = "audio as base64, or the URL that an upload to this companion gave"
"""The form in which audio is taken."""


def wanted_format(accept: str) -> str:
    """Return "wav", "flac" or "mp3", whichever `Accept` prefers; "wav" if it does not mention audio.

    Raises
    ------
    InvalidValue
        If it accepts only other kinds of audio.
    """
    best, best_quality = "", 0.0
    for entry in filter(None, (part.strip() for part in accept.split(","))):
        kind, *parameters = (word.strip().lower() for word in entry.split(";"))
        quality = _quality(parameters)
        if kind in _ACCEPTED and quality > best_quality:
            best, best_quality = _ACCEPTED[kind], quality
    if best:
        return best
    if "audio/" in accept:
        raise InvalidValue("Accept", accept, "audio/wav, audio/flac or audio/mpeg")
    return "wav"


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            with suppress(ValueError):
                return float(parameter[2:])
    return 1.0


class AudioStore:
    """The folder of uploads and converted results, which are deleted when unused for a while."""

    def __init__(self, folder: Path) -> None:
        """Keep files in `folder`, which is made when first needed."""
        self._folder = folder

    async def keep(self, name: str, text: str) -> str:
        """Keep an upload given as a data URL or plain base64; return its file name, the same for the same bytes.

        Raises
        ------
        InvalidValue
            If it is not base64, or not usable audio; `name` names the value in the sentence.
        """
        data = await asyncio.to_thread(_decode, name, text)
        file = self._folder / hashlib.sha256(data).hexdigest()
        if await asyncio.to_thread(_touch, file):
            return file.name
        temporary = file.with_name(f".{secrets.token_hex(8)}.tmp")
        try:
            await asyncio.to_thread(_write, temporary, data)
            found = await _run_tool("probe", str(temporary), str(MAX_SOURCE_S))
            if "error" in found:
                raise InvalidValue(name, "this file", f"audio that can be used: it {found['error']}")
            temporary.replace(file)
        finally:
            temporary.unlink(missing_ok=True)
        return file.name

    def find(self, name: str, given: str) -> Path:
        """Return the path of an upload. `given` is the URL that its upload was answered with, or the last part of it.

        Raises
        ------
        InvalidValue
            If there is no such upload, or it is no longer kept; paths and other servers' URLs are refused.
        """
        file = self._folder / given.partition("?")[0].rpartition("/")[2]
        named = len(file.name) == 64 and set(file.name) <= set("0123456789abcdef")
        if not named or not _touch(file):
            raise InvalidValue(name, given, UPLOADED)
        return file.absolute()

    async def converted(self, source: Path, sha256: str, suffix: str, manifest: Path) -> Path:
        """Return a take's file `source`, whose hash is `sha256`, as "wav" (itself), or as "flac" or "mp3" with tags.

        Raises
        ------
        HttpError
            400 if that format cannot contain it.
        """
        if suffix == "wav":
            return source
        target = self._folder / f"{sha256}.{suffix}"
        if await asyncio.to_thread(_touch, target):
            return target
        temporary = self._folder / f".{secrets.token_hex(8)}.{suffix}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            answer = await _run_tool("encode", str(source), str(temporary), str(manifest))
            if "error" in answer:
                raise HttpError(400, f"{answer['error']}.")
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        return target

    def drop_older_than(self, age_s: float) -> None:
        """Delete files that have not been used for `age_s`."""
        with suppress(FileNotFoundError):
            for file in self._folder.iterdir():
                with suppress(OSError):
                    if time.time() - file.stat().st_mtime > age_s:
                        file.unlink()


async def _run_tool(*arguments: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bridge.doors.http.audio_tool", *arguments, stdout=asyncio.subprocess.PIPE
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), TOOL_TIMEOUT_S)
        answer: dict[str, Any] = json.loads(out)
    except (TimeoutError, ValueError):
        return {"error": "cannot be read"}
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return answer


def _decode(name: str, text: str) -> bytes:
    head, comma, tail = text.partition(",")
    encoded = tail if comma and head.startswith("data:") and head.endswith(";base64") else text
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidValue(name, text, "audio as base64 or a base64 data URL") from None


def _touch(file: Path) -> bool:
    """Mark a file as used now; return False if it is missing."""
    try:
        os.utime(file)
    except OSError:
        return False
    return True


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
