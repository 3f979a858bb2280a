"""Runs a real `python -m bridge serve` and other commands, in a separate home folder."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx

from tests.helpers.osc_daw import Daw
from tests.helpers.paths import ROOT
from tests.helpers.waiting import PATIENCE_S, wait_until

STOP_S = PATIENCE_S

NOT_INHERITED = ("STEMBRIDGE_", "QT_", "DISPLAY", "WAYLAND_")
"""Prefixes of environment variables that are not inherited: the developer's settings, and the screen."""


def environ(home: Path) -> dict[str, str]:
    """Return the environment of a user whose files all lie in `home`; it runs the source beside these tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_INHERITED)}
    path = os.pathsep.join(filter(None, (str(ROOT), kept.get("PYTHONPATH"))))
    return {**kept, "STEMBRIDGE_HOME": str(home), "PYTHONPATH": path}


def run_bridge(home: Path, *arguments: str, timeout_s: float = PATIENCE_S) -> subprocess.CompletedProcess[str]:
    """Run `stembridge ARGUMENTS` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bridge", *arguments],
        env=environ(home),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=timeout_s,
    )


class CompanionProcess:
    """One companion; as a context manager it is ended by SIGTERM, and must exit with 0 and no traceback."""

    def __init__(self, home: Path, *arguments: str, prefix: Sequence[str] = ()) -> None:
        """Start it; `prefix` is a command line that it runs under."""
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.log = home / f"stderr-{time.monotonic_ns()}.log"
        command = [
            *prefix,
            sys.executable,
            "-m",
            "bridge",
            "serve",
            "--osc-port",
            "0",
            "--http-port",
            "0",
            *arguments,
        ]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, env=environ(home), cwd=home, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            self.close()
            raise AssertionError(f"the companion did not start: {line!r} {self.log.read_text()!r}")
        ports = dict(pair.split("=") for pair in line.split()[1:])
        self.osc_port, self.http_port = int(ports["osc"]), int(ports["http"])

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def file(self) -> Path:
        return self.home / "data" / "companion.json"

    def jobs(self) -> dict[str, dict[str, Any]]:
        """Return the jobs from `/v1/jobs` by id."""
        with httpx.Client(trust_env=False, timeout=120) as client:
            listed = client.get(f"http://127.0.0.1:{self.http_port}/v1/jobs").json()["jobs"]
        return {job["id"]: job for job in listed}

    def worker_pid(self) -> int:
        """Return the process id of the worker, once it runs."""
        return wait_until(lambda: next(iter(children(self.pid)), 0), "the worker has started")

    def kill(self) -> None:
        """Kill it, as the system does when memory runs out."""
        self.process.kill()
        self.close()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it by a signal and return its exit code."""
        self.process.send_signal(number)
        try:
            return self.process.wait(STOP_S)
        finally:
            self.close()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def daw(self, transport: str = "udp") -> Daw:
        return Daw(self.osc_port, transport)

    def __enter__(self) -> CompanionProcess:
        return self

    def __exit__(self, exc_type: object, *_: object) -> None:
        if self.process.poll() is not None:
            self.close()
            return
        code = self.stop()
        if exc_type is None:
            assert code == 0
            assert "Traceback" not in self.log.read_text()


Start = Callable[..., CompanionProcess]


def children(pid: int) -> list[int]:
    """Return the living child processes of `pid`."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == pid and state not in "ZX":
            found.append(int(stat.parent.name))
    return found


def is_alive(pid: int) -> bool:
    """Return True if a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def read_json(path: Path) -> Any:  # noqa: ANN401
    return json.loads(path.read_text(encoding="utf-8"))
