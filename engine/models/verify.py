"""Checks an installed model: every file's size and hash, and whether the weights are that model's."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from engine.errors import ModelFault
from engine.models.catalogue import ModelEntry
from engine.models.installed_models import FileRecord, InstalledModel
from engine.models.layout import PICKLE_ENDINGS, missing_files
from engine.models.weights import check_weights

_BLOCK_BYTES = 1 << 22


def verify(model: InstalledModel, entry: ModelEntry, on_bytes: Callable[[int], None] = lambda _: None) -> list[str]:
    """Return the faults of an installed model, one sentence each.

    `on_bytes` receives the number of bytes that have just been read.
    """
    faults = [fault for file in model.files if (fault := _file_fault(model.folder, file, on_bytes))]
    foreign = [path for path in sorted(model.folder.rglob("*")) if path.suffix in PICKLE_ENDINGS]
    faults += [f"{path} is a pickle, which may carry code, and no part of the model." for path in foreign]
    if not faults:
        try:
            faults += [f"{model.folder / path} is missing." for path in missing_files(entry, model.folder)]
            check_weights(entry, model.folder)
        except ModelFault as error:
            faults.append(str(error))
    return faults


def quick_check(model: InstalledModel) -> None:
    """Check that all files exist with their recorded sizes: a fast check before a model is loaded.

    Raises
    ------
    ModelFault
        If a file is missing or of another size; the sentence names it.
    """
    for file in model.files:
        if fault := _size_fault(model.folder, file):
            raise ModelFault(f"{fault} Fetch it again: stembridge models download {model.name}")


def sha256_of(path: Path, on_bytes: Callable[[int], None] = lambda _: None) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
            on_bytes(len(block))
    return digest.hexdigest()


def _size_fault(folder: Path, file: FileRecord) -> str:
    path = folder / file.path
    try:
        size = path.stat().st_size
    except OSError:
        return f"{path} is missing."
    return "" if size == file.size_bytes else f"{path} is {size} bytes long instead of {file.size_bytes}."


def _file_fault(folder: Path, file: FileRecord, on_bytes: Callable[[int], None]) -> str:
    if fault := _size_fault(folder, file):
        return fault
    try:
        found = sha256_of(folder / file.path, on_bytes)
    except OSError as error:
        return f"{folder / file.path} cannot be read ({error.strerror or error})."
    return "" if found == file.sha256 else f"{folder / file.path} is damaged: its hash is not the recorded one."
