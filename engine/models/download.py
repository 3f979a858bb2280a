"""Fetches a model from a hub: what is missing and nothing else, checked file by file, installed in one step."""

from __future__ import annotations

import errno
import shutil
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ModelFault
from engine.models import silence_latent
from engine.models.catalogue import ModelEntry
from engine.models.hub import RemoteFile, RemoteModel, look_up
from engine.models.installed_models import FileRecord, InstalledModel, ModelStore, record_of
from engine.models.layout import SILENCE, missing_files, wanted
from engine.models.partial_download import JOURNAL, Arrived
from engine.models.transfer import Patience, fetch
from engine.models.verify import sha256_of
from engine.models.weights import check_weights

RESERVE_BYTES = 1_000_000_000
"""What a download leaves free on the disk, for the takes and everybody else."""
_RATE_WINDOW_S, _RATE_STEP_S = 5.0, 0.05


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a download is: `rate` in bytes a second over the last few seconds, `path` the file under way."""

    done_bytes: int
    total_bytes: int
    rate: float
    path: str


OnProgress = Callable[[Progress], None]
"""Takes reports, many a second; what it raises stops the download, and what has arrived is kept."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What a download would bring: look at it before anything is fetched.

    Attributes:
        missing_bytes: what is still to be fetched; less than `size_bytes` when some of it is here already.
        licence: as the repository says now, else as the catalogue says.
    """

    entry: ModelEntry
    remote: RemoteModel
    files: tuple[RemoteFile, ...]
    size_bytes: int
    missing_bytes: int
    licence: str


def offer(entry: ModelEntry, store: ModelStore, endpoint: str | None = None) -> Offer:
    """Ask the hub what `entry` consists of today; without `endpoint`, the one that `HF_ENDPOINT` names.

    Raises
    ------
    ModelFault
        If the hub cannot be asked, or its repository holds no such model.
    """
    remote = look_up(entry.repository, entry.revision, endpoint)
    names = set(wanted(entry, [file.path for file in remote.files], remote.repository))
    files = tuple(file for file in remote.files if file.path in names)
    arrived = Arrived(store.partial(entry.name), store.find(entry.name))
    missing = sum(file.size_bytes - arrived.bytes_of(file) for file in files)
    licence = remote.licence or entry.licence
    return Offer(entry, remote, files, sum(file.size_bytes for file in files), missing, licence)


def download(
    wanted_offer: Offer, store: ModelStore, on_progress: OnProgress, patience: Patience | None = None
) -> InstalledModel:
    """Fetch and install what was offered.

    Raises
    ------
    ModelFault
        If the disk is too full, the connection breaks for good, or what arrives is damaged or no such model.
    """
    entry = wanted_offer.entry
    check_disk(store.folder, wanted_offer.missing_bytes)
    with store.working_on(entry.name) as partial:
        try:
            arrived = Arrived(partial, store.find(entry.name))
            meter = _Meter(wanted_offer.size_bytes, on_progress)
            hashes = _fetch_all(wanted_offer, partial, arrived, meter, patience)
            records, remote = finish(entry, partial, hashes), wanted_offer.remote
            return store.install(record_of(entry, records, remote.endpoint, remote.commit, wanted_offer.licence))
        except OSError as error:
            raise _disk_fault(error, partial) from None


def finish(entry: ModelEntry, partial: Path, hashes: dict[str, str]) -> tuple[FileRecord, ...]:
    """Make of a folder that holds all files one that can be installed; return their records.

    `hashes` has the SHA-256 of each file by path. The latent of silence becomes safetensors, what is no part of the
    model is deleted, and the whole is checked.

    Raises
    ------
    ModelFault
        If files are missing, damaged or another model's.
    """
    pickled = f"{entry.transformer}/{SILENCE}"
    if entry.layout == "original" and pickled in hashes:
        source = partial / pickled
        silence_latent.rewrite_apart(source, source.with_suffix(".safetensors"))
        del hashes[pickled]
        rewritten = pickled.removesuffix(".pt") + ".safetensors"
        hashes[rewritten] = sha256_of(partial / rewritten)
    if missing := missing_files(entry, partial):
        raise ModelFault(f"{entry.repository} is not complete as {entry.name}: {', '.join(missing[:5])} missing.")
    for path in partial.rglob("*"):
        if path.is_file() and path.relative_to(partial).as_posix() not in {*hashes, JOURNAL}:
            path.unlink()
    check_weights(entry, partial)
    (partial / JOURNAL).unlink(missing_ok=True)
    return tuple(FileRecord(path, (partial / path).stat().st_size, sha) for path, sha in sorted(hashes.items()))


def check_disk(folder: Path, needed_bytes: int) -> None:
    """Make sure that `needed_bytes` fit on the disk of `folder`, which need not exist yet, with a reserve.

    Raises
    ------
    ModelFault
        If not; the sentence says how much is missing.
    """
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    free = shutil.disk_usage(there).free
    short = needed_bytes + RESERVE_BYTES - free
    if needed_bytes > 0 and short > 0:
        raise ModelFault(
            f"The disk of {folder} has {free / 1e9:.1f} GB free; {needed_bytes / 1e9:.1f} GB are needed and "
            f"{RESERVE_BYTES / 1e9:.0f} GB kept in reserve: make {short / 1e9:.1f} GB free."
        )


class _Meter:
    """Adds up bytes and reports them with a rate."""

    def __init__(self, total_bytes: int, on_progress: OnProgress) -> None:
        self._total, self._report = total_bytes, on_progress
        self._done = 0
        self._recent: deque[tuple[float, int]] = deque()
        self.path = ""

    def skip(self, count: int) -> None:
        """Count bytes that were there already, which says nothing about the line."""
        self._done += count
        self._recent.clear()

    def add(self, count: int) -> None:
        self._done += count
        now = time.monotonic()
        if not self._recent or now - self._recent[-1][0] > _RATE_STEP_S:
            self._recent.append((now, self._done))
        while self._recent[0][0] < now - _RATE_WINDOW_S:
            self._recent.popleft()
        then, before = self._recent[0]
        rate = max(0.0, (self._done - before) / (now - then)) if now > then else 0.0
        self._report(Progress(self._done, self._total, rate, self.path))


def _fetch_all(
    wanted_offer: Offer, partial: Path, arrived: Arrived, meter: _Meter, patience: Patience | None
) -> dict[str, str]:
    """Fetch every file that is not there; return all hashes by path."""
    hashes = {}
    for file in wanted_offer.files:
        if sha256 := arrived.complete(file):
            meter.skip(file.size_bytes)
        else:
            meter.path = file.path
            sha256 = fetch(wanted_offer.remote, file, partial, meter.add, patience or Patience())
            arrived.note(file, sha256)
        hashes[file.path] = sha256
    return hashes


def _disk_fault(error: OSError, partial: Path) -> ModelFault:
    if error.errno == errno.ENOSPC:
        return ModelFault(f"The disk of {partial} is full; make room, and the same command goes on from there.")
    return ModelFault(f"{error.filename or partial} cannot be written ({error.strerror or error}).")
