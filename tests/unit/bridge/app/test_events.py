"""Events for the window: frozen values, snapshots of jobs, and the progress of work on models."""

from __future__ import annotations

import dataclasses
from dataclasses import FrozenInstanceError, replace
from typing import get_args

import pytest

from bridge.app.events import AppEvent, CoreFailed, CoreReady, JobChanged, ModelWork
from bridge.doors.requester import ABLETON_OSC, PAD, WINDOW, Requester
from bridge.jobs.job import State
from tests.helpers.job_specs import make_job

WORK = ModelWork("turbo", "ACE-Step 1.5 turbo", "downloading", 0, 1000)


def test_every_event_is_frozen() -> None:
    for kind in get_args(AppEvent):
        assert dataclasses.is_dataclass(kind)
        assert kind.__dataclass_params__.frozen, kind  # type: ignore[attr-defined]
    ready = CoreReady(9124, 9125)
    with pytest.raises(FrozenInstanceError):
        ready.osc_port = 1  # type: ignore[misc]
    assert CoreFailed("No.").port_taken is False


def test_a_snapshot_of_a_job_does_not_change_with_it() -> None:
    job = make_job(state=State.RUNNING, phase="generating", progress=0.25)
    event = JobChanged.of(job)
    job.state, job.progress, job.manifests = State.DONE, 1.0, ["/p/manifest.json"]
    job.spec.block["genres"] = "polka"
    assert (event.id, event.state, event.phase, event.progress) == ("ab12cd34", State.RUNNING, "generating", 0.25)
    assert (event.manifests, event.block["genres"]) == ((), "funk")
    assert isinstance(hash(event), int), "it can be a key although its block cannot"


@pytest.mark.parametrize(
    ("client", "from_window"),
    [
        (WINDOW.to_text(), True),
        (PAD.to_text(), True),
        (ABLETON_OSC.to_text(), False),
        (Requester.live_link("REAPER").to_text(), False),
        (Requester.http().to_text(), False),
        ("junk", False),
    ],
)
def test_a_job_of_the_window_or_of_a_lone_pad_is_known_as_such(client: str, from_window: bool) -> None:
    assert JobChanged.of(make_job(client=client)).from_window is from_window


@pytest.mark.parametrize(
    ("done_bytes", "total_bytes", "rate", "share", "left_s"),
    [
        (250, 1000, 50.0, 0.25, 15.0),
        (1200, 1000, 10.0, 1.0, 0.0),
        (5, 0, 0.0, 0.0, None),
        (0, 1000, 0.0, 0.0, None),
    ],
)
def test_share_and_time_left_follow_from_bytes_and_rate(
    done_bytes: int, total_bytes: int, rate: float, share: float, left_s: float | None
) -> None:
    work = replace(WORK, total_bytes=total_bytes).at(done_bytes, rate)
    assert (work.share, work.left_s) == (share, left_s)


def test_work_goes_on_and_ends_as_a_new_value() -> None:
    further = WORK.at(500, 100.0)
    ended = further.ended("failed", "The disk is full.")
    assert (WORK.done_bytes, further.state) == (0, "running")
    assert (ended.state, ended.message, ended.done_bytes) == ("failed", "The disk is full.", 500)
