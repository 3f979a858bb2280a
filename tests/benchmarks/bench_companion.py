"""Measures a companion from outside: `python tests/benchmarks/bench_companion.py`. Prints one JSON document.

ready_s: from starting `serve` to its `ready` line (median of 5). accepted_ms: OSC `/generate` to `/job/accepted`
over loopback while another socket sends 1,000 tempo messages each second; done_s: `/generate` to `/job/done`, warm,
for 8 bars of 4/4 at 120 BPM; done_ratio: the music's length over done_s. idle_…: CPU share and resident memory of the
idle companion and of its idle worker (from /proc, Linux only).
"""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.helpers.paths import ROOT

ACCEPTS, TEMPO_RATE_HZ, IDLE_S, MUSIC_S = 200, 1000, 10.0, 16.0


def packet(address: str, *values: float | str) -> bytes:
    """Return one OSC message."""
    builder = OscMessageBuilder("/stembridge" + address)
    for value in values:
        builder.add_arg(value)
    return bytes(builder.build().dgram)


@contextmanager
def companion(home: str) -> Iterator[tuple[subprocess.Popen[str], int, float]]:
    """Run a companion; yields its process, its OSC port and the seconds it took to be ready."""
    command = [sys.executable, "-m", "bridge", "serve", "--osc-port", "0", "--http-port", "0"]
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "STEMBRIDGE_HOME": home}, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    ready_s = time.perf_counter() - started
    try:
        yield process, int(dict(pair.split("=") for pair in line.split()[1:])["osc"]), ready_s
    finally:
        process.terminate()
        process.wait()


class Daw:
    """A client with its own socket."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))
        self.socket.settimeout(30)

    def send(self, address: str, *values: float | str) -> None:
        """Send one message."""
        self.socket.send(packet(address, *values))

    def wait(self, *addresses: str) -> OscMessage:
        """Return the next message that has one of the addresses."""
        while True:
            message = OscMessage(self.socket.recv(65_536))
            if message.address.removeprefix("/stembridge") in addresses:
                return message


def flood(daw: Daw, end: threading.Event) -> None:
    """Send tempo messages at a steady rate until `end`."""
    due = time.perf_counter()
    data = packet("/tempo", 97.6)
    while not end.is_set():
        due += 1 / TEMPO_RATE_HZ
        time.sleep(max(0.0, due - time.perf_counter()))  # a steady rate
        daw.socket.send(data)


def measure_accepts(port: int) -> dict[str, float]:
    """Return percentiles of the time to `/job/accepted` in milliseconds; every job is cancelled at once."""
    daw, end = Daw(port), threading.Event()
    daw.send("/tempo", 120.0)
    sender = threading.Thread(target=flood, args=(Daw(port), end))
    sender.start()
    times_ms = []
    for _ in range(ACCEPTS):
        started = time.perf_counter()
        daw.send("/generate", 0.0, 1.0)
        job = daw.wait("/job/accepted").params[0]
        times_ms.append((time.perf_counter() - started) * 1000)
        daw.send("/cancel", job)
        daw.wait("/job/cancelled", "/job/done", "/error")
    end.set()
    sender.join()
    times_ms.sort()
    return {"median": times_ms[ACCEPTS // 2], "p99": times_ms[int(ACCEPTS * 0.99) - 1], "max": times_ms[-1]}


def measure_done(port: int, project: str) -> float:
    """Return the median seconds from `/generate` to `/job/done`, warm."""
    daw = Daw(port)
    for address, value in (("/tempo", 120.0), ("/project", project), ("/genres", "funk"), ("/key", "E minor")):
        daw.send(address, value)
    times_s = []
    for _ in range(8):
        started = time.perf_counter()
        daw.send("/generate", 0.0, 8.0)
        daw.wait("/job/done")
        times_s.append(time.perf_counter() - started)
    return statistics.median(times_s[2:])


def usage(pid: int) -> tuple[float, float]:
    """Return the CPU seconds used so far and the resident megabytes of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    ticks = int(fields[11]) + int(fields[12])
    status = Path(f"/proc/{pid}/status").read_text()
    resident_kb = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
    return ticks / os.sysconf("SC_CLK_TCK"), resident_kb / 1024


def measure_idle(pid: int) -> dict[str, float]:
    """Return the CPU share and memory of a process over `IDLE_S` seconds."""
    before, _ = usage(pid)
    time.sleep(IDLE_S)  # the period that is measured
    after, resident_mb = usage(pid)
    return {"cpu_percent": round(100 * (after - before) / IDLE_S, 2), "resident_mb": round(resident_mb, 1)}


def main() -> None:
    """Measure and print."""
    ready = []
    for _ in range(5):
        with tempfile.TemporaryDirectory() as home, companion(home) as (_, _, ready_s):
            ready.append(ready_s)
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as project:
        with companion(home) as (process, _, _):
            time.sleep(1)  # start-up work ends before the idle process is measured
            idle = measure_idle(process.pid)
        with companion(home) as (process, port, _):
            done_s = measure_done(port, project)
            accepted = measure_accepts(port)
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            worker = measure_idle(int(children[0]))
    result = {
        "ready_s": round(statistics.median(ready), 3),
        "accepted_ms": {name: round(value, 2) for name, value in accepted.items()},
        "done_s": round(done_s, 3),
        "done_ratio": round(MUSIC_S / done_s, 1),
        "idle_companion": idle,
        "idle_worker": worker,
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
