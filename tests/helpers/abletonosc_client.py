"""The companion's client of AbletonOSC, run in a thread beside a real companion."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from bridge.doors.abletonosc.door import AbletonOsc


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_client(osc_port: int, live_port: int, reply_port: int, scale_is_key: bool = True) -> Iterator[AbletonOsc]:
    """Keep AbletonOSC at `live_port`, which answers to `reply_port`, and the companion at `osc_port` in touch."""
    loop = asyncio.new_event_loop()
    service = AbletonOsc(("127.0.0.1", osc_port), scale_is_key, (live_port, reply_port))
    task = loop.create_task(service.run())

    def run() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield service
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
