"""The socket to AbletonOSC: messages of that program are passed on, and nothing else."""

from __future__ import annotations

import asyncio
import socket

from bridge.doors.abletonosc.wire import Wire


def test_junk_on_the_port_and_strangers_are_passed_over() -> None:
    async def run() -> list[str]:
        heard: list[str] = []
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as live:
            live.bind(("127.0.0.1", 0))
            wire = await Wire.open(0, live.getsockname(), lambda address, values: heard.append(address))
            assert wire._transport is not None
            port = wire._transport.get_extra_info("sockname")
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
                stranger.sendto(b"/live/test\0\0,\0\0\0", port)
            for packet in (b"", b"junk", b"/a", b"/live/startup\0\0\0,\0\0\0"):
                live.sendto(packet, port)
            while not heard:
                await asyncio.sleep(0.01)
            wire.close()
            return heard

    assert asyncio.run(run()) == ["/live/startup"]
