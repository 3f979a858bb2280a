"""Installed models on disk: `<models>/<name>/` holds one complete model with its record `model.json`.

A download lies in `<models>/<name>.partial/` and becomes `<name>` by one rename once it is complete and checked, so a
folder `<name>` never holds half a model.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.errors import EngineUnavailable, InvalidValue, ModelFault
from engine.models.catalogue import ModelEntry, ModelKind, read_catalogue

RECORD = "model.json"
PARTIAL = ".partial"
FORMAT = 1
_NO_RECORD = (OSError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of a model: its path with `/`, relative to the model's folder."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that is complete on this machine.

    Attributes:
        origin: the hub's address or the folder that it came from.
        commit: the commit of `revision` at the time of the download; empty if it came from a folder.
        licence: the repository's licence at that time.
        installed: time of the installation, ISO 8601.
    """

    name: str
    folder: Path
    repository: str
    revision: str
    commit: str
    licence: str
    layout: str
    origin: str
    installed: str
    files: tuple[FileRecord, ...]

    @property
    def size_bytes(self) -> int:
        """The size of all its files together."""
        return sum(file.size_bytes for file in self.files)

    def to_json(self) -> str:
        """Return the record as the text of `model.json`."""
        values = asdict(self)
        del values["folder"]
        return json.dumps({"format": FORMAT, **values}, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str, folder: Path) -> InstalledModel:
        """Read a record written by `to_json`; ValueError, KeyError or TypeError if it is none."""
        values: dict[str, Any] = json.loads(text)
        if values.pop("format") != FORMAT:
            raise ValueError("written by another version of Stem Bridge")
        files = tuple(FileRecord(**file) for file in values.pop("files"))
        return cls(folder=folder, files=files, **values)


class ModelStore:
    """The models' folder, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, name: str) -> InstalledModel | None:
        """Return an installed model, or None if it is not (or its record cannot be read)."""
        folder = self._folder_of(name)
        try:
            return InstalledModel.from_json((folder / RECORD).read_text(encoding="utf-8"), folder)
        except _NO_RECORD:
            return None

    def get(self, name: str) -> InstalledModel:
        """Return an installed model.

        Raises
        ------
        EngineUnavailable
            If it is not installed; the sentence says the command that installs it.
        """
        found = self.find(name)
        if found is None:
            raise not_installed(name)
        return found

    def partial(self, name: str) -> Path:
        """Return the folder that collects a download of the model."""
        return self._folder_of(name).with_name(name + PARTIAL)

    def partial_bytes(self, name: str) -> int:
        """Return the size in bytes of an unfinished download."""
        return _size(self.partial(name))

    @contextmanager
    def working_on(self, name: str) -> Iterator[Path]:
        """Lock the model against other processes during the `with` block; the value is its partial folder.

        Raises
        ------
        ModelFault
            If another process works on it, or the folder cannot be made.
        """
        partial = self.partial(name)
        try:
            partial.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ModelFault(f"The folder {partial} cannot be made: {error.strerror or error}.") from None
        with self._locked(name):
            yield partial

    def install(self, model: InstalledModel) -> InstalledModel:
        """Turn the complete partial folder of `model` into the installed one, which replaces an older one."""
        partial, folder = self.partial(model.name), self._folder_of(model.name)
        (partial / RECORD).write_text(model.to_json(), encoding="utf-8")
        if folder.exists():
            self._discard(folder)
        partial.rename(folder)
        return replace(model, folder=folder)

    def remove(self, name: str) -> int:
        """Delete a model and its unfinished download; return the bytes that this freed.

        Raises
        ------
        EngineUnavailable
            If there is neither.
        """
        folder, partial = self._folder_of(name), self.partial(name)
        if not folder.exists() and not folder.is_symlink() and not partial.exists():
            raise EngineUnavailable(f"The model {name} is not installed, so there is nothing to remove.")
        freed = 0
        with self._locked(name):
            for target in (folder, partial):
                freed += _size(target)
                self._discard(target)
        return freed

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / f".{name}.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise ModelFault(f"Another program is bringing the model {name} here just now; wait for it.") from None
        except OSError as error:
            raise ModelFault(f"{lock.lock_file} cannot be written ({error.strerror or error}).") from None
        try:
            yield
        finally:
            lock.release()

    def _folder_of(self, name: str) -> Path:
        """Return the folder of a model; it is always inside the models' folder, whatever `name` is."""
        if not name or name != Path(name).name or name.startswith(".") or "\\" in name or name.endswith(PARTIAL):
            raise InvalidValue("model", name, "the name of a model")
        return self.folder / name

    def _discard(self, folder: Path) -> None:
        """Delete a model's folder, the record first, so that a partly deleted folder does not count as installed."""
        if folder.is_symlink():
            folder.unlink()
        elif folder.is_dir():
            try:
                (folder / RECORD).unlink(missing_ok=True)
                shutil.rmtree(folder)
            except OSError as error:
                raise ModelFault(
                    f"{error.filename or folder} cannot be deleted ({error.strerror or error}); "
                    "stop the programs that use it and try again."
                ) from None


def installed_entries(models_dir: Path, kind: ModelKind = "music") -> list[ModelEntry]:
    """Return the catalogue's models of a kind that are installed, in order of preference.

    Raises
    ------
    ModelFault
        If the user's own catalogue cannot be read.
    """
    store = ModelStore(models_dir)
    known = read_catalogue(models_dir).values()
    return [entry for entry in known if entry.kind == kind and store.find(entry.name)]


def not_installed(name: str) -> EngineUnavailable:
    """Return the error that says how to get the model `name`."""
    return EngineUnavailable(f"The model {name} is not installed; this fetches it: stembridge models download {name}")


def record_of(
    entry: ModelEntry, files: tuple[FileRecord, ...], origin: str, commit: str = "", licence: str = ""
) -> InstalledModel:
    """Return the record of a model that was just fetched from `origin`; `licence` defaults to the catalogue's."""
    return InstalledModel(
        name=entry.name,
        folder=Path(),
        repository=entry.repository,
        revision=entry.revision,
        commit=commit,
        licence=licence or entry.licence,
        layout=entry.layout,
        origin=origin,
        installed=datetime.now(UTC).isoformat(timespec="seconds"),
        files=files,
    )


def recorded_files(folder: Path) -> tuple[FileRecord, ...]:
    """Return the file records of the model in any folder, an empty tuple if there is no record."""
    try:
        return InstalledModel.from_json((folder / RECORD).read_text(encoding="utf-8"), folder).files
    except _NO_RECORD:
        return ()


def _size(folder: Path) -> int:
    """Return the bytes that deleting a folder frees; files with another hard link free none."""
    if folder.is_symlink() or not folder.is_dir():
        return 0
    stats = [path.lstat() for path in folder.rglob("*") if path.is_file()]
    return sum(stat.st_size for stat in stats if stat.st_nlink == 1)
