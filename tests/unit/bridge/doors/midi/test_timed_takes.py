"""Takes that pads have asked for: in time or late for their bar, and played there."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.doors.bus import EventBus, TakeDue
from bridge.doors.midi.timed_takes import Due, TimedTakes, due
from bridge.jobs.job import Job, State
from bridge.takes.take import Take
from bridge.takes.writer import write_takes
from tests.helpers.job_specs import make_job
from tests.helpers.paths import ROOT
from tests.unit.bridge.takes.conftest import make_take  # noqa: F401  (a fixture)


class Song:
    """A song that stands at `now`."""

    def __init__(self, now: float | None) -> None:
        self.now = now

    def beat(self, _: float) -> float | None:
        return self.now

    def tempo_bpm(self, _: float) -> float | None:
        return 120.0


class Running(Song):
    """A song that goes on from a beat, at 120 BPM."""

    def __init__(self, beat: float) -> None:
        super().__init__(beat)
        self.began_s = time.monotonic()

    def beat(self, now_s: float) -> float | None:
        assert self.now is not None
        return self.now + (now_s - self.began_s) * 2.0


class NoQueue:
    """A queue that tells nothing by itself."""

    def subscribe(self, _: object) -> None:
        pass


def timed_takes(song: Song, device: Callable[[], str | None]) -> TimedTakes:
    return TimedTakes(song, device, NoQueue(), EventBus())  # type: ignore[arg-type]


def job_done(state: State = State.DONE, manifest: str = "/none/manifest.json") -> Job:
    return make_job(state=state, manifests=[manifest])  # from beat 16 in 4/4


@pytest.mark.parametrize(
    ("now", "quantise", "beat", "spare"),
    [
        (12.5, "bar", 16, 3.5),
        (16, "bar", 16, 0),
        (17.5, "bar", 20, -1.5),
        (17.5, "4 bars", 32, -1.5),
        (40, "beat", 40, -24),
    ],
)
def test_a_late_take_is_due_at_the_next_boundary(now: float, quantise: str, beat: float, spare: float) -> None:
    assert due(job_done(), quantise, now) == Due(beat, spare)


@pytest.mark.parametrize(
    ("now", "level", "words"),
    [(12.5, logging.INFO, "ready 3.5 beats before beat 16"), (17.5, logging.WARNING, "1.5 beats late for its bar")],
)
def test_whether_a_take_is_in_time_for_its_bar_is_logged(
    now: float, level: int, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "stembridge.midi")
    previews = timed_takes(Song(now), lambda: None)
    job = job_done()
    previews._expect(TakeDue(job, "bar"))
    previews._job_changed(job_done(State.RUNNING))
    previews._job_changed(job)
    previews._job_changed(job)  # logged once
    (record,) = caplog.records
    assert (record.levelno, words in record.getMessage()) == (level, True)


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
def test_what_came_to_nothing_is_not_played(state: State, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    previews = timed_takes(Song(1.0), lambda: "")
    job = job_done(state)
    previews._expect(TakeDue(job, "bar"))
    previews._job_changed(job)
    previews._job_changed(job_done())  # not triggered by a pad
    assert not caplog.records


def test_a_take_is_played_by_a_process_of_its_own_up_to_its_end(
    make_take: Callable[..., Take],  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (manifest,) = write_takes([make_take()], tmp_path / "takes")
    started: list[asyncio.subprocess.Process] = []
    real = asyncio.create_subprocess_exec

    async def start(*arguments: object, **options: object) -> asyncio.subprocess.Process:
        started.append(await real(*arguments, stderr=subprocess.DEVNULL, **options))  # type: ignore[arg-type]
        return started[-1]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start)

    async def listen(stop: bool) -> int | None:
        previews = timed_takes(Running(15.5), lambda: "no such sound card")
        job = job_done(manifest=str(manifest))
        previews._expect(TakeDue(job, "bar"))
        previews._job_changed(job)
        assert previews._playing is not None
        playing = previews._playing
        if stop:
            while not started:
                await asyncio.sleep(0.01)
            previews.stop()
        await asyncio.wait({playing}, timeout=120)
        return started.pop().returncode

    assert asyncio.run(listen(stop=False)) == 0
    assert asyncio.run(listen(stop=True)) is not None


def test_a_take_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bridge.app.player.preview", str(tmp_path / "manifest.json"), "4"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
    )
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1), ended.stderr
