"""The companion's side of the worker: starts the process when needed, sends it one job at a time, detects crashes."""

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
"""Time in seconds for a cancelled job to stop by itself before its process is killed."""
STOP_GRACE_S = 5.0
"""Time in seconds for the process to end by itself once its input is closed."""
MAX_LINE_BYTES = 1 << 20

_EVENTS = ("progress", "done", "failed", "cancelled")
_RESTARTED = "it is started anew for the next job."

OnProgress = Callable[[Phase, float], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of a job: `kind` is "done", "failed" or "cancelled"; `engine_died` if its process ended in it."""

    kind: str
    manifests: tuple[str, ...] = ()
    stems: int = 0
    message: str = ""
    engine_died: bool = False


@dataclass(frozen=True, slots=True)
class WorkerLaunch:
    """Command line of a worker, and the version stamp of its environment; workers with both equal are equivalent."""

    command: tuple[str, ...]
    stamp: str = ""


def worker_start(engine: str = SKETCH.name) -> WorkerLaunch:
    """Return the command that starts a worker with these modules, in the Python that `engine` runs in.

    A light engine runs in the companion's own Python, so that it does not depend on the neural engines' environment.
    """
    other = None if engine in LIGHT else neural_interpreter()
    program = str(other.program) if other else sys.executable
    return WorkerLaunch((program, "-m", "bridge.jobs.worker.main"), other.stamp if other else "")


class WorkerClient:
    """One worker process, started on demand and restarted after a crash."""

    def __init__(self, command: list[str] | None = None) -> None:
        """Start every worker with `command`, or by default with that of `worker_start`."""
        self._fixed = WorkerLaunch(tuple(command)) if command else None
        self._running: WorkerLaunch | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._cancel_timer: asyncio.TimerHandle | None = None
        self._killed_for_cancel = False
        self._cancelled = ""
        self._starting = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """Process id of the worker, None if none is running."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def warm_up(self, engine: str) -> None:
        """Start the worker and let it load `engine` in the background; do nothing if it is running already."""
        if self.pid is None and not self._starting.locked():
            await self._start(engine)
            self._send(do="load", engine=engine)

    async def run(
        self, job_id: str, spec: str, plan: str, on_progress: OnProgress, engine: str = SKETCH.name
    ) -> Outcome:
        """Send the worker one job for `engine` and return its result; a failure in the worker is a result too."""
        try:
            await self._start(engine)
            if self._cancelled == job_id:  # while the process was starting
                return Outcome("cancelled")
            self._send(do="run", id=job_id, spec=spec, plan=plan)
            return await self._follow(job_id, on_progress)
        except OSError as error:
            return Outcome("failed", message=f"The engine process could not be started ({error}).", engine_died=True)
        finally:
            if self._cancel_timer:
                self._cancel_timer.cancel()
                self._cancel_timer = None

    def cancel(self, job_id: str) -> None:
        """Ask the worker to stop the job within its current step; if it does not, kill its process."""
        self._cancelled = job_id
        self._send(do="cancel", id=job_id)
        if self._cancel_timer is None:
            self._cancel_timer = asyncio.get_running_loop().call_later(CANCEL_GRACE_S, self._kill_for_cancel)

    async def stop(self) -> None:
        """End the worker by closing its input, or else kill it; harmless if none is running."""
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
        """Make sure that a worker is running that can run `engine`.

        A worker in another Python, or from before a change of its environment, is idle by now and is ended.
        """
        start = self._fixed or worker_start(engine)
        async with self._starting:
            if self.pid is not None and start != self._running and engine not in LIGHT:
                await self.stop()
            if self.pid is None:
                await self._spawn(start)

    async def _spawn(self, start: WorkerLaunch) -> None:
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

    def _send(self, **command: object) -> None:
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(json.dumps(command).encode() + b"\n")

    async def _follow(self, job_id: str, on_progress: OnProgress) -> Outcome:
        assert self._process is not None
        assert self._process.stdout is not None
        while True:
            try:
                event = _read_event(await self._process.stdout.readline())
            except ValueError as error:
                # The event that ends the job may be lost in this noise: waiting for it could take forever.
                log.error("the worker is ended, for it says what is not of the protocol: %s", error)
                await self._kill()
                return Outcome("failed", message=f"The engine process lost its way; {_RESTARTED}", engine_died=True)
            if event is None:
                break
            if event["id"] != job_id:
                continue  # the last event of an earlier job that is not waited for any more
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
    """Return the event in a line from the worker; None at the end of its output, or if a crash cut off the line."""
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
    """Return the sentence for the user about a worker that ended with exit code `code` (negative: a signal)."""
    if code == -9:
        how = "was ended by the system, most likely because memory ran out"
    elif code < 0:
        how = f"crashed ({signal.Signals(-code).name})"
    else:
        how = f"ended unexpectedly (exit code {code})"
    return f"The engine process {how}; {_RESTARTED}"
