"""Downloads a model from a hub: fetches only missing files, checks each one, and installs all in one step."""

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
from engine.models.layout import SILENCE, missing_files, select_files
from engine.models.partial_download import JOURNAL, PartialDownload
from engine.models.transfer import RetryPolicy, fetch
from engine.models.verify import sha256_of
from engine.models.weights import check_weights

RESERVE_BYTES = 1_000_000_000
"""The disk space that a download leaves free, for takes and other programs."""
_RATE_WINDOW_S, _RATE_STEP_S = 5.0, 0.05


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """The progress of a download: `rate` in bytes a second over the last few seconds, `path` of the current file."""

    done_bytes: int
    total_bytes: int
    rate: float
    path: str


OnProgress = Callable[[DownloadProgress], None]
"""Receives the progress many times a second; what it raises stops the download, which can be resumed later."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The content of a download, known before anything is fetched.

    Attributes:
        size_bytes: size of all files.
        missing_bytes: bytes still to fetch; less than `size_bytes` if some are on the disk already.
        licence: the repository's current licence, else the catalogue's.
    """

    entry: ModelEntry
    remote: RemoteModel
    files: tuple[RemoteFile, ...]
    size_bytes: int
    missing_bytes: int
    licence: str


def offer(entry: ModelEntry, store: ModelStore, endpoint: str | None = None) -> Offer:
    """Look up the current files of `entry` on the hub; without `endpoint`, on the one that `HF_ENDPOINT` names.

    Raises
    ------
    ModelFault
        If the hub cannot be reached, or its repository holds no such model.
    """
    remote = look_up(entry.repository, entry.revision, endpoint)
    names = set(select_files(entry, [file.path for file in remote.files], remote.repository))
    files = tuple(file for file in remote.files if file.path in names)
    present = PartialDownload(store.partial(entry.name), store.find(entry.name))
    missing = sum(file.size_bytes - present.bytes_of(file) for file in files)
    licence = remote.licence or entry.licence
    return Offer(entry, remote, files, sum(file.size_bytes for file in files), missing, licence)


def download(
    offered: Offer, store: ModelStore, on_progress: OnProgress, retry: RetryPolicy | None = None
) -> InstalledModel:
    """Fetch and install the model of an offer.

    Raises
    ------
    ModelFault
        If the disk is too full, the connection fails permanently, or the files are damaged or another model's.
    """
    entry = offered.entry
    check_disk(store.folder, offered.missing_bytes)
    with store.working_on(entry.name) as partial:
        try:
            present = PartialDownload(partial, store.find(entry.name))
            meter = _DownloadMeter(offered.size_bytes, on_progress)
            hashes = _fetch_all(offered, partial, present, meter, retry)
            records, remote = finish(entry, partial, hashes), offered.remote
            return store.install(record_of(entry, records, remote.endpoint, remote.commit, offered.licence))
        except OSError as error:
            raise _disk_fault(error, partial) from None


def finish(entry: ModelEntry, partial: Path, hashes: dict[str, str]) -> tuple[FileRecord, ...]:
    """Prepare a folder that holds all files for installation; return the records of the files.

    `hashes` has the SHA-256 of each file by path. The latent of silence is rewritten as safetensors, files that are
    not part of the model are deleted, and the weights are checked.

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
    """Check that `needed_bytes` and a reserve fit on the disk of `folder`, which need not exist yet.

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


class _DownloadMeter:
    """Counts bytes and reports them with the current rate."""

    def __init__(self, total_bytes: int, on_progress: OnProgress) -> None:
        self._total, self._report = total_bytes, on_progress
        self._done = 0
        self._recent: deque[tuple[float, int]] = deque()
        self.path = ""

    def skip(self, count: int) -> None:
        """Count bytes that were on the disk already, without effect on the rate."""
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
        self._report(DownloadProgress(self._done, self._total, rate, self.path))


def _fetch_all(
    offered: Offer, partial: Path, present: PartialDownload, meter: _DownloadMeter, retry: RetryPolicy | None
) -> dict[str, str]:
    """Fetch every missing file; return the hashes of all files by path."""
    hashes = {}
    for file in offered.files:
        if sha256 := present.complete(file):
            meter.skip(file.size_bytes)
        else:
            meter.path = file.path
            sha256 = fetch(offered.remote, file, partial, meter.add, retry or RetryPolicy())
            present.record(file, sha256)
        hashes[file.path] = sha256
    return hashes


def _disk_fault(error: OSError, partial: Path) -> ModelFault:
    if error.errno == errno.ENOSPC:
        return ModelFault(f"The disk of {partial} is full; make room, and the same command goes on from there.")
    return ModelFault(f"{error.filename or partial} cannot be written ({error.strerror or error}).")
