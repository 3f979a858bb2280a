"""The neural models for the window: listed, downloaded, verified and deleted in background threads.

One piece of work runs at a time. torch is never imported here: what needs it is asked in another process.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bridge.app.background import in_thread
from bridge.app.events import ModelWork
from engine.errors import Cancelled, ModelFault, StemBridgeError
from engine.models.catalogue import ModelEntry, find_entry, read_catalogue
from engine.models.installed_models import InstalledModel, ModelStore
from engine.optional_libraries import INSTALL_COMMAND, missing_packages

if TYPE_CHECKING:
    from engine.models.download import DownloadProgress, Offer

TELL_EVERY_S = 0.1
Doing = Literal["downloading", "copying", "checking"]


@dataclass(frozen=True, slots=True)
class ModelState:
    """The state of one model of the catalogue; `partial_bytes` is the size on disk of an unfinished download."""

    entry: ModelEntry
    installed: InstalledModel | None
    partial_bytes: int


class ModelDesk:
    """The models of one folder. Thread-safe; `tell` receives progress on the thread of the work."""

    def __init__(self, models_dir: Path, tell: Callable[[ModelWork], None]) -> None:
        self.folder = models_dir
        self.endpoint: str | None = None  # of the hub; None = the one that HF_ENDPOINT names
        self._store = ModelStore(models_dir)
        self._tell = tell
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._work: ModelWork | None = None

    @property
    def work(self) -> ModelWork | None:
        """The progress of the running work, None if there is none."""
        return self._work

    def states(self) -> list[ModelState]:
        """Return every known model, in order of preference.

        Raises
        ------
        ModelFault
            If the user's own catalogue cannot be read.
        """
        store = self._store
        return [
            ModelState(entry, store.find(name), store.partial_bytes(name))
            for name, entry in read_catalogue(self.folder).items()
        ]

    def missing(self) -> str:
        """Return the command that installs the engine's libraries, empty if they are installed."""
        return INSTALL_COMMAND if missing_packages() else ""

    def free_bytes(self) -> int:
        """Return the free bytes of the disk that the models lie on."""
        there = next(place for place in (self.folder, *self.folder.absolute().parents) if place.exists())
        return shutil.disk_usage(there).free

    def recommended(self) -> Future[tuple[str, str]]:
        """Return the name of the model that suits this machine and the reason, in a future."""

        def look() -> tuple[str, str]:
            from engine.hardware import recommend_model
            from engine.hardware.probe import probe_in_subprocess

            choice = recommend_model(probe_in_subprocess(), read_catalogue(self.folder).values())
            return choice.model, choice.reason

        return in_thread(look)

    def offer(self, name: str) -> Future[Offer]:
        """Ask the hub for the model's current files and sizes; nothing is downloaded yet."""

        def ask() -> Offer:
            from engine.models.download import check_disk, offer

            found = offer(find_entry(name, self.folder), self._store, self.endpoint)
            check_disk(self.folder, found.missing_bytes)
            return found

        return in_thread(ask)

    def download(self, offered: Offer) -> None:
        """Download an offered model and report progress. After a failure or `cancel` the downloaded part is kept."""

        def work(report: _Report) -> str:
            from engine.models.download import download

            def progress(at: DownloadProgress) -> None:
                report.at(at.done_bytes, at.rate)

            model = download(offered, self._store, progress)
            return f"{offered.entry.label} is installed ({model.size_bytes / 1e9:.2f} GB)."

        self._start(offered.entry, "downloading", offered.size_bytes, work)

    def adopt(self, name: str, folder: Path) -> None:
        """Install a model from a folder on this machine and report progress, or that the folder does not hold it."""
        entry = find_entry(name, self.folder)

        def work(report: _Report) -> str:
            from engine.models.adopt import adopt, find_files

            report.expect(sum(find_files(entry, folder).values()))
            adopt(entry, folder, self._store, report.add)
            return f"{entry.label} is installed from {folder}."

        self._start(entry, "copying", 0, work)

    def verify(self, name: str) -> None:
        """Verify every file of an installed model and report progress."""
        entry, model = find_entry(name, self.folder), self._store.get(name)

        def work(report: _Report) -> str:
            from engine.models.verify import verify

            if faults := verify(model, entry, report.add):
                raise ModelFault(f"{' '.join(faults[:3])} Download {entry.label} again: only what is damaged comes.")
            return f"{entry.label}: all files are as they should be."

        self._start(entry, "checking", model.size_bytes, work)

    def remove(self, name: str) -> Future[int]:
        """Delete a model and its unfinished download; the future has the number of bytes that this freed."""
        return in_thread(lambda: self._store.remove(name))

    def cancel(self) -> None:
        """Stop the running work at its next report."""
        self._stop.set()

    def _start(self, entry: ModelEntry, doing: Doing, total_bytes: int, work: Callable[[_Report], str]) -> None:
        with self._lock:
            if self._work is not None:
                raise StemBridgeError(f"{self._work.label} is being brought here; one model at a time.")
            self._stop = threading.Event()
            report = _Report(ModelWork(entry.name, entry.label, doing, 0, total_bytes), self._progress, self._stop)
            self._work = report.now
        self._tell(report.now)
        threading.Thread(target=self._run, args=(work, report), name=f"model {entry.name}", daemon=True).start()

    def _run(self, work: Callable[[_Report], str], report: _Report) -> None:
        try:
            message = work(report)
            ended = report.now.ended("done", message)
        except Cancelled:
            ended = report.now.ended(
                "stopped", "Stopped; what has arrived is kept, and the next download goes on there."
            )
        except StemBridgeError as error:
            ended = report.now.ended("failed", str(error))
        except Exception as error:
            ended = report.now.ended("failed", f"That did not work ({type(error).__name__}: {error}).")
        self._work = None
        self._tell(ended)

    def _progress(self, now: ModelWork) -> None:
        self._work = now
        self._tell(now)


class _Report:
    """Counts the bytes of one piece of work, reports them at intervals, and raises Cancelled after `cancel`."""

    def __init__(self, begun: ModelWork, tell: Callable[[ModelWork], None], stop: threading.Event) -> None:
        self.now = begun
        self._tell, self._stop = tell, stop
        self._told_s = 0.0

    def expect(self, total_bytes: int) -> None:
        self.now = replace(self.now, total_bytes=total_bytes)

    def add(self, count: int) -> None:
        self.at(self.now.done_bytes + count)

    def at(self, done_bytes: int, rate: float = 0.0) -> None:
        self.now = self.now.at(done_bytes, rate)
        if self._stop.is_set():
            raise Cancelled
        if time.monotonic() - self._told_s >= TELL_EVERY_S:
            self._told_s = time.monotonic()
            self._tell(self.now)
