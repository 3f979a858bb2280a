"""Takes that are due at a beat of the MIDI clock: logs whether each is in time, and plays it on that beat."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bridge.doors.bus import EventBus, TakeDue
from bridge.doors.midi.clocks import Clocks
from bridge.doors.midi.quantise import next_boundary_of_take
from bridge.jobs.job import Job, State
from bridge.jobs.queue import JobQueue
from engine.interpreter import environ_with_source

log = logging.getLogger("stembridge.midi")

SEND_INTERVAL_S = 0.1
"""Interval at which the player is sent the song position."""


@dataclass(frozen=True, slots=True)
class Due:
    """A finished take against the beat that it was due at.

    Attributes:
        beat: the beat at which it can start: the one it was due at, or the next boundary.
        spare_beats: quarter notes from the moment it was ready to that beat; below 0 = late.
    """

    beat: float
    spare_beats: float

    def __str__(self) -> str:
        if self.spare_beats >= 0:
            return f"ready {self.spare_beats:.1f} beats before beat {self.beat:g}"
        return f"ready {-self.spare_beats:.1f} beats late for its bar; the next one is at beat {self.beat:g}"


def due(job: Job, quantise: str, now_beat: float) -> Due:
    """Compare the finished `job` with its beat at `now_beat`."""
    start = job.spec.start_beat
    beat = start if now_beat <= start else next_boundary_of_take(now_beat, quantise, start, job.spec.meters)
    return Due(beat, start - now_beat)


class TimedTakes:
    """Waits for takes that are due at a beat. Belongs to the event loop's thread."""

    def __init__(self, clocks: Clocks, device: Callable[[], str | None], queue: JobQueue, bus: EventBus) -> None:
        """Follow `clocks`; `device` returns the output device for previews ("" is the default one), None for none."""
        self._clocks, self._device = clocks, device
        self._quantise: dict[str, str] = {}
        self._playing: asyncio.Task[None] | None = None
        bus.subscribe(TakeDue, self._expect)
        queue.subscribe(self._job_changed)

    def _expect(self, event: TakeDue) -> None:
        self._quantise[event.job.id] = event.quantise

    def _job_changed(self, job: Job) -> None:
        if not job.state.is_final:
            return
        quantise = self._quantise.pop(job.id, None)
        if quantise is None or job.state is not State.DONE:
            return
        now_beat = self._clocks.beat(time.monotonic())
        at = due(job, quantise, now_beat) if now_beat is not None else Due(job.spec.start_beat, 0.0)
        if now_beat is not None:
            log.log(logging.INFO if at.spare_beats >= 0 else logging.WARNING, "job %s is %s", job.id, at)
        device = self._device()
        if device is not None:
            self.stop()
            self._playing = asyncio.ensure_future(self._play(Path(job.manifests[0]), at.beat, device))

    def stop(self) -> None:
        """Stop the preview that plays or waits to."""
        if self._playing is not None:
            self._playing.cancel()
            self._playing = None

    async def _play(self, manifest: Path, beat: float, device: str) -> None:
        command = (sys.executable, "-m", "bridge.app.player.preview", str(manifest), repr(beat), device)
        try:
            process = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.PIPE, env=environ_with_source()
            )
        except OSError as error:
            log.warning("the preview cannot be started (%s)", error)
            return
        try:
            await self._send_position(process)
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()

    async def _send_position(self, process: asyncio.subprocess.Process) -> None:
        """Send the player the song position until it has ended."""
        assert process.stdin is not None
        while process.returncode is None:
            now_s = time.monotonic()
            beat, bpm = self._clocks.beat(now_s), self._clocks.tempo_bpm(now_s)
            running = beat is not None and bpm is not None
            position = {"at_s": now_s, "beat": beat or 0.0, "bpm": bpm or 120.0, "running": running}
            with suppress(OSError):
                process.stdin.write(json.dumps(position).encode() + b"\n")
                await process.stdin.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), SEND_INTERVAL_S)
