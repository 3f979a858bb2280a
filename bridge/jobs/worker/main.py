"""The worker's main program: reads orders from standard input, works on one job at a time, ends when its input ends.

Standard output carries the protocol and nothing else, so it is moved out of reach of libraries that print.
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
"""POSIX nice value; a process at 0 beside it gets about three times the time."""

log = logging.getLogger("stembridge.worker")

ORPHAN_GRACE_S = 3.0
"""How long a worker whose companion is gone may take to clear its files away."""

Order = dict[str, Any]


class Worker:
    """Carries out orders; `cancelled` is shared with the thread that reads them."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._lock = threading.Lock()
        folders = Folders.of_user()
        self._runner = JobRunner(folders.models, folders.styles, lambda: remote_address(folders))
        self._orders: queue.Queue[Order | None] = queue.Queue()
        self._cancelled: set[str] = set()
        self._orphaned = threading.Event()
        self._loading_ahead = False

    def read_orders(self, lines: TextIO) -> None:
        """Queue every order, note cancels at once; when the companion is gone, stop whatever runs.

        Loading ahead cannot be stopped and leaves nothing to clear away, so the process ends in the middle of it.
        """
        try:
            for line in lines:
                order: Order = json.loads(line)
                if order["do"] == "cancel":
                    self._cancelled.add(order["id"])
                else:
                    self._orders.put(order)
        except ValueError:
            log.error("the companion was ended in the middle of an order")
        self._orphaned.set()
        if self._loading_ahead:
            os._exit(0)
        self._orders.put(None)
        threading.Timer(ORPHAN_GRACE_S, lambda: os._exit(1)).start()

    def work(self) -> None:
        """Carry out orders until the companion is gone."""
        while (order := self._orders.get()) is not None:
            if order["do"] == "load":
                self._load(order["engine"])
            else:
                self._run(order)

    def _load(self, engine: str) -> None:
        self._loading_ahead = True
        try:
            self._runner.load(engine, lambda _phase, _fraction: None)
        except StemBridgeError as error:
            log.warning("the engine %s could not be loaded ahead: %s", engine, error)
        finally:
            self._loading_ahead = False

    def _run(self, order: Order) -> None:
        job_id = str(order["id"])
        try:
            spec = JobSpec.from_json(order["spec"])
            finished = self._runner.perform(spec, TakePaths.from_json(order["plan"]), self._progress_of(job_id))
            self._tell("done", job_id, manifests=[str(path) for path in finished.manifests], stems=finished.stems)
        except Cancelled:
            self._tell("cancelled", job_id)
        except StemBridgeError as error:
            self._tell("failed", job_id, message=str(error))
        except MemoryError:
            self._tell("failed", job_id, message="The computer ran out of memory; ask for fewer bars or stems.")
        except Exception as error:
            log.exception("job %s broke", job_id)
            self._tell("failed", job_id, message=f"The engine broke ({type(error).__name__}: {error}).")

    def _progress_of(self, job_id: str) -> _JobProgress:
        return _JobProgress(self, job_id)

    def report(self, job_id: str, phase: Phase, fraction: float) -> None:
        """Tell the companion where a job stands.

        Raises
        ------
        Cancelled
            If it was cancelled, or nobody is there any more.
        """
        if job_id in self._cancelled or self._orphaned.is_set():
            raise Cancelled
        self._tell("progress", job_id, phase=phase, fraction=round(fraction, 4))

    def _tell(self, event: str, job_id: str, **values: object) -> None:
        line = json.dumps({"event": event, "id": job_id, **values})
        try:
            with self._lock:
                self._out.write(line + "\n")
                self._out.flush()
        except OSError:
            self._orphaned.set()


class _JobProgress:
    """The engine's way to report on one job."""

    def __init__(self, worker: Worker, job_id: str) -> None:
        self._worker = worker
        self._job_id = job_id

    def __call__(self, phase: Phase, fraction: float) -> None:
        self._worker.report(self._job_id, phase, fraction)


def give_way() -> None:
    """Let the DAW and the companion go first: music in the making must not make music that plays stutter."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def main(environ: Mapping[str, str] = os.environ) -> int:
    """Run the worker until its standard input ends; return the exit code."""
    logging.basicConfig(level=environ.get("STEMBRIDGE_LOG", "WARNING"), format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is the companion's to handle
    give_way()
    out = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.stdout = sys.stderr  # what Python's own buffer holds would be lost when the process ends
    worker = Worker(out)
    threading.Thread(target=worker.read_orders, args=(sys.stdin,), daemon=True).start()
    worker.work()
    # Timers and library threads must not keep an orphan alive.
    os._exit(0)


if __name__ == "__main__":
    main()
