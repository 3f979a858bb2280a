"""Jobs on their way above, takes below: newest first, favourites by choice."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from bridge.app.events import JobChanged
from bridge.desktop.controls.widgets import label, row, scrolled
from bridge.desktop.takes.card import TakeCard
from bridge.desktop.takes.empty import Empty
from bridge.desktop.takes.jobrow import JobRow
from bridge.jobs.job import State
from bridge.takes.library import StemFile, TakeView, scan

if TYPE_CHECKING:
    from bridge.app.player.peaks import Peaks

READERS = 3
WARM_UP_MS = 1500
"""When the window has been shown for so long, it loads what the first take will need."""
MAX_CARDS = 60
"""Older takes stay on disk and can be found there."""


class Board(QWidget):
    """The middle of the window.

    Signals:
        wanted(TakeCard, str, object): what the user wants of a take. job_wanted(str, str): id and action of a job.
    """

    wanted = Signal(object, str, object)
    job_wanted = Signal(str, str)
    _found = Signal(object)
    _drawn = Signal(object, object)

    def __init__(self, waveforms: Path) -> None:
        super().__init__()
        self._waveforms = waveforms
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="waveforms")
        self._scans = 0
        self.cards: dict[Path, TakeCard] = {}
        self.jobs: dict[str, JobRow] = {}
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(lambda: self._threads.submit(_warm_up))
        self._found.connect(self._show_found, Qt.ConnectionType.QueuedConnection)
        self._drawn.connect(self._show_peaks, Qt.ConnectionType.QueuedConnection)
        self.only = QCheckBox("Favourites only")
        self.only.toggled.connect(lambda _: self._filter())
        self.empty = Empty()
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
        """Show the takes of these folders instead of those shown now; they are read in the background."""
        self._scans += 1
        number = self._scans
        future = self._threads.submit(scan, folders)
        future.add_done_callback(lambda done: self._found.emit((number, done)))

    def redress(self) -> None:
        """Draw everything anew in the colours that hold now."""
        self.empty.redress()
        for card in self.cards.values():
            card.redress()

    def close_threads(self) -> None:
        """Let go of the threads."""
        self._idle.stop()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def show_job(self, job: JobChanged) -> None:
        """Show where a job stands; done and cancelled ones go away."""
        row_of = self.jobs.get(job.id)
        if job.state in (State.DONE, State.CANCELLED):
            self.drop_job(job.id)
        elif row_of is not None:
            row_of.refresh(job)
        else:
            made = self.jobs[job.id] = JobRow(job)
            made.wanted.connect(lambda action: self.job_wanted.emit(job.id, action))
            self._jobs_box.addWidget(made)
            self._show_empty()

    def drop_job(self, job_id: str) -> None:
        """Show a job no more."""
        gone = self.jobs.pop(job_id, None)
        if gone is not None:
            gone.hide()
            gone.deleteLater()
        self._show_empty()

    def waiting(self) -> list[str]:
        """Return the jobs that wait, in their order."""
        return [job_id for job_id, one in self.jobs.items() if one.job.state is State.QUEUED]

    def order_jobs(self, job_ids: list[str]) -> None:
        """Show waiting jobs in this order."""
        rest = [job_id for job_id in self.jobs if job_id not in job_ids]
        self.jobs = {job_id: self.jobs[job_id] for job_id in [*rest, *job_ids] if job_id in self.jobs}
        for one in self.jobs.values():
            self._jobs_box.removeWidget(one)
            self._jobs_box.addWidget(one)

    def add(self, take: TakeView, *, at_top: bool = True) -> TakeCard:
        """Show a take; its waveforms follow as soon as they are drawn."""
        known = self.cards.get(take.manifest)
        if known is not None:
            known.refresh(take)
            return known
        card = self.cards[take.manifest] = TakeCard(take)
        card.wanted.connect(lambda action, value: self.wanted.emit(card, action, value))
        self._takes_box.insertWidget(0 if at_top else self._takes_box.count(), card)
        self._show_empty()
        self._filter()
        future = self._threads.submit(_peaks, take, self._waveforms)
        future.add_done_callback(lambda done: self._drawn.emit(take.manifest, done))
        return card

    def remove(self, manifest: Path) -> None:
        """Show a take no more."""
        card = self.cards.pop(manifest, None)
        if card is not None:
            card.hide()
            card.deleteLater()
        self._show_empty()

    @Slot(object)
    def _show_found(self, found: tuple[int, Future[list[TakeView]]]) -> None:
        number, future = found
        if number != self._scans or future.cancelled():
            return
        self._idle.start(WARM_UP_MS)
        takes = future.result()[:MAX_CARDS]
        for manifest in set(self.cards) - {take.manifest for take in takes}:
            self.remove(manifest)
        for take in takes:
            if take.manifest not in self.cards:  # what the window shows already is newer than what was read
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
    """Return the waveforms of a take's stems; several are read at once, for most of the time goes to the disk."""
    from bridge.app.player.peaks import PeakCache

    def read(stem: StemFile) -> Peaks:
        return PeakCache(cache).get(stem.path, stem.sha256)

    with ThreadPoolExecutor(READERS, thread_name_prefix="peaks") as pool:
        return dict(zip((stem.name for stem in take.stems), pool.map(read, take.stems), strict=True))


def _warm_up() -> None:
    """Load what the first take needs, before it is there: numpy would else hold the window up just then."""
    import bridge.app.player.mixer
    import bridge.app.player.peaks
    import bridge.desktop.takes.lanes  # noqa: F401
