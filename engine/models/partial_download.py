"""The files of a download that are on the disk already, so that nothing is fetched twice.

A journal lists the files that an earlier try has completed, with the hash that the hub gave; other files may be there
in part; and files of an older or damaged installed version are reused if their hash is the requested one.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from engine.models.hub import RemoteFile
from engine.models.installed_models import InstalledModel
from engine.models.transfer import part_of
from engine.models.verify import sha256_of

JOURNAL = "download.json"


class PartialDownload:
    """The files in the partial folder of a model, which need not exist, and those of the installed version."""

    def __init__(self, partial: Path, installed: InstalledModel | None) -> None:
        self._partial = partial
        self._journal = _read(partial / JOURNAL)
        self._installed = installed
        self._recorded = {file.path: file for file in installed.files} if installed else {}

    def bytes_of(self, file: RemoteFile) -> int:
        """Return how many bytes of `file` need not be fetched, judged without reading it."""
        if self._is_complete(file) or self._usable(file):
            return file.size_bytes
        part = part_of(file, self._partial)
        return min(part.stat().st_size, file.size_bytes) if part.is_file() else 0

    def complete(self, file: RemoteFile) -> str:
        """Return the SHA-256 of `file` if it is complete, after reusing the installed one if possible; else ""."""
        if not self._is_complete(file) and (usable := self._usable(file)):
            self._reuse(usable, file)
        return self._journal[file.path]["sha256"] if self._is_complete(file) else ""

    def record(self, file: RemoteFile, sha256: str) -> None:
        """Record in the journal that `file` is complete and checked."""
        self._journal[file.path] = {"identity": file.identity, "sha256": sha256}
        temporary = self._partial / f"{JOURNAL}.tmp"
        temporary.write_text(json.dumps(self._journal), encoding="utf-8")
        temporary.replace(self._partial / JOURNAL)

    def _is_complete(self, file: RemoteFile) -> bool:
        known = self._journal.get(file.path, {}).get("identity") == file.identity
        return known and _has_size(self._partial / file.path, file.size_bytes)

    def _usable(self, file: RemoteFile) -> Path | None:
        """Return the installed version's file if its recorded hash is the requested one."""
        recorded = self._recorded.get(file.path)
        if self._installed is None or recorded is None or not file.sha256 or recorded.sha256 != file.sha256:
            return None
        path = self._installed.folder / file.path
        return path if _has_size(path, file.size_bytes) else None

    def _reuse(self, source: Path, file: RemoteFile) -> None:
        """Link or copy the installed file into the partial folder, if its content still has the recorded hash."""
        if sha256_of(source) != file.sha256:
            return
        target = self._partial / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        link_or_copy(source, target)
        self.record(file, file.sha256)


def link_or_copy(source: Path, target: Path) -> None:
    """Make `target` a hard link to the file `source`, or a copy if the file system has no such links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _has_size(path: Path, size_bytes: int) -> bool:
    return path.is_file() and path.stat().st_size == size_bytes


def _read(path: Path) -> dict[str, dict[str, str]]:
    try:
        journal = json.loads(path.read_text(encoding="utf-8"))
        return {name: {key: str(known[key]) for key in ("identity", "sha256")} for name, known in journal.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
