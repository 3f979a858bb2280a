"""The companion's side of the worker: starts the process when needed, gives it one job, notices its death."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, get_args

from engine.contract import Phase
from engine.interpreter import environ_with_source, neural_interpreter
from engine.registry import LIGHT, SKETCH

log = logging.getLogger("stembridge.worker")

CANCEL_GRACE_S = 10.0
"""How long a cancelled job may take to stop by itself before its process is ended."""
STOP_GRACE_S = 5.0
MAX_LINE_BYTES = 1 << 20

_EVENTS = ("progress", "done", "failed", "cancelled")
_ANEW = "it is started anew for the next job."

OnProgress = Callable[[Phase, float], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended: `kind` is "done", "failed" or "cancelled"; `engine_died` if the process ended under it."""

    kind: str
    manifests: tuple[str, ...] = ()
    stems: int = 0
    message: str = ""
    engine_died: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """How a worker is started: two of the same command and stamp are interchangeable."""

    command: tuple[str, ...]
    stamp: str = ""


def worker_start(engine: str = SKETCH.name) -> Start:
    """Return how to start a worker with these very modules, in the Python that `engine` runs in.

    A light engine runs in the companion's own, so that it never hangs on an environment for others.
    """
    other = None if engine in LIGHT else neural_interpreter()
    program = str(other.program) if other else sys.executable
    return Start((program, "-m", "bridge.jobs.worker.main"), other.stamp if other else "")


class WorkerClient:
    """One worker process, started on demand and started anew when it has died."""

    def __init__(self, command: list[str] | None = None) -> None:
        """With `command`, every worker is started by it."""
        self._fixed = Start(tuple(command)) if command else None
        self._running: Start | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._cancel_timer: asyncio.TimerHandle | None = None
        self._killed_for_cancel = False
        self._cancelled = ""
        self._starting = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """Process id of the living worker."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def warm_up(self, engine: str) -> None:
        """Start the worker and let it load `engine` in the background; does nothing when it already runs."""
        if self.pid is None and not self._starting.locked():
            await self._start(engine)
            self._order(do="load", engine=engine)

    async def run(
        self, job_id: str, spec: str, plan: str, on_progress: OnProgress, engine: str = SKETCH.name
    ) -> Outcome:
        """Give the worker one job for `engine` and return how it ended; never raises for what happens in there."""
        try:
            await self._start(engine)
            if self._cancelled == job_id:  # while the process was starting
                return Outcome("cancelled")
            self._order(do="run", id=job_id, spec=spec, plan=plan)
            return await self._follow(job_id, on_progress)
        except OSError as error:
            return Outcome("failed", message=f"The engine process could not be started ({error}).", engine_died=True)
        finally:
            if self._cancel_timer:
                self._cancel_timer.cancel()
                self._cancel_timer = None

    def cancel(self, job_id: str) -> None:
        """Ask the worker to stop the job within its current step; if it does not, its process is ended."""
        self._cancelled = job_id
        self._order(do="cancel", id=job_id)
        if self._cancel_timer is None:
            self._cancel_timer = asyncio.get_running_loop().call_later(CANCEL_GRACE_S, self._kill_for_cancel)

    async def stop(self) -> None:
        """End the worker: by closing its input, by force when that does not help. Harmless when none runs."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), STOP_GRACE_S)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _kill(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def _start(self, engine: str) -> None:
        """Make sure that a worker runs that can run `engine`.

        One in the wrong Python, or from before its environment was changed, is idle by now and ended.
        """
        start = self._fixed or worker_start(engine)
        async with self._starting:
            if self.pid is not None and start != self._running and engine not in LIGHT:
                await self.stop()
            if self.pid is None:
                await self._spawn(start)

    async def _spawn(self, start: Start) -> None:
        self._killed_for_cancel = False
        self._running = start
        self._process = await asyncio.create_subprocess_exec(
            *start.command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=MAX_LINE_BYTES,
            start_new_session=True,
            env=environ_with_source(),
        )

    def _order(self, **order: object) -> None:
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(json.dumps(order).encode() + b"\n")

    async def _follow(self, job_id: str, on_progress: OnProgress) -> Outcome:
        assert self._process is not None
        assert self._process.stdout is not None
        while True:
            try:
                event = _read_event(await self._process.stdout.readline())
            except ValueError as error:
                # Its last word on the job may be lost in this noise: it would be waited for without end.
                log.error("the worker is ended, for it says what is not of the protocol: %s", error)
                await self._kill()
                return Outcome("failed", message=f"The engine process lost its way; {_ANEW}", engine_died=True)
            if event is None:
                break
            if event["id"] != job_id:
                continue  # the last word on an earlier job whose follower is gone
            if event["event"] == "progress":
                on_progress(event["phase"], event["fraction"])
            else:
                manifests = tuple(event.get("manifests", ()))
                return Outcome(event["event"], manifests, event.get("stems", 0), event.get("message", ""))
        code = await self._process.wait()
        if self._killed_for_cancel:
            return Outcome("cancelled")
        return Outcome("failed", message=_death_sentence(code), engine_died=True)

    def _kill_for_cancel(self) -> None:
        log.warning("the worker did not stop within %g s and is ended", CANCEL_GRACE_S)
        if self._process is not None:
            self._killed_for_cancel = True
            with suppress(ProcessLookupError):
                self._process.kill()


def _read_event(line: bytes) -> dict[str, Any] | None:
    """Return what a line of the worker says, None at the end of them all; half a line is one that its death cut."""
    if not line.endswith(b"\n"):
        return None
    event = json.loads(line)
    if not isinstance(event, dict) or event.get("event") not in _EVENTS or not isinstance(event.get("id"), str):
        raise ValueError(f"{line[:80]!r} is no event")
    if event["event"] == "progress" and not (
        event.get("phase") in get_args(Phase) and isinstance(event.get("fraction"), int | float)
    ):
        raise ValueError(f"{line[:80]!r} is no progress")
    return event


def _death_sentence(code: int) -> str:
    """Return the sentence a user reads when the worker has died with exit code `code` (negative: by a signal)."""
    if code == -9:
        how = "was ended by the system, most likely because memory ran out"
    elif code < 0:
        how = f"crashed ({signal.Signals(-code).name})"
    else:
        how = f"ended unexpectedly (exit code {code})"
    return f"The engine process {how}; {_ANEW}"
