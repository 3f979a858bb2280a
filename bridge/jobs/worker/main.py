"""The worker's main program: reads commands from standard input, runs one job at a time, ends when its input ends.

Standard output is reserved for the protocol, so its file descriptor is moved, and libraries print to standard error.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Mapping
from typing import Any, TextIO

from bridge.home.folders import Folders
from bridge.jobs.worker.run_job import JobRunner
from bridge.jobs.worker.take_paths import TakePaths
from bridge.request.job_spec import JobSpec
from bridge.settings.remote_address import remote_address
from engine.contract import Phase
from engine.errors import Cancelled, StemBridgeError

NICENESS = 5
"""POSIX nice value: a process at 0 gets about three times as much processor time."""

log = logging.getLogger("stembridge.worker")

ORPHAN_GRACE_S = 3.0
"""Time in seconds for a worker whose companion has ended to delete its files."""

Command = dict[str, Any]


class Worker:
    """Runs commands; a second thread reads them, and marks cancelled jobs at once."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._lock = threading.Lock()
        folders = Folders.of_user()
        self._runner = JobRunner(folders.models, folders.styles, lambda: remote_address(folders))
        self._commands: queue.Queue[Command | None] = queue.Queue()
        self._cancelled: set[str] = set()
        self._orphaned = threading.Event()
        self._preloading = False

    def read_commands(self, lines: TextIO) -> None:
        """Queue every command, but mark cancels at once; when the companion has ended, stop the running job.

        Preloading cannot be stopped and leaves no files, so the process ends in the middle of it.
        """
        try:
            for line in lines:
                command: Command = json.loads(line)
                if command["do"] == "cancel":
                    self._cancelled.add(command["id"])
                else:
                    self._commands.put(command)
        except ValueError:
            log.error("the companion was ended in the middle of an order")
        self._orphaned.set()
        if self._preloading:
            os._exit(0)
        self._commands.put(None)
        threading.Timer(ORPHAN_GRACE_S, lambda: os._exit(1)).start()

    def work(self) -> None:
        """Run commands until the companion has ended."""
        while (command := self._commands.get()) is not None:
            if command["do"] == "load":
                self._load(command["engine"])
            else:
                self._run(command)

    def _load(self, engine: str) -> None:
        self._preloading = True
        try:
            self._runner.load(engine, lambda _phase, _fraction: None)
        except StemBridgeError as error:
            log.warning("the engine %s could not be loaded ahead: %s", engine, error)
        finally:
            self._preloading = False

    def _run(self, command: Command) -> None:
        job_id = str(command["id"])
        try:
            spec = JobSpec.from_json(command["spec"])
            finished = self._runner.perform(spec, TakePaths.from_json(command["plan"]), self._progress_of(job_id))
            self._send("done", job_id, manifests=[str(path) for path in finished.manifests], stems=finished.stems)
        except Cancelled:
            self._send("cancelled", job_id)
        except StemBridgeError as error:
            self._send("failed", job_id, message=str(error))
        except MemoryError:
            self._send("failed", job_id, message="The computer ran out of memory; ask for fewer bars or stems.")
        except Exception as error:
            log.exception("job %s broke", job_id)
            self._send("failed", job_id, message=f"The engine broke ({type(error).__name__}: {error}).")

    def _progress_of(self, job_id: str) -> _JobProgress:
        return _JobProgress(self, job_id)

    def report(self, job_id: str, phase: Phase, fraction: float) -> None:
        """Send the progress of a job to the companion.

        Raises
        ------
        Cancelled
            If the job was cancelled, or the companion has ended.
        """
        if job_id in self._cancelled or self._orphaned.is_set():
            raise Cancelled
        self._send("progress", job_id, phase=phase, fraction=round(fraction, 4))

    def _send(self, event: str, job_id: str, **values: object) -> None:
        line = json.dumps({"event": event, "id": job_id, **values})
        try:
            with self._lock:
                self._out.write(line + "\n")
                self._out.flush()
        except OSError:
            self._orphaned.set()


class _JobProgress:
    """Progress callback of one job."""

    def __init__(self, worker: Worker, job_id: str) -> None:
        self._worker = worker
        self._job_id = job_id

    def __call__(self, phase: Phase, fraction: float) -> None:
        self._worker.report(self._job_id, phase, fraction)


def give_way() -> None:
    """Lower the process's priority, so that generating does not make a playing DAW or the companion stutter."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def main(environ: Mapping[str, str] = os.environ) -> int:
    """Run the worker until its standard input ends; return the exit code."""
    logging.basicConfig(level=environ.get("STEMBRIDGE_LOG", "WARNING"), format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is the companion's to handle
    give_way()
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.stdout = sys.stderr  # its buffer would be lost by os._exit
    worker = Worker(out)
    threading.Thread(target=worker.read_commands, args=(sys.stdin,), daemon=True).start()
    worker.work()
    # Timers and library threads must not keep an orphan alive.
    os._exit(0)


if __name__ == "__main__":
    main()
