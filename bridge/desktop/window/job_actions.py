"""From a click on Generate to the job's end: what is asked of the companion, and the jobs that the board shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from bridge.app.background import in_thread
from bridge.app.events import JobChanged
from bridge.app.handle import WindowRequest
from bridge.app.rework import Rework, rework_block
from bridge.jobs.job import State

if TYPE_CHECKING:
    from bridge.app.effective_session import EffectiveSession
    from bridge.desktop.adapter import Adapter
    from bridge.desktop.takes.list import Board
    from bridge.settings import SettingsFile


class Orders(QObject):
    """The window's jobs.

    Signals:
        accepted(): a wish has become a job. made(Path, bool): a take lies at this manifest; True for the first one
        of a job that this window asked for.
    """

    accepted = Signal()
    made = Signal(object, bool)

    def __init__(self, adapter: Adapter, session: EffectiveSession, settings: SettingsFile, board: Board) -> None:
        super().__init__()
        self._adapter, self._session, self._settings, self._board = adapter, session, settings, board
        adapter.job.connect(self._changed)
        board.job_wanted.connect(self._wanted)

    def submit(
        self,
        block: dict[str, object],
        then: Callable[[], object] = lambda: None,
        start_beat: float | None = None,
    ) -> None:
        """Ask for a block, with the session as it holds; `then` is called once it has become a job.

        Without `start_beat` it starts at the DAW's playhead.
        """

        def accepted(_: str) -> None:
            self.accepted.emit()
            then()

        self._adapter.when_done(self._adapter.handle.submit(self._wish(block, start_beat)), accepted)

    def rework(self, wish: Rework, engine: dict[str, object]) -> None:
        """Ask for new music out of a take, which starts where the take does; `engine` has the block's keys for it."""
        folder = self._adapter.handle.options.folders.sources
        block = in_thread(lambda: rework_block(wish, folder))
        start_beat = float(wish.take.data["start_beat"])
        self._adapter.when_done(block, lambda made: self.submit({**engine, **made}, start_beat=start_beat))

    def stand_in(self, block: dict[str, object]) -> None:
        """Let a pad that is pressed while no DAW is connected ask for this block, with the session as it holds."""
        self._adapter.handle.stand_in(self._wish(block))

    def _wish(self, block: dict[str, object], start_beat: float | None = None) -> WindowRequest:
        session = self._session
        daw = session.daw if session.silence_s is not None else None
        if start_beat is None:
            start_beat = daw.position_beats if daw else 0.0
        return WindowRequest(
            block=block,
            tempo=session.tempo,
            meter=session.meter,
            key=session.key,
            project=session.project or self._settings.text("project"),
            start_beat=start_beat,
            daw=daw.daw if daw else "",
        )

    def show_unfinished(self) -> None:
        """Show the jobs that the companion still has to do, those of an earlier start among them."""
        self._adapter.when_done(self._adapter.handle.jobs(), self._show)

    def unfinished(self) -> int:
        """Return how many jobs would be cut short or put off by closing."""
        return sum(not one.job.state.is_final for one in self._board.jobs.values())

    def _show(self, jobs: list[JobChanged]) -> None:
        for job in reversed(jobs):
            if not job.state.is_final:
                self._board.show_job(job)

    @Slot(object)
    def _changed(self, job: JobChanged) -> None:
        self._board.show_job(job)
        if job.state is State.DONE:
            for number, manifest in enumerate(job.manifests):
                self.made.emit(Path(manifest), job.from_window and number == 0)

    @Slot(str, str)
    def _wanted(self, job_id: str, action: str) -> None:
        handle, board = self._adapter.handle, self._board
        works: dict[str, Callable[[], object]] = {
            "cancel": lambda: self._adapter.when_done(handle.cancel(job_id), lambda _: None),
            "again": lambda: self._adapter.when_done(handle.again(job_id), lambda _: board.drop_job(job_id)),
            "dismiss": lambda: board.drop_job(job_id),
            "up": lambda: self._move(job_id, -1),
            "down": lambda: self._move(job_id, 1),
        }
        works[action]()

    def _move(self, job_id: str, step: int) -> None:
        waiting = self._board.waiting()
        if job_id not in waiting:  # it has begun meanwhile
            return
        at = waiting.index(job_id)
        to = min(len(waiting) - 1, max(0, at + step))
        waiting.insert(to, waiting.pop(at))
        self._adapter.when_done(self._adapter.handle.reorder(waiting), lambda _: self._board.order_jobs(waiting))
