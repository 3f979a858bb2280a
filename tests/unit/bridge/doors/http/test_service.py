"""The hosted service without HTTP: blocks become jobs, keys pay for them, results are kept for an hour."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.doors.http.audio import AudioStore
from bridge.doors.http.errors import HttpError
from bridge.doors.http.keys.store import ApiKey, KeyStore
from bridge.doors.http.service import KEEP_RESULT_S, HostedService, requester_of
from bridge.home.folders import Folders
from bridge.jobs.job import Job, State
from bridge.jobs.queue import MAX_UNFINISHED, QueueFull
from bridge.request.block import InvalidBlock
from engine.errors import EngineUnavailable, InvalidValue
from tests.helpers.door_bench import DoorBench


class ServiceBench(DoorBench):
    """A service on a queue that never runs; `ahead_s` sets its clock forward."""

    def __init__(self, folder: Path, engine: str = "auto") -> None:
        super().__init__(folder)
        folders = Folders(folder, folder)
        self.ahead_s = 0.0
        self.folder = folder
        self.keys = KeyStore(folders.keys)
        self.service = HostedService(
            self.desk,
            self.queue,
            self.keys,
            AudioStore(folders.http_audio),
            folders.http_takes,
            engine,
            lambda: time.time() + self.ahead_s,
        )

    def close(self) -> None:
        super().close()
        self.keys.close()

    def key(self, credits: int | None = None, rate: int = 120) -> ApiKey:
        return self.keys.create("laptop", credits, rate)[0]

    def submit(self, key: ApiKey | None = None, **body: object) -> Job:
        return asyncio.run(self.service.submit({"genres": "funk", **body}, key))

    def balance(self, key: ApiKey) -> int | None:
        now = self.keys.get(key.id)
        assert now is not None
        return now.credits


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[ServiceBench]:
    bench = ServiceBench(tmp_path)
    yield bench
    bench.close()


def test_a_block_becomes_a_job_with_its_place_and_length(bench: ServiceBench) -> None:
    job = bench.submit(tempo=97.6, output_seconds=10, start_beat=16, start_seconds=9.8, seed=3)
    assert (job.spec.start_beat, job.spec.start_seconds, job.spec.block["seed"]) == (16.0, 9.8, 3)
    assert job.spec.frames == 480_000, "seconds stay seconds: the request names no bars"
    assert job.spec.project == str(bench.folder / "http")
    assert bench.queue.get(job.id) == job


def test_the_companions_engine_holds_where_the_block_names_none(tmp_path: Path) -> None:
    bench = ServiceBench(tmp_path, "ace-step")
    with pytest.raises(EngineUnavailable, match="ace-step"):
        bench.submit()
    assert bench.submit(engine="sketch").spec.engine == "sketch"
    bench.close()


def test_wrong_values_are_all_named_and_cost_nothing(bench: ServiceBench) -> None:
    key = bench.key(credits=1)
    with pytest.raises(InvalidBlock) as error:
        bench.submit(key, cfg=99, sed=1)
    assert all(word in str(error.value) for word in ("cfg", "sed"))
    assert bench.balance(key) == 1
    assert bench.queue.count_unfinished() == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("project", "/home/me/song"),
        ("lora", "/home/me/voice.safetensors"),
        ("lora", "..\\voice"),
        ("midi_part", {"stem": "bass", "file": "/etc/passwd"}),
        ("source_audio", "/etc/passwd"),
        ("reference_audio", "file:///etc/passwd"),
    ],
)
def test_no_other_machine_names_a_file_of_this_one(bench: ServiceBench, name: str, value: object) -> None:
    with pytest.raises(InvalidValue, match=name):
        bench.submit(bench.key(), **{name: value})


def test_a_program_here_may_name_its_project(bench: ServiceBench, tmp_path: Path) -> None:
    assert bench.submit(project=str(tmp_path)).spec.project == str(tmp_path)
    for wrong in (3, "relative"):
        with pytest.raises(InvalidValue, match="project"):
            bench.submit(project=wrong)


def test_a_take_costs_a_credit_and_too_few_are_406(bench: ServiceBench) -> None:
    key = bench.key(credits=3)
    bench.submit(key, variations=2)
    assert bench.service.credits(key) == {"x-remaining-credits": "1"}
    with pytest.raises(HttpError, match="2 credits") as problem:
        bench.submit(key, variations=2)
    assert (problem.value.status, problem.value.headers) == (406, {"x-remaining-credits": "1"})
    assert bench.service.credits(bench.key()) == {}
    assert bench.service.credits(None) == {}


def test_what_was_not_made_is_given_back_once(bench: ServiceBench) -> None:
    key = bench.key(credits=3)
    job = bench.submit(key, variations=2)
    bench.service.cancel(job)
    assert bench.balance(key) == 3
    bench.service.cancel(bench.service.find(job.id, key))
    assert bench.balance(key) == 3


def test_a_full_queue_costs_nothing(bench: ServiceBench, monkeypatch: pytest.MonkeyPatch) -> None:
    key = bench.key(credits=1)
    monkeypatch.setattr(bench.store, "count_unfinished", lambda: MAX_UNFINISHED)
    with pytest.raises(QueueFull):
        bench.submit(key)
    assert bench.balance(key) == 1


def test_a_key_with_too_many_requests_gets_the_time_to_wait(bench: ServiceBench) -> None:
    key = bench.key(rate=2)
    for _ in range(2):
        bench.submit(key)
    with pytest.raises(HttpError, match="2 requests a minute") as problem:
        bench.submit(key)
    assert problem.value.status == 429
    assert 1 <= int(problem.value.headers["Retry-After"]) <= 30
    bench.submit(bench.key(rate=1))  # another key's own count
    bench.submit()  # and this machine has none


def test_a_key_finds_its_own_jobs_and_this_machine_all_that_came_over_http(bench: ServiceBench) -> None:
    one, other = bench.key(), bench.key()
    job, local = bench.submit(one), bench.submit()
    of_a_daw = bench.queue.submit(job.spec, "daw")
    assert bench.service.find(job.id, one).id == bench.service.find(job.id, None).id == job.id
    for hidden, key in ((job, other), (local, one), (of_a_daw, None), (of_a_daw, one)):
        with pytest.raises(HttpError) as problem:
            bench.service.find(hidden.id, key)
        assert problem.value.status == 404
    assert [seen.id for seen in bench.service.history(one, 10)] == [job.id]
    assert [seen.id for seen in bench.service.history(None, 10)] == [local.id, job.id]
    assert [seen.id for seen in bench.service.history(None, 1, 1)] == [job.id]


@pytest.mark.parametrize(("ahead_s", "kept"), [(KEEP_RESULT_S - 5, True), (KEEP_RESULT_S + 5, False)])
def test_a_result_is_kept_for_an_hour_from_its_end(bench: ServiceBench, ahead_s: float, kept: bool) -> None:
    job = bench.submit()
    bench.ahead_s = 10 * KEEP_RESULT_S
    assert bench.service.find(job.id, None).state is State.QUEUED, "one that waits is never dropped"
    bench.service.cancel(job)
    bench.ahead_s = ahead_s
    if kept:
        assert bench.service.find(job.id, None).state is State.CANCELLED
    else:
        with pytest.raises(HttpError, match="kept for an hour"):
            bench.service.find(job.id, None)
        assert bench.service.find(job.id, None, kept_only=False).id == job.id


def test_the_name_of_a_client_holds_its_key_and_cannot_be_forged_by_one() -> None:
    forged = ApiKey('", "', "x", 0.0, None, None, 1)
    assert len({requester_of(None), requester_of(forged)}) == 2
