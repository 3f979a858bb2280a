"""Putting files in place all at once: a hidden staging folder that is renamed, or removed without a trace. No numpy.

A take named N in the folder F is staged in `F/.N.part`. That path is known before the work starts, so whoever keeps
track of jobs can have it cleared after a crash (`discard_staging`).
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bridge.takes.layout import FOLDER, nearest_folder
from bridge.takes.take import MANIFEST
from engine.errors import InvalidValue, StemBridgeError

_MB = 1_000_000
_ATTEMPTS = 20
# On Windows a virus scanner or indexer that looks into a fresh file keeps its folder from being renamed for a moment.
_RENAME_WAITS_S: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4) if os.name == "nt" else ()
_STAGING_NAME = re.compile(r"\..+\.part")
_REASONS = {
    errno.EACCES: "access is denied",
    errno.EPERM: "access is denied",
    errno.EROFS: "the disk is read-only",
    errno.ENOENT: "the folder is gone",
    errno.ENOTDIR: "there is a file where a folder is needed",
    errno.ENAMETOOLONG: "the path is too long",
    errno.EIO: "the disk reports an error",
}


def staging_path(folder: Path, name: str) -> Path:
    """Return where the take `name` of `folder` is kept until it is complete."""
    return folder / f".{name}.part"


def discard_staging(paths: Iterable[Path]) -> None:
    """Delete staging folders that a crash left behind, and a takes folder that is empty without them.

    Paths that are not there are passed over, and so is what cannot be deleted.

    Raises
    ------
    InvalidValue
        If a path does not have the form of `staging_path`; nothing is deleted then.
    """
    wanted = list(paths)
    for path in wanted:
        if not (path.is_absolute() and _STAGING_NAME.fullmatch(path.name)):
            raise InvalidValue("staging folder", str(path), "an absolute path that ends in .<take>.part")
    for path in wanted:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        if path.parent.name == FOLDER:
            with suppress(OSError):
                path.parent.rmdir()


def write_file(path: Path, parts: Sequence[bytes | memoryview], *, durable: bool = False) -> None:
    """Write `parts` one after the other under a temporary name, then give the file its name.

    `durable` waits until the disk has it.

    Raises
    ------
    OSError
        As the system says; the temporary file is gone then.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with temporary.open("xb") as file:
            for part in parts:
                file.write(part)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def check_space(folder: Path, needed_bytes: int) -> None:
    """Check that the disk of `folder` (which need not exist) has room; a courtesy, it may fill up later.

    Raises
    ------
    StemBridgeError
        If it has not.
    """
    try:
        free = shutil.disk_usage(nearest_folder(folder)).free
    except OSError:  # some network drives do not say
        return
    if free < needed_bytes:
        raise _full(folder, needed_bytes, free)


@contextmanager
def clear_errors(folder: Path, needed_bytes: int) -> Iterator[None]:
    """Turn every `OSError` of the block into a `StemBridgeError` with one sentence about `folder`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(folder, needed_bytes, None) from error
        reason = _REASONS.get(error.errno or 0) or error.strerror or str(error)
        raise StemBridgeError(
            f"The take cannot be written to “{folder}”: {reason}. Check the folder, or save the project elsewhere."
        ) from error


class Staging:
    """Staging folders for takes that belong together; as a context manager it removes them unless `publish` ran.

    Folders that had to be made on the way are removed too, if nothing else has come to lie in them.
    """

    def __init__(self, folder: Path, names: Sequence[str], *, into_folder: bool = False) -> None:
        """Plan to put the folders `names` into `folder`; with `into_folder` the files of the only one themselves."""
        self.folder = folder
        self.paths = [staging_path(folder, name) for name in names]
        self._names = list(names)
        self._into_folder = into_folder
        self._made: list[Path] = []
        self._published: list[Path] = []

    def __enter__(self) -> Staging:
        try:
            for path in self.paths:
                self._make(path)
        except BaseException:
            self._clear()
            raise
        return self

    def __exit__(self, exc_type: type[BaseException] | None, *_: object) -> None:
        if exc_type is not None:
            self._clear()
        elif self._into_folder:
            shutil.rmtree(self.paths[0], ignore_errors=True)  # empty: its files have moved out

    def _clear(self) -> None:
        """Remove everything that this object has made."""
        for target in reversed(self._published):
            _remove(target)
        for path in reversed(self._made):
            if path in self.paths:
                shutil.rmtree(path, ignore_errors=True)
            else:
                with suppress(OSError):  # somebody else's files lie in it
                    path.rmdir()

    def publish(self) -> None:
        """Give everything its final name, manifests last; undone by leaving the context with an error.

        Raises
        ------
        InvalidValue
            If a name has been taken meanwhile.
        """
        if self._into_folder:
            files = sorted(self.paths[0].iterdir(), key=lambda file: (file.name == MANIFEST, file.name))
            moves = [(file, self.folder / file.name) for file in files]
        else:
            moves = [(path, self.folder / name) for path, name in zip(self.paths, self._names, strict=True)]
        for source, target in moves:
            check_free(target)
            _rename(source, target)
            self._published.append(target)

    def _make(self, path: Path) -> None:
        """Make `path` and its parents, remembering which were missing."""
        for _ in range(_ATTEMPTS):
            missing = [path, *(parent for parent in path.parents if not parent.exists())]
            try:
                for folder in reversed(missing):
                    if folder != path:
                        self._make_one(folder)
                path.mkdir()
            except FileNotFoundError:
                # Another writer has failed and removed the empty parent between our two steps.
                continue
            except FileExistsError:
                check_free(path)
                raise
            self._made.append(path)
            return
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))

    def _make_one(self, folder: Path) -> None:
        with suppress(FileExistsError):
            folder.mkdir()
            if folder not in self._made:
                self._made.append(folder)


def check_free(path: Path) -> None:
    """Check that nothing has the name `path` yet.

    Raises
    ------
    InvalidValue
        If something has.
    """
    if os.path.lexists(path):
        raise InvalidValue("destination", str(path), "a name that is not used yet (nothing is ever overwritten)")


def _rename(source: Path, target: Path) -> None:
    for wait_s in _RENAME_WAITS_S:
        try:
            source.rename(target)
            return
        except PermissionError:
            time.sleep(wait_s)
    source.rename(target)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _full(folder: Path, needed_bytes: int, free_bytes: int | None) -> StemBridgeError:
    free = "" if free_bytes is None else f", {free_bytes / _MB:.1f} MB free"
    return StemBridgeError(
        f"The disk of “{folder}” is full: {needed_bytes / _MB:.1f} MB needed{free}. Make room and try again."
    )
