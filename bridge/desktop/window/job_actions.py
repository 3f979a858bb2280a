"""Actions on jobs: submit, cancel, retry and reorder them, and keep the list of jobs in the window up to date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from bridge.app.background import in_thread
from bridge.app.events import JobChanged
from bridge.app.handle import WindowRequest
from bridge.app.rework import Rework, rework_block
from bridge.jobs.job import State
from engine.origin import Origin

if TYPE_CHECKING:
    from bridge.app.effective_session import EffectiveSession
    from bridge.desktop.adapter import Adapter
    from bridge.desktop.takes.list import TakeList
    from bridge.settings import SettingsFile


class JobActions(QObject):
    """The jobs of the window.

    Signals:
        accepted(): a request has become a job. made(Path, bool): a take was written, with this manifest; True for the
        first take of a job that was requested from this window.
    """

    accepted = Signal()
    made = Signal(object, bool)

    def __init__(
        self, adapter: Adapter, session: EffectiveSession, settings: SettingsFile, take_list: TakeList
    ) -> None:
        super().__init__()
        self._adapter, self._session, self._settings, self._take_list = adapter, session, settings, take_list
        adapter.job.connect(self._changed)
        take_list.job_requested.connect(self._act_on)

    def submit(
        self,
        block: dict[str, object],
        then: Callable[[], object] = lambda: None,
        start_beat: float | None = None,
        origin: Mapping[str, Origin] | None = None,
    ) -> None:
        """Submit a block with the current session; `then` is called once it has become a job.

        Without `start_beat` the take starts at the DAW's playhead. `origin` is that of keys that are not the user's.
        """

        def accepted(_: str) -> None:
            self.accepted.emit()
            then()

        self._adapter.when_done(self._adapter.handle.submit(self._wish(block, start_beat, origin)), accepted)

    def rework(self, rework: Rework, engine: dict[str, object]) -> None:
        """Submit new music made out of a take, with its start; `engine` has the block's keys of the engine."""
        folder = self._adapter.handle.options.folders.sources
        block = in_thread(lambda: rework_block(rework, folder))
        start_beat = float(rework.take.data["start_beat"])
        self._adapter.when_done(block, lambda made: self.submit({**engine, **made}, start_beat=start_beat))

    def set_pad_request(self, block: dict[str, object], origin: Mapping[str, Origin] | None = None) -> None:
        """Set the request of a MIDI pad that is pressed without a DAW: this block and the current session."""
        self._adapter.handle.stand_in(self._wish(block, origin=origin))

    def _wish(
        self,
        block: dict[str, object],
        start_beat: float | None = None,
        origin: Mapping[str, Origin] | None = None,
    ) -> WindowRequest:
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
            origin={**(origin or {}), **session.origins()},
        )

    def show_unfinished(self) -> None:
        """Show the companion's unfinished jobs, including those of an earlier start."""
        self._adapter.when_done(self._adapter.handle.jobs(), self._show)

    def unfinished(self) -> int:
        """Return the number of jobs that closing the window would abort or postpone."""
        return sum(not one.job.state.is_final for one in self._take_list.jobs.values())

    def _show(self, jobs: list[JobChanged]) -> None:
        for job in reversed(jobs):
            if not job.state.is_final:
                self._take_list.show_job(job)

    @Slot(object)
    def _changed(self, job: JobChanged) -> None:
        self._take_list.show_job(job)
        if job.state is State.DONE:
            for number, manifest in enumerate(job.manifests):
                self.made.emit(Path(manifest), job.from_window and number == 0)

    @Slot(str, str)
    def _act_on(self, job_id: str, action: str) -> None:
        handle, take_list = self._adapter.handle, self._take_list
        actions: dict[str, Callable[[], object]] = {
            "cancel": lambda: self._adapter.when_done(handle.cancel(job_id), lambda _: None),
            "regenerate": lambda: self._adapter.when_done(
                handle.regenerate(job_id, self._wish({})), lambda _: self.accepted.emit()
            ),
            "again": lambda: self._adapter.when_done(handle.again(job_id), lambda _: take_list.drop_job(job_id)),
            "dismiss": lambda: take_list.drop_job(job_id),
            "up": lambda: self._move(job_id, -1),
            "down": lambda: self._move(job_id, 1),
        }
        actions[action]()

    def _move(self, job_id: str, step: int) -> None:
        waiting = self._take_list.waiting()
        if job_id not in waiting:  # it has started meanwhile
            return
        at = waiting.index(job_id)
        to = min(len(waiting) - 1, max(0, at + step))
        waiting.insert(to, waiting.pop(at))
        self._adapter.when_done(self._adapter.handle.reorder(waiting), lambda _: self._take_list.order_jobs(waiting))
