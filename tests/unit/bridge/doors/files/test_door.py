"""The files door on a real queue: requests are carried out once, and replies are kept up to date."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.doors.files.door import FilesDoor
from bridge.doors.files.folder import KEEP_STRAY_S, MAX_REQUEST_BYTES, RequestFolder
from bridge.doors.requester import Requester
from bridge.home.heartbeat import heartbeat_age_s
from bridge.jobs.job import State
from bridge.request.session_state import SessionState
from tests.helpers.door_bench import DoorBench

GENERATE = {"format": 1, "do": "generate", "tempo": 120, "block": {"genres": "funk", "bars": 1}}


class FilesBench(DoorBench):
    """A files door with its mailbox folder, which is its own as long as `is_mine`."""

    def __init__(self, folder: Path, session: str = "one") -> None:
        super().__init__(folder, session)
        self.box = RequestFolder(folder / "mailbox")
        self.box.prepare()
        self.is_mine = True
        self.door = FilesDoor(
            self.box, self.desk, self.queue, SessionState, self.daws, self.bus, is_mine=lambda: self.is_mine
        )

    def post(self, name: str, content: object) -> Path:
        path = self.box.folder / "in" / f"{name}.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    def reply(self, name: str) -> dict[str, str]:
        lines = (self.box.folder / "out" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        assert (lines[0], lines[-1]) == ("stembridge\t1", "end")
        return dict(line.split("\t", 1) for line in lines[1:-1])


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[FilesBench]:
    one = FilesBench(tmp_path)
    yield one
    one.close()


def test_a_request_becomes_a_job_and_its_reply_has_the_status(bench: FilesBench) -> None:
    path = bench.post("1-ab", GENERATE)
    bench.door.poll()
    job = bench.queue.newest_of(Requester.file_request("1-ab").to_text())
    assert job is not None
    assert not path.exists()
    reply = bench.reply("1-ab")
    assert (reply["state"], reply["job"], reply["phase"]) == ("queued", job.id, "queued")


def test_a_request_that_cannot_be_deleted_is_carried_out_once(bench: FilesBench) -> None:
    for _ in range(3):
        bench.post("1-ab", GENERATE)
        bench.door.poll()
    assert bench.queue.count_unfinished() == 1


def test_a_request_whose_job_was_stored_before_the_companion_died_is_not_carried_out_twice(
    bench: FilesBench, tmp_path: Path
) -> None:
    bench.post("1-ab", GENERATE)
    bench.door.poll()
    (tmp_path / "mailbox" / "out" / "1-ab.txt").unlink()
    later = FilesBench(tmp_path, "two")
    later.post("1-ab", GENERATE)
    later.door.poll()
    assert later.reply("1-ab")["state"] == "queued"
    assert len(later.queue.by_clients([Requester.file_request("1-ab").to_text()], 9)) == 1
    later.close()


def test_cancel_stops_the_job_of_that_request_alone(bench: FilesBench) -> None:
    for name in ("1-aa", "2-bb"):
        bench.post(name, GENERATE)
    bench.post("3-cc", {"format": 1, "do": "cancel", "request": "1-aa"})
    bench.door.poll()
    assert [bench.reply(name)["state"] for name in ("1-aa", "2-bb")] == ["cancelled", "queued"]
    assert not (bench.box.folder / "out" / "3-cc.txt").exists()


def test_a_job_that_is_unknown_cannot_be_done_again(bench: FilesBench) -> None:
    bench.post("1-ab", {**GENERATE, "do": "regenerate", "job": "feedbeef"})
    bench.door.poll()
    reply = bench.reply("1-ab")
    assert reply["state"] == "failed"
    assert reply["message"].startswith("job must be one of the last 30 days")


def test_a_job_is_done_again_with_another_seed(bench: FilesBench) -> None:
    bench.post("1-aa", {**GENERATE, "block": {"genres": "deep house", "bars": 1, "seed": 5}})
    bench.door.poll()
    job = bench.queue.newest_of(Requester.file_request("1-aa").to_text())
    assert job is not None
    bench.post("2-bb", {**GENERATE, "do": "regenerate", "job": job.id, "block": {}, "tempo": 90})
    bench.door.poll()
    again = bench.queue.newest_of(Requester.file_request("2-bb").to_text())
    assert again is not None
    assert (again.spec.block["genres"], again.spec.block["tempo"]) == ("deep house", 90.0)
    assert again.spec.block["seed"] != 5


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"x" * (MAX_REQUEST_BYTES + 1), {"format": 1, "do": "generate", "tempo": 1}]
)
def test_a_file_that_cannot_be_understood_is_answered_and_deleted(bench: FilesBench, content: object) -> None:
    path = bench.post("1-ab", content)
    bench.door.poll()
    reply = bench.reply("1-ab")
    assert reply["state"] == "failed"
    assert reply["message"]
    assert not path.exists()


def test_names_that_are_no_requests_are_never_opened_and_deleted_after_a_while(bench: FilesBench) -> None:
    stray = [bench.box.folder / "in" / name for name in ("x.tmp", "a b.json", "..json")]
    for path in stray:
        path.write_text(json.dumps(GENERATE))
    bench.box.sweep()
    bench.door.poll()
    assert all(path.exists() for path in stray)
    for path in stray:
        os.utime(path, (0, time.time() - KEEP_STRAY_S - 1))
    bench.box.sweep()
    assert not any(path.exists() for path in stray)
    assert bench.queue.count_unfinished() == 0


def test_a_reply_that_cannot_be_written_now_is_written_later(bench: FilesBench) -> None:
    out = bench.box.folder / "out"
    out.rmdir()
    out.write_text("in the way")
    bench.post("1-ab", GENERATE)
    bench.door.poll()
    out.unlink()
    out.mkdir()
    bench.door.poll()
    assert bench.reply("1-ab")["state"] == "queued"


def test_a_companion_that_was_replaced_leaves_the_mailbox_alone(bench: FilesBench) -> None:
    bench.is_mine = False
    path = bench.post("1-ab", GENERATE)
    bench.door.poll()
    bench.door.poll()
    bench.door.close()
    assert path.exists()
    assert heartbeat_age_s(bench.box.folder, "companion") is None


def test_a_job_that_has_ended_is_reported_with_its_reason(bench: FilesBench) -> None:
    bench.post("1-ab", GENERATE)
    bench.door.poll()
    job = bench.queue.newest_of(Requester.file_request("1-ab").to_text())
    assert job is not None
    bench.queue.report_abandoned([job])
    bench.door.close()
    assert job.state is State.FAILED
    assert bench.reply("1-ab")["message"].startswith("The companion was ended while this job ran")


def test_it_polls_until_it_is_cancelled_and_writes_its_heartbeat(bench: FilesBench) -> None:
    async def live() -> None:
        task = asyncio.create_task(bench.door.run())
        await asyncio.sleep(0.05)
        task.cancel()

    asyncio.run(live())
    age_s = heartbeat_age_s(bench.box.folder, "companion")
    assert age_s is not None
    assert age_s < 2
