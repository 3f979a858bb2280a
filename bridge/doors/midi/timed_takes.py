"""Takes that pads have asked for, and the beat they are due at: in time or late, and played there if wanted."""

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
from typing import Protocol

from bridge.doors.midi.quantise import next_boundary
from bridge.jobs.job import Job, State
from engine.interpreter import environ_with_source

log = logging.getLogger("stembridge.midi")

TELL_S = 0.1
"""How often the player is told where the song is."""


class Song(Protocol):
    """The clock's song, as the MIDI face knows it."""

    def beat(self, now_s: float) -> float | None:
        """Return the place in quarter notes while the song runs, else None."""

    def clock_tempo_bpm(self, now_s: float) -> float | None:
        """Return its tempo, None before one is known."""


@dataclass(frozen=True, slots=True)
class Due:
    """How a take that is ready stands to the beat that it was asked for.

    Attributes:
        beat: where it can be heard from its start: the beat it was asked for, or the next boundary.
        spare_beats: how many quarter notes before its beat it was ready; below 0 = late.
    """

    beat: float
    spare_beats: float

    def __str__(self) -> str:
        if self.spare_beats >= 0:
            return f"ready {self.spare_beats:.1f} beats before beat {self.beat:g}"
        return f"ready {-self.spare_beats:.1f} beats late for its bar; the next one is at beat {self.beat:g}"


def due(job: Job, quantise: str, now_beat: float) -> Due:
    """Return how `job` stands at `now_beat`."""
    start = job.spec.start_beat
    beat = start if now_beat <= start else next_boundary(now_beat, quantise, job.spec.meter)
    return Due(beat, start - now_beat)


class TimedTakes:
    """Waits for takes that are due at a beat. All methods belong to the event loop's thread."""

    def __init__(self, song: Song, wanted: Callable[[], str | None]) -> None:
        """`wanted` returns the output device if takes shall be played ("" is the default one), else None."""
        self._song, self._wanted = song, wanted
        self._quantise: dict[str, str] = {}
        self._playing: asyncio.Task[None] | None = None

    def expect(self, job: Job, quantise: str) -> None:
        """Watch over a job that counts from a beat of the song."""
        self._quantise[job.id] = quantise

    def tell(self, job: Job) -> None:
        """Take what has happened to a job: a listener of the queue."""
        if not job.state.is_final:
            return
        quantise = self._quantise.pop(job.id, None)
        if quantise is None or job.state is not State.DONE:
            return
        now_beat = self._song.beat(time.monotonic())
        at = due(job, quantise, now_beat) if now_beat is not None else Due(job.spec.start_beat, 0.0)
        if now_beat is not None:
            log.log(logging.INFO if at.spare_beats >= 0 else logging.WARNING, "job %s is %s", job.id, at)
        device = self._wanted()
        if device is not None:
            self.stop()
            self._playing = asyncio.ensure_future(self._play(Path(job.manifests[0]), at.beat, device))

    def stop(self) -> None:
        """Stop what plays, or waits to."""
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
            await self._lead(process)
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()

    async def _lead(self, process: asyncio.subprocess.Process) -> None:
        """Tell the player where the song is until it has ended."""
        assert process.stdin is not None
        while process.returncode is None:
            now_s = time.monotonic()
            beat, bpm = self._song.beat(now_s), self._song.clock_tempo_bpm(now_s)
            running = beat is not None and bpm is not None
            word = {"at_s": now_s, "beat": beat or 0.0, "bpm": bpm or 120.0, "running": running}
            with suppress(OSError):
                process.stdin.write(json.dumps(word).encode() + b"\n")
                await process.stdin.drain()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), TELL_S)
