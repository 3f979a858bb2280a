"""Brings one file from a hub: goes on where an earlier try broke off, and checks what has arrived."""

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
PASSING = (408, 429, 500, 502, 503, 504)
"""Answers that may be others a moment later."""

OnBytes = Callable[[int], None]
"""Takes the number of bytes that have just arrived, negative if some have to be fetched again; may raise."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a transfer that brings nothing is tried again, and the first wait; each wait doubles."""

    retries: int = 5
    first_wait_s: float = 1.0


def part_of(file: RemoteFile, folder: Path) -> Path:
    """Return where a file grows; a new version of it grows elsewhere."""
    target = folder.joinpath(*file.path.split("/"))
    return target.with_name(f"{target.name}.{file.identity[:16]}.part")


def fetch(model: RemoteModel, file: RemoteFile, folder: Path, on_bytes: OnBytes, patience: Patience) -> str:
    """Bring `file` into `folder` and return its SHA-256.

    Raises
    ------
    ModelFault
        If it cannot be had, or what arrives is not what the hub promised.
    """
    part = part_of(file, folder)
    part.parent.mkdir(parents=True, exist_ok=True)
    resumed = part.exists()
    sha256 = _fill(model, file, part, on_bytes, patience)
    if not sha256 and resumed:  # what lay there from an earlier try may be at fault
        sha256 = _fill(model, file, part, on_bytes, patience)
    if not sha256:
        raise ModelFault(
            f"{file.path} of {model.repository} arrived damaged (its hash is not the one that {model.endpoint} "
            "promises) and was deleted; try again later."
        )
    part.replace(folder.joinpath(*file.path.split("/")))
    return sha256


def _fill(model: RemoteModel, file: RemoteFile, part: Path, on_bytes: OnBytes, patience: Patience) -> str:
    """Complete `part` and return its SHA-256; delete it and return "" if it is not what the hub promised."""
    growing = _Growing(file, part, on_bytes)
    tries = 0
    while growing.size < file.size_bytes:
        before = growing.size
        try:
            _continue(model, growing)
        except _Interrupted as error:
            tries = 1 if growing.size > before else tries + 1
            if tries > patience.retries:
                raise ModelFault(
                    f"The connection to {model.endpoint} breaks again and again at {file.path} ({error}); "
                    "the same command goes on from there."
                ) from None
            time.sleep(min(30.0, patience.first_wait_s * 2 ** (tries - 1)))
    if growing.is_what_was_promised():
        return growing.sha256.hexdigest()
    on_bytes(-growing.size)
    part.unlink()
    return ""


class _Interrupted(Exception):
    """A transfer broke in a way that may pass."""


class _Growing:
    """A file under way: what is on disk of it, and its hashes."""

    def __init__(self, file: RemoteFile, part: Path, on_bytes: OnBytes) -> None:
        self.file, self.part, self._on_bytes = file, part, on_bytes
        self._begin()
        if part.exists():
            with part.open("rb") as lying:
                while block := lying.read(CHUNK_BYTES):
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
            for block in response.iter_bytes():  # as it comes: a fixed size would lose what waits to be filled up
                out.write(block)
                self._hash(block)
                if self.size > self.file.size_bytes:
                    break

    def is_what_was_promised(self) -> bool:
        found = self.sha256.hexdigest() if self.file.sha256 else self._git.hexdigest()
        return self.size == self.file.size_bytes and found == self.file.identity


def _continue(model: RemoteModel, growing: _Growing) -> None:
    """Fetch what is missing in one request.

    Raises
    ------
    _Interrupted
        If it ends before the file does, for a reason that may pass.
    """
    import httpx2

    with readable_errors(model.endpoint, model.repository, growing.file.path):
        try:
            _request(model, growing)
        except (httpx2.TimeoutException, httpx2.NetworkError, httpx2.ProtocolError) as error:
            raise _Interrupted(str(error) or type(error).__name__) from None
    if growing.size < growing.file.size_bytes:
        raise _Interrupted("it ended early")


def _request(model: RemoteModel, growing: _Growing) -> None:
    from huggingface_hub import get_session, hf_hub_url, hf_raise_for_status
    from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]  # documented, but not in __all__

    url = hf_hub_url(model.repository, growing.file.path, revision=model.commit, endpoint=model.endpoint)
    headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
    if resumed := growing.size > 0:
        headers["Range"] = f"bytes={growing.size}-"
    # Redirects are followed; httpx2 does not send the authorisation to other hosts.
    with get_session().stream("GET", url, headers=headers, timeout=READ_TIMEOUT_S) as response:
        if response.status_code in PASSING:
            raise _Interrupted(f"answer {response.status_code}")
        if resumed and response.status_code in (200, 416):
            growing.start_again()  # this server does not continue files, or has none this long
        if resumed and response.status_code == 416:
            raise _Interrupted("answer 416")
        hf_raise_for_status(response)
        growing.append(response)
