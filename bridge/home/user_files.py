"""Reading and atomic writing of small files: written under a temporary name, then renamed."""

from __future__ import annotations

import contextlib
import os
import uuid
from pathlib import Path

from engine.errors import StemBridgeError

MAX_BYTES = 1 << 20

Signature = tuple[int, int, int]


def signature(path: Path) -> Signature | None:
    """Return a value that changes with the file: mtime in ns, size in bytes, inode; None if it is no regular file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino) if path.is_file() else None


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises
    ------
    StemBridgeError
        If it cannot be read, or is longer than 1 MiB.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise StemBridgeError(f"{path.name} cannot be read: {error.strerror or error}.") from error
    if len(content) > MAX_BYTES:
        raise StemBridgeError(f"{path.name} is too long: at most {MAX_BYTES:,} bytes are read.")
    return content


def write_text(path: Path, text: str, *, replace: bool, private: bool = False) -> bool:
    """Write `text` (UTF-8) to `path` atomically; its folder is made if missing.

    With `private`, only the user may read the file (mode 0600).

    Returns
    -------
    bool
        False if the file already exists and `replace` is False: then it is left as it is.

    Raises
    ------
    StemBridgeError
        If it cannot be written.
    """
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            opened = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
            with os.fdopen(opened, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            return _rename(temporary, path, replace)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()
    except OSError as error:
        raise StemBridgeError(f"{path} cannot be written: {error.strerror or error}.") from error


def _rename(temporary: Path, path: Path, replace: bool) -> bool:
    if replace:
        temporary.replace(path)
        return True
    if os.path.lexists(path):
        return False
    try:
        path.hardlink_to(temporary)  # unlike a rename, it never overwrites a file that has appeared meanwhile
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        temporary.rename(path)
    return True
