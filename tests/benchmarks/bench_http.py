"""Measures the HTTP API from outside: `python tests/benchmarks/bench_http.py`. Prints one JSON document.

status_ms: `GET /v2/requests/{id}/status` by 50 clients, each ten times a second on a connection kept alive,
while a job runs. submit_per_s: `POST /v2/ace-step-music`, 10 clients, each request stored before it is answered.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from tests.helpers.paths import ROOT

POLLERS, POLL_S, ASKS = 50, 0.1, 60
SUBMITTERS, SUBMITS = 10, 90
LONG = {"genres": "house", "output_seconds": 240, "variations": 8}
SHORT = {"genres": "funk", "output_seconds": 10, "seed": 1}


class Connection:
    """One connection that is kept alive; a client library would be slower than the companion."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Connection:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        await self._writer.wait_closed()

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, object]]:
        """Send one request; return the status and the JSON of its response."""
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        self._writer.write(f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        return int(answer.split()[1]), json.loads(await self._reader.readexactly(length))


async def poll(port: int, path: str, number: int) -> list[float]:
    """Send requests regularly; return the response times in ms."""
    took = []
    async with Connection(port) as connection:
        due = time.perf_counter() + number * POLL_S / POLLERS
        for _ in range(ASKS):
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            started = time.perf_counter()
            await connection.ask("GET", path)
            took.append((time.perf_counter() - started) * 1000.0)
            due += POLL_S
    return took


async def submit(port: int) -> int:
    """Submit requests one after the other; return the number of accepted ones."""
    async with Connection(port) as connection:
        return sum([(await connection.ask("POST", "/v2/ace-step-music", SHORT))[0] == 200 for _ in range(SUBMITS)])


async def measure(port: int) -> dict[str, object]:
    """Return all figures."""
    async with Connection(port) as connection:
        _, job = await connection.ask("POST", "/v2/ace-step-music", LONG)
        path = f"/v2/requests/{job['request_id']}"
        while (await connection.ask("GET", f"{path}/status"))[1]["phase"] != "generating":
            await asyncio.sleep(0.05)
        polls = await asyncio.gather(*(poll(port, f"{path}/status", number) for number in range(POLLERS)))
    async with Connection(port) as connection:
        _, after = await connection.ask("GET", f"{path}/status")
        await connection.ask("DELETE", path)
    times = sorted(took for own in polls for took in own)
    started = time.perf_counter()
    taken = sum(await asyncio.gather(*(submit(port) for _ in range(SUBMITTERS))))
    submit_s = time.perf_counter() - started
    return {
        "status_ms": {
            "median": round(statistics.median(times), 2),
            "p99": round(times[int(len(times) * 0.99)], 2),
            "max": round(times[-1], 2),
            "asked": len(times),
            "job_still_running": after["status"] == "PROCESSING",
        },
        "submit_per_s": round(taken / submit_s),
        "submitted": taken,
    }


def main() -> None:
    """Run a companion and measure it."""
    with tempfile.TemporaryDirectory() as home:
        process = subprocess.Popen(
            [sys.executable, "-m", "bridge", "serve", "--osc-port", "0", "--http-port", "0"],
            cwd=ROOT,
            env={**os.environ, "STEMBRIDGE_HOME": home},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        port = int(process.stdout.readline().rpartition("http=")[2])
        try:
            print(json.dumps(asyncio.run(measure(port)), indent=2))
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main()
