"""Fetches one file from a hub: resumes an earlier try, retries, and checks the hash of the result."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import ModelFault
from engine.models.hub import RemoteFile, RemoteModel, readable_errors

if TYPE_CHECKING:
    import httpx2

CHUNK_BYTES = 1 << 20
READ_TIMEOUT_S = 30.0
RETRIED_STATUSES = (408, 429, 500, 502, 503, 504)
"""The HTTP statuses after which a request is repeated."""

OnBytes = Callable[[int], None]
"""Receives the number of bytes that have just arrived, negative if some have to be fetched again; may raise."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """The number of retries in a row without progress, and the first wait before one; each wait doubles."""

    retries: int = 5
    first_wait_s: float = 1.0


def part_of(file: RemoteFile, folder: Path) -> Path:
    """Return the path of a partly fetched file; it differs between versions of the file."""
    target = folder.joinpath(*file.path.split("/"))
    return target.with_name(f"{target.name}.{file.identity[:16]}.part")


def fetch(model: RemoteModel, file: RemoteFile, folder: Path, on_bytes: OnBytes, retry: RetryPolicy) -> str:
    """Fetch `file` into `folder` and return its SHA-256.

    Raises
    ------
    ModelFault
        If it cannot be fetched, or its hash is not the one that the hub gave.
    """
    part = part_of(file, folder)
    part.parent.mkdir(parents=True, exist_ok=True)
    resumed = part.exists()
    sha256 = _fill(model, file, part, on_bytes, retry)
    if not sha256 and resumed:  # the part from an earlier try may be damaged
        sha256 = _fill(model, file, part, on_bytes, retry)
    if not sha256:
        raise ModelFault(
            f"{file.path} of {model.repository} arrived damaged (its hash is not the one that {model.endpoint} "
            "promises) and was deleted; try again later."
        )
    part.replace(folder.joinpath(*file.path.split("/")))
    return sha256


def _fill(model: RemoteModel, file: RemoteFile, part: Path, on_bytes: OnBytes, retry: RetryPolicy) -> str:
    """Complete `part` and return its SHA-256; if its hash is not the hub's, delete it and return ""."""
    target = _PartFile(file, part, on_bytes)
    tries = 0
    while target.size < file.size_bytes:
        before = target.size
        try:
            _continue(model, target)
        except _Interrupted as error:
            tries = 1 if target.size > before else tries + 1
            if tries > retry.retries:
                raise ModelFault(
                    f"The connection to {model.endpoint} breaks again and again at {file.path} ({error}); "
                    "the same command goes on from there."
                ) from None
            time.sleep(min(30.0, retry.first_wait_s * 2 ** (tries - 1)))
    if target.is_valid():
        return target.sha256.hexdigest()
    on_bytes(-target.size)
    part.unlink()
    return ""


class _Interrupted(Exception):
    """A transfer broke off for a reason that may be temporary."""


class _PartFile:
    """A partly fetched file on disk, and the hashes of its content so far."""

    def __init__(self, file: RemoteFile, part: Path, on_bytes: OnBytes) -> None:
        self.file, self.part, self._on_bytes = file, part, on_bytes
        self._begin()
        if part.exists():
            with part.open("rb") as existing:
                while block := existing.read(CHUNK_BYTES):
                    self._hash(block)
        else:
            part.touch()

    def _begin(self) -> None:
        self.size = 0
        self.sha256 = hashlib.sha256()
        self._git = hashlib.sha1(b"blob %d\0" % self.file.size_bytes, usedforsecurity=False)

    def _hash(self, block: bytes) -> None:
        self.size += len(block)
        self.sha256.update(block)
        if not self.file.sha256:
            self._git.update(block)
        self._on_bytes(len(block))

    def start_again(self) -> None:
        self._on_bytes(-self.size)
        self._begin()
        self.part.write_bytes(b"")

    def append(self, response: httpx2.Response) -> None:
        with self.part.open("ab", CHUNK_BYTES) as out:
            # Of any size: a fixed one would lose the last, incomplete block of a broken connection.
            for block in response.iter_bytes():
                out.write(block)
                self._hash(block)
                if self.size > self.file.size_bytes:
                    break

    def is_valid(self) -> bool:
        found = self.sha256.hexdigest() if self.file.sha256 else self._git.hexdigest()
        return self.size == self.file.size_bytes and found == self.file.identity


def _continue(model: RemoteModel, target: _PartFile) -> None:
    """Fetch the missing bytes in one request.

    Raises
    ------
    _Interrupted
        If it ends too early, for a reason that may be temporary.
    """
    import httpx2

    with readable_errors(model.endpoint, model.repository, target.file.path):
        try:
            _request(model, target)
        except (httpx2.TimeoutException, httpx2.NetworkError, httpx2.ProtocolError) as error:
            raise _Interrupted(str(error) or type(error).__name__) from None
    if target.size < target.file.size_bytes:
        raise _Interrupted("it ended early")


def _request(model: RemoteModel, target: _PartFile) -> None:
    from huggingface_hub import get_session, hf_hub_url, hf_raise_for_status
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]  # documented, but not in __all__

    url = hf_hub_url(model.repository, target.file.path, revision=model.commit, endpoint=model.endpoint)
    headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
    if resumed := target.size > 0:
        headers["Range"] = f"bytes={target.size}-"
    # Redirects are followed; httpx2 does not send the authorisation to other hosts.
    with get_session().stream("GET", url, headers=headers, timeout=READ_TIMEOUT_S) as response:
        if response.status_code in RETRIED_STATUSES:
            raise _Interrupted(f"answer {response.status_code}")
        if resumed and response.status_code in (200, 416):
            target.start_again()  # this server ignores ranges, or its file is shorter
        if resumed and response.status_code == 416:
            raise _Interrupted("answer 416")
        hf_raise_for_status(response)
        target.append(response)
