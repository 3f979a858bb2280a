"""Deletes files and folders; reports those that cannot be deleted and continues with the others."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def delete_all(paths: Iterable[Path]) -> list[str]:
    """Delete files and folders; return an error sentence for each that could not be deleted.

    Of a symbolic link only the link is deleted, not its target.
    """
    faults: list[str] = []

    def note(_: object, name: str, error: BaseException) -> None:
        reason = getattr(error, "strerror", None) or error
        faults.append(f"{name} cannot be deleted ({reason}).")

    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, onerror=lambda function, name, info: note(function, name, info[1]))
            continue
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            note(None, str(path), error)
    return faults


def delete_empty(folders: Iterable[Path]) -> None:
    """Delete those of the folders that are empty."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
