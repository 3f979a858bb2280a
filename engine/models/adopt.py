"""Installs a model from a folder instead of a hub: for machines without a network, and for files already downloaded.

The files become hard links if the folder is on the models' disk (no second 11 GB, and the folder can be deleted
later), else copies. A reference to the folder would break as soon as the user moved or deleted it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from engine.errors import InvalidValue, ModelFault
from engine.models.catalogue import ModelEntry
from engine.models.download import check_disk, finish
from engine.models.installed_models import InstalledModel, ModelStore, record_of, recorded_files
from engine.models.layout import select_files
from engine.models.partial_download import link_or_copy
from engine.models.verify import sha256_of

OnBytes = Callable[[int], None]


def find_files(entry: ModelEntry, source: Path) -> dict[str, int]:
    """Return the model's files in `source` with their sizes in bytes.

    Raises
    ------
    InvalidValue
        If `source` is no folder.
    ModelFault
        If it holds no such model.
    """
    if not source.is_dir():
        raise InvalidValue("--from", str(source), "a folder with the files of a model")
    paths = [path.relative_to(source).as_posix() for path in sorted(source.rglob("*")) if path.is_file()]
    return {path: (source / path).stat().st_size for path in select_files(entry, paths, str(source))}


def adopt(entry: ModelEntry, source: Path, store: ModelStore, on_bytes: OnBytes = lambda _: None) -> InstalledModel:
    """Install `entry` from the files in `source`, which is not changed.

    Raises
    ------
    InvalidValue
        If `source` is no folder.
    ModelFault
        If files are missing, damaged or another model's, or the disk is too full.
    """
    files = find_files(entry, source)
    with store.working_on(entry.name) as partial:
        try:
            if not _can_link(source / next(iter(files)), partial):
                check_disk(partial, sum(files.values()))
            hashes = {path: _link_and_hash(source / path, partial / path, on_bytes) for path in files}
            _check_record(source, hashes)
            return store.install(record_of(entry, finish(entry, partial, hashes), str(source.absolute())))
        except OSError as error:
            raise ModelFault(f"{error.filename} cannot be installed ({error.strerror or error}).") from None
        finally:
            shutil.rmtree(partial, ignore_errors=True)  # links and copies are quickly made again


def _link_and_hash(source: Path, target: Path, on_bytes: OnBytes) -> str:
    """Link or copy one file; return its SHA-256."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    link_or_copy(source.resolve(), target)  # a hub's cache consists of symbolic links
    return sha256_of(target, on_bytes)


def _check_record(source: Path, hashes: dict[str, str]) -> None:
    """Compare the hashes with the record in `source`, if it is an installed model copied from another machine."""
    for file in recorded_files(source):
        if hashes.get(file.path, file.sha256) != file.sha256:
            raise ModelFault(f"{source / file.path} was damaged on its way: its hash is not the recorded one.")


def _can_link(source: Path, folder: Path) -> bool:
    probe = folder / ".link"
    probe.unlink(missing_ok=True)
    try:
        os.link(source.resolve(), probe)
    except OSError:
        return False
    probe.unlink()
    return True
