"""The messages about jobs: who gets them, which one, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.doors.bus import TakeChosen
from bridge.doors.osc import job_messages
from bridge.doors.osc.encode import Outgoing
from bridge.doors.osc.job_messages import PROGRESS_INTERVAL_S, JobMessages, status_message
from bridge.doors.osc.server import Peer
from bridge.doors.requester import PAD, Requester
from bridge.jobs.job import Job, State
from engine.contract import Phase
from tests.helpers.door_bench import DoorBench
from tests.helpers.job_specs import make_job, make_spec

CLIENT = Requester.osc("udp", "127.0.0.1", 5000, 7000).to_text()
ADDRESS = Peer("udp", "127.0.0.1", 7000)


class MessagesBench(DoorBench):
    """Job messages on a real queue, what they send, and a clock that the test sets."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.now_s = 100.0
        self.sent: list[tuple[Peer, Outgoing]] = []
        self.messages = JobMessages(lambda *sent: self.sent.append(sent), self.queue, self.bus)

    def report(self, job: Job, phase: Phase, progress: float, later_s: float = 0.0) -> None:
        self.now_s += later_s
        job.phase, job.progress = phase, progress
        self.queue._notify(job)

    @property
    def progress(self) -> list[float]:
        return [float(message.values[1]) for _, message in self.sent if message.address == "/job/progress"]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MessagesBench]:
    bench = MessagesBench(tmp_path)
    monkeypatch.setattr(job_messages.time, "monotonic", lambda: bench.now_s)
    yield bench
    bench.close()


def test_a_new_job_is_accepted_with_its_beat_then_reported_as_queued(bench: MessagesBench) -> None:
    job = bench.queue.submit(make_spec(), CLIENT)
    assert bench.sent == [
        (ADDRESS, Outgoing("/job/accepted", (job.id, 16.0))),
        (ADDRESS, Outgoing("/job/progress", (job.id, 0.0, "queued"))),
    ]


@pytest.mark.parametrize("client", ["", "daw", PAD.to_text(), Requester.http("k").to_text()])
def test_jobs_of_other_doors_are_not_reported(bench: MessagesBench, client: str) -> None:
    job = bench.queue.submit(make_spec(), client)
    bench.queue.cancel(job)
    bench.bus.publish(TakeChosen(make_job(client=client, manifests=["/p/manifest.json"]), 0))
    assert bench.sent == []


def test_progress_is_sent_at_most_twenty_times_a_second_but_each_phase_and_the_end_at_once(
    bench: MessagesBench,
) -> None:
    job = make_job(client=CLIENT, state=State.RUNNING)
    bench.report(job, "generating", 0.1)
    bench.report(job, "generating", 0.2, 0.01)
    bench.report(job, "generating", 0.3, 0.01)
    bench.report(job, "generating", 0.4, PROGRESS_INTERVAL_S)
    bench.report(job, "writing", 0.9)
    bench.report(job, "writing", 0.95)
    job.state, job.manifests, job.stems = State.DONE, ["/p/manifest.json"], 4
    bench.report(job, "writing", 1.0)
    assert bench.progress == [0.1, 0.4, 0.9]
    assert bench.sent[-1] == (ADDRESS, Outgoing("/job/done", (job.id, "/p/manifest.json", 4)))


def test_jobs_are_limited_each_by_itself(bench: MessagesBench) -> None:
    one, other = (make_job(job_id, CLIENT, state=State.RUNNING) for job_id in ("1111aaaa", "2222bbbb"))
    bench.report(one, "generating", 0.1)
    bench.report(other, "generating", 0.2)
    bench.report(one, "generating", 0.3)
    assert bench.progress == [0.1, 0.2]


def test_an_ended_job_is_forgotten(bench: MessagesBench) -> None:
    job = make_job(client=CLIENT, state=State.RUNNING)
    bench.report(job, "generating", 0.1)
    job.state = State.CANCELLED
    bench.report(job, "generating", 0.1)
    assert bench.messages._sent == {}


def test_a_chosen_take_is_reported_as_done_once_more(bench: MessagesBench) -> None:
    job = make_job(client=CLIENT, manifests=["/a/manifest.json", "/b/manifest.json"], stems=3)
    bench.bus.publish(TakeChosen(job, 1))
    assert bench.sent == [(ADDRESS, Outgoing("/job/done", (job.id, "/b/manifest.json", 3)))]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"state": State.QUEUED}, Outgoing("/job/progress", ("ab12cd34", 0.0, "queued"))),
        (
            {"state": State.RUNNING, "progress": 0.25, "phase": "generating"},
            Outgoing("/job/progress", ("ab12cd34", 0.25, "generating")),
        ),
        (
            {"state": State.DONE, "manifests": ["/p/1", "/p/2"], "stems": 4},
            Outgoing("/job/done", ("ab12cd34", "/p/1", 4)),
        ),
        ({"state": State.FAILED, "message": "It broke."}, Outgoing("/job/failed", ("ab12cd34", "It broke."))),
        ({"state": State.CANCELLED}, Outgoing("/job/cancelled", ("ab12cd34",))),
    ],
)
def test_every_state_has_its_message(fields: dict[str, object], message: Outgoing) -> None:
    assert status_message(make_job(**fields)) == message
