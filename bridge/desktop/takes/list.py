"""The list of takes: unfinished jobs on top, takes below, newest first, with a filter for favourites."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from bridge.app.events import JobChanged
from bridge.desktop.controls.widgets import label, row, scrolled
from bridge.desktop.post import post
from bridge.desktop.takes.card import TakeCard
from bridge.desktop.takes.empty import EmptyListHint
from bridge.desktop.takes.jobrow import JobRow
from bridge.jobs.job import State
from bridge.takes.library import StemFile, TakeView, scan

if TYPE_CHECKING:
    from bridge.app.player.peaks import Peaks

READERS = 3
WARM_UP_MS = 1500
"""Delay after the first scan, before the libraries for waveforms and playing are loaded."""
MAX_CARDS = 60
"""Older takes are not shown; they stay on disk."""


class TakeList(QWidget):
    """The middle of the window.

    Signals:
        requested(TakeCard, str, object): an action on a take, with its argument (see `TakeCard`).
        job_requested(str, str): id of a job, and an action on it (see `JobRow`).
    """

    requested = Signal(object, str, object)
    job_requested = Signal(str, str)
    _found = Signal(object)
    _drawn = Signal(object, object)

    def __init__(self, waveforms: Path) -> None:
        super().__init__()
        self._waveforms = waveforms
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="waveforms")
        self._scans, self._closed = 0, False
        self.cards: dict[Path, TakeCard] = {}
        self.jobs: dict[str, JobRow] = {}
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(lambda: self._threads.submit(_warm_up))
        self._found.connect(self._show_found, Qt.ConnectionType.QueuedConnection)
        self._drawn.connect(self._show_peaks, Qt.ConnectionType.QueuedConnection)
        self.only = QCheckBox("Favourites only")
        self.only.toggled.connect(lambda _: self._filter())
        self.empty = EmptyListHint()
        body = QWidget()
        body.setObjectName("ground")
        self._box = QVBoxLayout(body)
        self._box.setContentsMargins(16, 12, 16, 16)
        self._box.setSpacing(10)
        self._jobs_box, self._takes_box = QVBoxLayout(), QVBoxLayout()
        self._jobs_box.setSpacing(10)
        self._takes_box.setSpacing(10)
        self._box.addLayout(self._jobs_box)
        self._box.addLayout(row(label("TAKES", "heading"), None, self.only))
        self._box.addLayout(self._takes_box)
        self._box.addWidget(self.empty, 1)
        self._box.addStretch(1)
        self.scroller = scrolled(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.scroller)

    def open_folders(self, folders: list[Path]) -> None:
        """Replace the takes shown by those of these folders, which are read in the background."""
        self._scans += 1
        number = self._scans
        future = self._threads.submit(scan, folders)
        future.add_done_callback(lambda done: post(self._found.emit, (number, done)))

    def recolour(self) -> None:
        """Redraw everything in the colours in use."""
        self.empty.recolour()
        for card in self.cards.values():
            card.recolour()

    def close_threads(self) -> None:
        """Stop the threads; scans and waveforms that have not started are dropped, and later results are ignored."""
        self._closed = True
        self._idle.stop()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def show_job(self, job: JobChanged) -> None:
        """Show the state of a job; the rows of done and cancelled jobs are removed."""
        row_of = self.jobs.get(job.id)
        if job.state in (State.DONE, State.CANCELLED):
            self.drop_job(job.id)
        elif row_of is not None:
            row_of.refresh(job)
        else:
            made = self.jobs[job.id] = JobRow(job)
            made.requested.connect(lambda action: self.job_requested.emit(job.id, action))
            self._jobs_box.addWidget(made)
            self._show_empty()

    def drop_job(self, job_id: str) -> None:
        """Remove the row of a job."""
        gone = self.jobs.pop(job_id, None)
        if gone is not None:
            gone.hide()
            gone.deleteLater()
        self._show_empty()

    def waiting(self) -> list[str]:
        """Return the ids of the waiting jobs, in their order."""
        return [job_id for job_id, one in self.jobs.items() if one.job.state is State.QUEUED]

    def order_jobs(self, job_ids: list[str]) -> None:
        """Show the waiting jobs in this order, below all others."""
        rest = [job_id for job_id in self.jobs if job_id not in job_ids]
        self.jobs = {job_id: self.jobs[job_id] for job_id in [*rest, *job_ids] if job_id in self.jobs}
        for one in self.jobs.values():
            self._jobs_box.removeWidget(one)
            self._jobs_box.addWidget(one)

    def add(self, take: TakeView, *, at_top: bool = True) -> TakeCard:
        """Show a take and return its card; its waveforms follow once they are computed."""
        known = self.cards.get(take.manifest)
        if known is not None:
            known.refresh(take)
            return known
        card = self.cards[take.manifest] = TakeCard(take)
        card.requested.connect(lambda action, value: self.requested.emit(card, action, value))
        self._takes_box.insertWidget(0 if at_top else self._takes_box.count(), card)
        self._show_empty()
        self._filter()
        future = self._threads.submit(_peaks, take, self._waveforms)
        future.add_done_callback(lambda done: post(self._drawn.emit, take.manifest, done))
        return card

    def remove(self, manifest: Path) -> None:
        """Remove the card of a take."""
        card = self.cards.pop(manifest, None)
        if card is not None:
            card.hide()
            card.deleteLater()
        self._show_empty()

    @Slot(object)
    def _show_found(self, found: tuple[int, Future[list[TakeView]]]) -> None:
        number, future = found
        if self._closed or number != self._scans or future.cancelled():
            return
        self._idle.start(WARM_UP_MS)
        takes = future.result()[:MAX_CARDS]
        for manifest in set(self.cards) - {take.manifest for take in takes}:
            self.remove(manifest)
        for take in takes:
            if take.manifest not in self.cards:  # a card shown already is newer than what was read
                self.add(take, at_top=False)

    @Slot(object, object)
    def _show_peaks(self, manifest: Path, future: Future[dict[str, Peaks]]) -> None:
        card = self.cards.get(manifest)
        if card is not None and not future.cancelled() and future.exception() is None:
            card.waveform.show_peaks(future.result())

    def _filter(self) -> None:
        for card in self.cards.values():
            card.setVisible(card.take.favourite or not self.only.isChecked())
        self._show_empty()

    def _show_empty(self) -> None:
        hidden = self.only.isChecked() and not any(card.take.favourite for card in self.cards.values())
        self.empty.say(bool(self.cards) and hidden)
        self.empty.setVisible((not self.cards and not self.jobs) or hidden)


def _peaks(take: TakeView, cache: Path) -> dict[str, Peaks]:
    """Return the waveforms of a take's stems by name; several are read at once, as disk access dominates."""
    from bridge.app.player.peaks import PeakCache

    def read(stem: StemFile) -> Peaks:
        return PeakCache(cache).get(stem.path, stem.sha256)

    with ThreadPoolExecutor(READERS, thread_name_prefix="peaks") as pool:
        return dict(zip((stem.name for stem in take.stems), pool.map(read, take.stems), strict=True))


def _warm_up() -> None:
    """Import the libraries for waveforms and playing, so that the first take does not block the window."""
    import bridge.app.player.mixer
    import bridge.app.player.peaks
    import bridge.desktop.takes.lanes  # noqa: F401
