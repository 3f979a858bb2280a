"""The window's handle on the companion: thread-safe, without Qt; every result is a future or an event."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.app.core import CoreThread
from bridge.app.events import AppEvent, CoreFailed, CoreReady, DawChanged, JobChanged
from bridge.app.grids import Grids
from bridge.app.models import ModelDesk
from bridge.home.messages import Messages
from bridge.request.block import check_block
from bridge.request.session_state import SESSION_FIELDS, SessionState
from engine.errors import StemBridgeError
from engine.music import Key, Meter
from engine.music.tempo import check_bpm
from engine.origin import Origin

if TYPE_CHECKING:
    from bridge.companion import Companion
    from bridge.doors.bus import SessionChanged, TakePlaced, TriggerFailed
    from bridge.doors.midi.bindings import Binding
    from bridge.home.launch_options import LaunchOptions
    from bridge.jobs.job import Job

PAST_JOBS = 50
LONGEST_PROBLEM = 500
"""Characters of a DAW's sentence that the window shows."""


@dataclass(frozen=True, slots=True)
class WindowRequest:
    """One click on Generate: the block, and the session as the window shows it.

    Attributes:
        block: keys of the parameter block.
        tempo, meter, key: as shown; None or empty = unknown.
        project: folder for the take; empty = Stem Bridge's own.
        start_beat: in quarter notes from the project's start.
        origin: who said tempo, time signature and key, and which keys of the block are a preset's.
    """

    block: Mapping[str, object]
    tempo: float | None = None
    meter: str = ""
    key: str = ""
    project: str = ""
    start_beat: float = 0.0
    daw: str = ""
    origin: Mapping[str, Origin] = field(default_factory=dict)


class AppHandle:
    """Starts and restarts the companion, passes requests in, and events out."""

    def __init__(self, options: LaunchOptions, messages: Messages | None = None) -> None:
        self.options = options
        self.messages = messages or Messages()
        self._listeners: list[Callable[[AppEvent], None]] = []
        self._lock = threading.Lock()
        self._core: CoreThread | None = None
        self._stand_in = WindowRequest({})
        self._grids = Grids()
        self.models = ModelDesk(options.folders.models, self._publish)

    def subscribe(self, listener: Callable[[AppEvent], None]) -> None:
        """Call `listener(event)` for every event, on the thread that publishes it."""
        with self._lock:
            self._listeners.append(listener)

    def start(self) -> None:
        """Start the companion in the background; `CoreReady` or `CoreFailed` follows."""
        self._core = self._new_core()
        self._core.start()

    def restart(self, **changes: int | str) -> None:
        """End the companion if it runs and start it with other `LaunchOptions` (`osc_port`, `host`, …)."""
        self._stop_core()
        self.options = replace(self.options, **changes)  # type: ignore[arg-type]
        self.start()

    def stop(self) -> None:
        """End the companion and any download; the running job is stopped, waiting ones stay for the next start."""
        self.models.cancel()
        self._stop_core()

    def _stop_core(self) -> None:
        if self._core is not None:
            self._core.stop()

    def stand_in(self, request: WindowRequest) -> None:
        """Set the request that pads use from now on while no DAW is connected."""
        self._stand_in = request

    def submit(self, request: WindowRequest) -> Future[str]:
        """Request a generation; the future has the job's id, or the error for the user."""

        def work(companion: Companion) -> str:
            from bridge.doors.requester import WINDOW
            from bridge.request.trigger import Trigger

            trigger = Trigger(check_block(dict(request.block)), request.start_beat, origin=_block_origin(request))
            return companion.desk.generate(WINDOW, self._session_of(request), trigger).id

        return self._call(work)

    def cancel(self, job_id: str) -> Future[None]:
        """Cancel a job; `JobChanged` follows. A job that has ended stays as it is."""

        def work(companion: Companion) -> None:
            from bridge.doors.studio_desk import JobEnded, NoSuchJob

            with suppress(NoSuchJob, JobEnded):
                companion.desk.cancel(companion.desk.job(job_id))

        return self._call(work)

    def regenerate(self, job_id: str, request: WindowRequest) -> Future[str]:
        """Queue a job's request once more, as the session of `request` is now, with another seed.

        The block of `request` is not used. The future has the new job's id, or the error for the user.
        """

        def work(companion: Companion) -> str:
            from bridge.doors.requester import WINDOW

            job = _kept_job(companion, job_id)
            return companion.desk.regenerate(WINDOW, self._session_of(request), job).id

        return self._call(work)

    def again(self, job_id: str) -> Future[str]:
        """Queue exactly the same job once more, seed included; the future has the new job's id, or the error."""

        def work(companion: Companion) -> str:
            from bridge.doors.requester import WINDOW

            return companion.desk.again(WINDOW, SessionState(), _kept_job(companion, job_id)).id

        return self._call(work)

    def reorder(self, job_ids: Sequence[str]) -> Future[None]:
        """Set the order of waiting jobs; those that run or have ended meanwhile are skipped."""
        return self._call(lambda companion: companion.queue.reorder(job_ids))

    def jobs(self) -> Future[list[JobChanged]]:
        """Return the newest jobs, newest first."""
        return self._call(lambda companion: [JobChanged.of(job) for job in companion.queue.newest(PAST_JOBS)])

    def place(self, manifest: Path, where: str, start_beat: float) -> Future[str]:
        """Have the connected DAW put a take on its timeline; the future has the DAW's name.

        `where` is "trigger" (at `start_beat`), "playhead" or "scene".
        """
        return self._call(lambda companion: companion.desk.place(manifest, where, start_beat))

    def learn(self, action: str, extra: Mapping[str, object]) -> Future[str]:
        """Bind `action` to the next pad, switch or knob that is moved; the future has the binding in words.

        `extra` are further keys of the binding (`bars`, `preset`, `parameter`). Cancelling the future ends the wait.
        """
        waiting: Future[str] = Future()

        def done(learned: Binding | StemBridgeError) -> None:
            if not waiting.set_running_or_notify_cancel():
                return
            if isinstance(learned, StemBridgeError):
                waiting.set_exception(learned)
            else:
                waiting.set_result(str(learned))

        def begun(started: Future[None]) -> None:
            if started.cancelled():
                waiting.cancel()
            elif (error := started.exception()) is not None:
                waiting.set_exception(error)

        self._call(lambda companion: companion.midi.learn(action, extra, done)).add_done_callback(begun)
        return waiting

    def stop_learning(self) -> Future[None]:
        """Stop waiting for a pad."""
        return self._call(lambda companion: companion.midi.stop_learning())

    def _call(self, work: Callable[[Companion], _T]) -> Future[_T]:
        if self._core is None:
            self._core = self._new_core()
        return self._core.call(work)

    def _new_core(self) -> CoreThread:
        return CoreThread(self.options, self._publish, self._prepare, self._session_alone)

    def _prepare(self, companion: Companion) -> None:
        from bridge.doors.bus import SessionChanged, TakePlaced, TriggerFailed

        companion.queue.subscribe(self._job_changed)
        companion.queue.subscribe_new(self._job_changed)
        companion.bus.subscribe(SessionChanged, self._daw_changed)
        companion.bus.subscribe(TakePlaced, self._placed)
        companion.bus.subscribe(TriggerFailed, self._trigger_failed)
        companion.midi.subscribe(self._publish)

    def _session_of(self, request: WindowRequest) -> SessionState:
        """Return the session of a request from the window, with the block and tempo map that its DAW has sent."""
        state = _state_of(request, self.options.engine)
        self._grids.complete(state)
        return state

    def _session_alone(self) -> SessionState:
        """Return the session that pads use while no DAW is connected."""
        request = self._stand_in
        state = _state_of(request, self.options.engine)
        block = state.block | check_block(dict(request.block))
        return replace(state, block=block, block_origin=_block_origin(request))

    def _trigger_failed(self, event: TriggerFailed) -> None:
        self.messages.error(event.sentence, topic="midi trigger")

    def _job_changed(self, job: Job) -> None:
        self._publish(JobChanged.of(job))

    def _daw_changed(self, event: SessionChanged) -> None:
        self._grids.note(event.state)
        self._publish(_daw_of(event.state))

    def _placed(self, placed: TakePlaced) -> None:
        if placed.problem:
            self.messages.error(f"{placed.daw}: {placed.problem[:LONGEST_PROBLEM]}", topic="send")
        else:
            stems = "1 stem is" if placed.stems == 1 else f"{placed.stems} stems are"
            self.messages.info(f"{stems} on tracks in {placed.daw}.", topic="send")

    def _publish(self, event: AppEvent) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener(event)


if TYPE_CHECKING:
    from typing import TypeVar

    _T = TypeVar("_T")

__all__ = ["AppHandle", "CoreFailed", "CoreReady", "DawChanged", "JobChanged", "WindowRequest"]


def _kept_job(companion: Companion, job_id: str) -> Job:
    from bridge.doors.studio_desk import NoSuchJob

    try:
        return companion.desk.job(job_id)
    except NoSuchJob:
        raise StemBridgeError(
            f"The job {job_id!r} is no longer kept; “Use again” brings the block of a take back."
        ) from None


def _state_of(request: WindowRequest, engine: str) -> SessionState:
    from bridge.takes.layout import check_project

    state = SessionState(daw=request.daw, position=request.start_beat, block={"engine": engine})
    state.tempo = check_bpm(request.tempo) if request.tempo is not None else None
    state.meter = Meter.parse(request.meter) if request.meter else None
    state.key = Key.parse(request.key) if request.key else None
    state.project = check_project(request.project, request.daw) if request.project else None
    state.session_origin = {name: request.origin[name] for name in SESSION_FIELDS if name in request.origin}
    return state


def _block_origin(request: WindowRequest) -> dict[str, Origin]:
    return {name: origin for name, origin in request.origin.items() if name not in SESSION_FIELDS}


def _daw_of(state: SessionState) -> DawChanged:
    return DawChanged(
        daw=state.daw or "OSC client",
        version=state.version,
        tempo=state.tempo,
        meter=str(state.meter) if state.meter else "",
        key=str(state.key) if state.key else "",
        position_beats=state.playhead_beats,
        playing=state.playing,
        project=str(state.project) if state.project else "",
        project_name=state.project_name,
        project_fault=state.project_fault,
        contact_s=time.monotonic(),
        meters=str(state.meter_map) if state.meter_map else "",
    )
