"""Keeps AbletonOSC and the companion in touch, until it is cancelled."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

from bridge.doors.abletonosc.placing import Asker, place
from bridge.doors.abletonosc.state import LISTENED, SongState
from bridge.doors.abletonosc.wire import Wire
from bridge.doors.osc.table import PREFIX

log = logging.getLogger("stembridge.abletonosc")

LIVE_PORT, REPLY_PORT = 11000, 11001
"""Where AbletonOSC listens, and where it sends every answer, whoever asked."""
DAW = "Ableton Live (AbletonOSC)"
VERSION = "/live/application/get/version"
KNOCK_S = 2.0
LOST_S = 10.0


class AbletonOsc:
    """A client of AbletonOSC on one side, a DAW of the companion's on the other."""

    def __init__(
        self,
        companion: tuple[str, int],
        scale_is_key: bool = False,
        ports: tuple[int, int] = (LIVE_PORT, REPLY_PORT),
    ) -> None:
        """Connect to `companion` (address, OSC port); `ports` are AbletonOSC's own and the one it answers to."""
        self._companion_at = companion
        self._ports = ports
        self._state = SongState(scale_is_key)
        self._live: Wire
        self._companion: Wire
        self._asker: Asker
        self._heard_s = -LOST_S
        self._is_connected = False
        self._placings: set[asyncio.Task[None]] = set()
        self._beats: dict[str, float] = {}
        self._one_at_a_time = asyncio.Lock()

    async def run(self) -> None:
        """Work until cancelled; without the port for answers it ends at once, with a line in the log."""
        try:
            self._live = await Wire.open(self._ports[1], ("127.0.0.1", self._ports[0]), self._hear_live)
        except OSError:
            log.warning(
                "AbletonOSC answers to port %d, which another program holds: close it to use it here", self._ports[1]
            )
            return
        self._asker = Asker(self._live.send)
        self._companion = await Wire.open(0, self._companion_at, self._hear_companion)
        try:
            while True:
                self._knock()
                await asyncio.sleep(KNOCK_S)
        finally:
            for task in self._placings:
                task.cancel()
            self._live.close()
            self._companion.close()

    def _knock(self) -> None:
        if self._is_connected and time.monotonic() - self._heard_s > LOST_S:
            self._is_connected = False
            log.info("AbletonOSC is silent")
        # Not `/live/test`, which writes into Live's status bar each time.
        self._live.send(VERSION)

    def _hear_live(self, address: str, values: list[object]) -> None:
        self._heard_s = time.monotonic()
        if address == "/live/startup":
            self._is_connected = False
        elif address == VERSION and not self._is_connected:
            self._is_connected = True
            self._greet(".".join(str(value) for value in values))
        elif address == VERSION:
            self._companion.send(PREFIX + "/ping")
        self._asker.hear(address, values)
        for name, told in self._state.take(address, values):
            self._companion.send(PREFIX + name, *told)

    def _greet(self, version: str) -> None:
        log.info("AbletonOSC in Live %s answers", version)
        self._companion.send(PREFIX + "/hello", DAW, version)
        for name in LISTENED:
            self._live.send(f"/live/song/start_listen/{name}")

    def _hear_companion(self, address: str, values: list[object]) -> None:
        name = address.removeprefix(PREFIX)
        if name == "/job/accepted" and len(values) == 2:
            self._beats[str(values[0])] = float(str(values[1]))
        elif name == "/job/done" and len(values) == 3:
            self._start_placing(str(values[1]), self._beats.pop(str(values[0]), 0.0))
        elif name == "/take/place" and len(values) == 3:
            at = self._state.position if values[1] == "playhead" else float(str(values[2]))
            self._start_placing(str(values[0]), at)
        elif name in ("/job/failed", "/error") and len(values) == 2:
            self._show(str(values[0 if name == "/error" else 1]))

    def _start_placing(self, manifest: str, beat: float) -> None:
        task = asyncio.create_task(self._place(Path(manifest), beat))
        self._placings.add(task)
        task.add_done_callback(self._placings.discard)

    async def _place(self, manifest: Path, beat: float) -> None:
        async with self._one_at_a_time:
            placed = await place(self._asker, manifest, beat)
            self._companion.send(PREFIX + "/take/placed", str(manifest), placed.stems, placed.problem)
            self._show(
                placed.problem or f"{placed.stems} stems placed by AbletonOSC; look that Live has not warped them"
            )

    def _show(self, text: str) -> None:
        log.info("%s", text)
        self._live.send("/live/api/show_message", f"Stem Bridge: {text}")
