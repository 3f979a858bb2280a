"""The companion's side of the worker: starts the process when needed, gives it one job, notices its death."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.seam import Phase

log = logging.getLogger("stembridge.worker")

CANCEL_GRACE_S = 10.0
"""How long a cancelled job may take to stop by itself before its process is ended."""
STOP_GRACE_S = 5.0
MAX_LINE_BYTES = 1 << 20

OnProgress = Callable[[Phase, float], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended: `kind` is "done", "failed" or "cancelled"; `engine_died` if the process ended under it."""

    kind: str
    manifests: tuple[str, ...] = ()
    stems: int = 0
    message: str = ""
    engine_died: bool = False


def worker_command() -> list[str]:
    """Return the command line that starts a worker with this very installation."""
    return [sys.executable, "-m", "bridge.work.process"]


class WorkerClient:
    """One worker process, started on demand and started anew when it has died."""

    def __init__(self, command: list[str] | None = None) -> None:
        self._command = command or worker_command()
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
            await self._start()
            self._order(do="load", engine=engine)

    async def run(self, job_id: str, spec: str, plan: str, on_progress: OnProgress) -> Outcome:
        """Give the worker one job and return how it ended; never raises for anything that happens in there."""
        try:
            await self._start()
        except OSError as error:
            return Outcome("failed", message=f"The engine process could not be started ({error}).", engine_died=True)
        if self._cancelled == job_id:  # while the process was starting
            return Outcome("cancelled")
        self._order(do="run", id=job_id, spec=spec, plan=plan)
        try:
            return await self._follow(job_id, on_progress)
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

    async def _start(self) -> None:
        async with self._starting:
            if self.pid is None:
                await self._spawn()

    async def _spawn(self) -> None:
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        self._killed_for_cancel = False
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=MAX_LINE_BYTES,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": path},
        )

    def _order(self, **order: object) -> None:
        if self._process is not None and self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(json.dumps(order).encode() + b"\n")

    async def _follow(self, job_id: str, on_progress: OnProgress) -> Outcome:
        assert self._process is not None
        assert self._process.stdout is not None
        while (line := await self._process.stdout.readline()).endswith(b"\n"):
            event: dict[str, Any] = json.loads(line)
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


def _death_sentence(code: int) -> str:
    """Return the sentence a user reads when the worker has died with exit code `code` (negative: by a signal)."""
    if code == -9:
        how = "was ended by the system, most likely because memory ran out"
    elif code < 0:
        how = f"crashed ({signal.Signals(-code).name})"
    else:
        how = f"ended unexpectedly (exit code {code})"
    return f"The engine process {how}; it is started anew for the next job."
