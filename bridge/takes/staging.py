"""Puts files in place all at once: a hidden staging folder is renamed, or removed without a trace. No numpy.

A take named N in the folder F is staged in `F/.N.part`. That path is known before the work starts, so the job queue
can have it deleted after a crash (`discard_staging`).
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
# On Windows a virus scanner or indexer that reads a new file blocks renaming its folder for a moment.
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
    """Return the folder that holds the take `name` of `folder` until it is complete."""
    return folder / f".{name}.part"


def discard_staging(paths: Iterable[Path]) -> None:
    """Delete staging folders that a crash left behind, and their takes folder if it is empty then.

    Missing paths are ignored, and so are those that cannot be deleted.

    Raises
    ------
    InvalidValue
        If a path is not one of `staging_path`; nothing is deleted then.
    """
    folders = list(paths)
    for path in folders:
        if not (path.is_absolute() and _STAGING_NAME.fullmatch(path.name)):
            raise InvalidValue("staging folder", str(path), "an absolute path that ends in .<take>.part")
    for path in folders:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        if path.parent.name == FOLDER:
            with suppress(OSError):
                path.parent.rmdir()


def write_file(path: Path, parts: Sequence[bytes | memoryview], *, durable: bool = False) -> None:
    """Write `parts` in order to a temporary file, then rename it to `path`.

    With `durable`, wait until the file is on the disk (fsync).

    Raises
    ------
    OSError
        If it cannot be written; the temporary file is deleted then.
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
    """Check that the disk of `folder` (which need not exist) has room; it may still fill up later.

    Raises
    ------
    StemBridgeError
        If it has too little.
    """
    try:
        disk = shutil.disk_usage(nearest_folder(folder))
    except OSError:  # some network drives do not report it
        return
    if disk.total and disk.free < needed_bytes:  # without any room at all it is no disk, like /proc
        raise _full(folder, needed_bytes, disk.free)


@contextmanager
def clear_errors(folder: Path, needed_bytes: int) -> Iterator[None]:
    """Turn every `OSError` in the `with` block into a `StemBridgeError` with one sentence about `folder`."""
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
    """Staging folders of takes that are published together; on an error in the `with` block all is removed.

    Parent folders that were created for them are removed too, unless other files are in them by then.
    """

    def __init__(self, folder: Path, names: Sequence[str], *, into_folder: bool = False) -> None:
        """Prepare the folders `names` for `folder`; with `into_folder`, put the only one's files into it."""
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
            shutil.rmtree(self.paths[0], ignore_errors=True)  # empty: `publish` moved its files

    def _clear(self) -> None:
        """Remove everything that this object has created."""
        for target in reversed(self._published):
            _remove(target)
        for path in reversed(self._made):
            if path in self.paths:
                shutil.rmtree(path, ignore_errors=True)
            else:
                with suppress(OSError):  # another program's files are in it
                    path.rmdir()

    def publish(self) -> None:
        """Rename everything to its final name, manifests last; an error in the `with` block undoes it.

        Raises
        ------
        InvalidValue
            If a name exists by now.
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
        """Create `path` and its missing parents, and remember those that were created."""
        for _ in range(_ATTEMPTS):
            missing = [path, *(parent for parent in path.parents if not parent.exists())]
            try:
                for folder in reversed(missing):
                    if folder != path:
                        self._make_one(folder)
                path.mkdir()
            except FileNotFoundError:
                # Another writer has failed and removed the empty parent in between.
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
    """Check that `path` does not exist yet.

    Raises
    ------
    InvalidValue
        If it exists, even as a broken link.
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
    needed = f": {max(needed_bytes / _MB, 0.1):.1f} MB needed"
    free = "" if free_bytes is None else f", {free_bytes / _MB:.1f} MB free"
    return StemBridgeError(f"The disk of “{folder}” is full{needed}{free}. Make room and try again.")
