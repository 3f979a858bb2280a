"""Installs our files in another program's folder, updates them and removes them without a trace.

A receipt beside them (JSON) lists every file, folder and backup. Files that existed before are backed up before the
first change and restored by `remove`; from a file that the program writes to as well (`Patch`), only our lines are
removed.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bridge import __version__
from engine.errors import StemBridgeError

BACKUP_ENDING = ".stembridge-backup"


@dataclass(frozen=True, slots=True)
class Patch:
    """Our lines in a file of the DAW: `add` inserts them into the file's bytes, `drop` removes them.

    A missing file is passed as b"". `add` is idempotent.
    """

    add: Callable[[bytes], bytes]
    drop: Callable[[bytes], bytes]


@dataclass(slots=True)
class Receipt:
    """The parts of an installation; paths are relative to its root, with slashes.

    Attributes:
        files: each file that is entirely ours → its SHA-256.
        patched: each file of the DAW with our lines → its SHA-256 after `install`.
        backups: the files of both kinds that existed before.
        folders: folders that we have created, outermost first.
    """

    version: str = __version__
    files: dict[str, str] = field(default_factory=dict)
    patched: dict[str, str] = field(default_factory=dict)
    backups: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)


class Installation:
    """Our files below one folder of a DAW."""

    def __init__(
        self,
        root: Path,
        receipt: str,
        files: Mapping[str, bytes],
        patches: Mapping[str, Patch] | None = None,
        own_folders: Sequence[str] = (),
    ) -> None:
        """Describe the installation.

        `receipt` and the keys of `files` and `patches` are paths relative to `root`, with slashes; `own_folders` are
        removed with all their contents (the DAW's caches, for example).
        """
        self.root = root
        self._receipt_path = root / receipt
        self._files = dict(files)
        self._patches = dict(patches or {})
        self._own_folders = own_folders

    @property
    def version(self) -> str:
        """The installed version, "" if there is none."""
        receipt = self._read()
        return receipt.version if receipt else ""

    def is_current(self) -> bool:
        """Return whether `install` would have nothing to do."""
        return self._read() is not None and not self._wanted() and self.version == __version__

    def overwrites(self) -> list[Path]:
        """Return the existing files that `install` would change."""
        return [path for path in (self.root / name for name in self._wanted()) if path.exists()]

    @property
    def shared_files(self) -> list[Path]:
        """The DAW's own files, in which `install` and `remove` change lines."""
        return [self.root / name for name in self._patches]

    def install(self) -> list[Path]:
        """Write the missing and differing files, and the receipt; return the written files.

        Raises
        ------
        StemBridgeError
            If a file cannot be written.
        """
        if self.is_current():
            return []
        with _sentences():
            receipt = self._read() or Receipt()
            wanted = self._wanted()
            for name in [name for name in receipt.files if name not in self._files]:
                (self.root / name).unlink(missing_ok=True)
            identical = self._files.keys() - wanted.keys() - receipt.files.keys()
            for name in identical:  # which existed before
                self._back_up(name, self._files[name], receipt)
            for name, data in wanted.items():
                self._put(name, data, receipt)
            receipt.version = __version__
            receipt.files = {name: _sha256(data) for name, data in self._files.items()}
            self._write_receipt(receipt)
        return [self.root / name for name in wanted]

    def remove(self) -> list[Path]:
        """Remove everything; return the files that were removed or restored, none if nothing was installed.

        Raises
        ------
        StemBridgeError
            If a file cannot be removed or written.
        """
        receipt = self._read()
        if receipt is None:
            return []
        with _sentences():
            touched = [self.root / name for name in (*receipt.files, *receipt.patched)]
            for name, digest in receipt.patched.items():
                self._unpatch(name, digest, name in receipt.backups)
            for name in receipt.files:
                self._remove_file(name, name in receipt.backups)
            self._receipt_path.unlink()
            for name in self._own_folders:
                shutil.rmtree(self.root / name, ignore_errors=True)
            for name in reversed(receipt.folders):
                with suppress(OSError):  # the folder has other contents now
                    (self.root / name).rmdir()
        return touched

    def _wanted(self) -> dict[str, bytes]:
        """Return the required contents of every file that is missing or differs."""
        wanted = {name: data for name, data in self._files.items() if _read_bytes(self.root / name) != data}
        for name, patch in self._patches.items():
            there = _read_bytes(self.root / name) or b""
            if patch.add(there) != there:
                wanted[name] = patch.add(there)
        return wanted

    def _put(self, name: str, data: bytes, receipt: Receipt) -> None:
        path = self.root / name
        self._make_folder(path.parent, receipt)
        there = _read_bytes(path)
        if name in self._patches:
            self._back_up(name, None if there is None else self._patches[name].drop(there), receipt)
            receipt.patched[name] = _sha256(data)
        elif name not in receipt.files:
            self._back_up(name, there, receipt)
            receipt.files[name] = _sha256(data)
        # Each step is in the receipt before it is done, so that after a power cut the receipt lists every change.
        self._write_receipt(receipt)
        _replace(path, data)

    def _back_up(self, name: str, data: bytes | None, receipt: Receipt) -> None:
        if data is not None:
            _replace(_backup_of(self.root / name), data)
            shutil.copymode(self.root / name, _backup_of(self.root / name))
            receipt.backups = sorted({*receipt.backups, name})

    def _make_folder(self, folder: Path, receipt: Receipt) -> None:
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for one in reversed(missing):
            one.mkdir()
            receipt.folders.append(one.relative_to(self.root).as_posix())

    def _unpatch(self, name: str, digest: str, has_backup: bool) -> None:
        path, backup = self.root / name, _backup_of(self.root / name)
        there = _read_bytes(path)
        if there is not None and _sha256(there) == digest and has_backup:
            backup.replace(path)  # unchanged since `install`: restore the original bytes
            return
        backup.unlink(missing_ok=True)
        if there is None:
            return
        rest = self._patches[name].drop(there) if name in self._patches else there
        if rest or has_backup:
            _replace(path, rest)
        else:
            path.unlink()

    def _remove_file(self, name: str, has_backup: bool) -> None:
        path = self.root / name
        if has_backup:
            _backup_of(path).replace(path)
        else:
            path.unlink(missing_ok=True)

    def _read(self) -> Receipt | None:
        try:
            return Receipt(**json.loads(self._receipt_path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def _write_receipt(self, receipt: Receipt) -> None:
        self._make_folder(self._receipt_path.parent, receipt)
        _replace(self._receipt_path, json.dumps(asdict(receipt), indent=1).encode())


def _backup_of(path: Path) -> Path:
    return path.with_name(path.name + BACKUP_ENDING)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read_bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{secrets.token_hex(4)}.tmp")
    try:
        temporary.write_bytes(data)
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _sentences() -> Iterator[None]:
    """Convert errors of the file system into sentences for the user."""
    try:
        yield
    except OSError as error:
        raise StemBridgeError(
            f"{error.filename} cannot be written ({error.strerror or error}); nothing else was done after it."
        ) from None
