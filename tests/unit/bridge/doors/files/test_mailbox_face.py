"""The mailbox between files and a real queue, without an engine: what is taken, told and left."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.doors.files.door import FilesDoor, client_name
from bridge.doors.files.folder import KEEP_ANSWER_S, KEEP_STRAY_S, MAX_LETTER_BYTES, RequestFolder
from bridge.home.heartbeat import heartbeat_age_s, heartbeat_file, write_heartbeat
from bridge.jobs.job import State
from bridge.jobs.queue import JobQueue
from bridge.jobs.store import JobStore
from bridge.jobs.worker.client import WorkerClient
from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.presets.presets import Presets
from bridge.request.resolve import Resolver
from bridge.request.session_state import SessionState

GENERATE = {"format": 1, "do": "generate", "tempo": 120, "block": {"genres": "funk", "bars": 1}}


class Office:
    """A face with its mailbox and queue; jobs wait, for nobody runs them."""

    def __init__(self, folder: Path, session: str = "one") -> None:
        self.box = RequestFolder(folder / "mailbox")
        self.box.prepare()
        self.store = JobStore(folder / "jobs.sqlite3", session)
        self.queue = JobQueue(self.store, WorkerClient(), folder / "takes")
        resolver = Resolver(Presets(folder / "presets"), GenreMap(folder / "map.toml"))
        self.face = FilesDoor(self.box, self.queue, resolver, SessionState)

    def post(self, name: str, letter: object) -> Path:
        path = self.box.folder / "in" / f"{name}.json"
        path.write_bytes(letter if isinstance(letter, bytes) else json.dumps(letter).encode())
        return path

    def answer(self, name: str) -> dict[str, str]:
        lines = (self.box.folder / "out" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        assert (lines[0], lines[-1]) == ("stembridge\t1", "end")
        return dict(line.split("\t", 1) for line in lines[1:-1])


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    one = Office(tmp_path)
    yield one
    one.store.close()


def test_a_letter_becomes_a_job_and_its_answer_says_where_it_stands(office: Office) -> None:
    path = office.post("1-ab", GENERATE)
    office.face.poll()
    job = office.queue.newest_of(client_name("1-ab"))
    assert job is not None
    assert not path.exists()
    told = office.answer("1-ab")
    assert (told["state"], told["job"], told["phase"]) == ("queued", job.id, "queued")


def test_a_letter_that_cannot_be_deleted_is_done_once(office: Office) -> None:
    for _ in range(3):
        office.post("1-ab", GENERATE)
        office.face.poll()
    assert office.queue.count_unfinished() == 1


def test_a_letter_whose_job_was_stored_before_the_companion_died_is_not_done_twice(
    office: Office, tmp_path: Path
) -> None:
    office.post("1-ab", GENERATE)
    office.face.poll()
    (tmp_path / "mailbox" / "out" / "1-ab.txt").unlink()
    later = Office(tmp_path, "two")
    later.post("1-ab", GENERATE)
    later.face.poll()
    assert later.answer("1-ab")["state"] == "queued"
    assert len(later.queue.by_clients([client_name("1-ab")], 9)) == 1
    later.store.close()


def test_cancel_stops_the_job_of_that_letter_alone(office: Office) -> None:
    for name in ("1-aa", "2-bb"):
        office.post(name, GENERATE)
    office.post("3-cc", {"format": 1, "do": "cancel", "request": "1-aa"})
    office.face.poll()
    assert [office.answer(name)["state"] for name in ("1-aa", "2-bb")] == ["cancelled", "queued"]
    assert not (office.box.folder / "out" / "3-cc.txt").exists()


def test_a_job_that_is_unknown_cannot_be_done_again(office: Office) -> None:
    office.post("1-ab", {**GENERATE, "do": "regenerate", "job": "feedbeef"})
    office.face.poll()
    told = office.answer("1-ab")
    assert told["state"] == "failed"
    assert told["message"].startswith("job must be one of the last 30 days")


def test_a_job_is_done_again_with_another_seed(office: Office) -> None:
    office.post("1-aa", {**GENERATE, "block": {"genres": "deep house", "bars": 1, "seed": 5}})
    office.face.poll()
    job = office.queue.newest_of(client_name("1-aa"))
    assert job is not None
    office.post("2-bb", {**GENERATE, "do": "regenerate", "job": job.id, "block": {}, "tempo": 90})
    office.face.poll()
    again = office.queue.newest_of(client_name("2-bb"))
    assert again is not None
    assert (again.spec.block["genres"], again.spec.block["tempo"]) == ("deep house", 90.0)
    assert again.spec.block["seed"] != 5


@pytest.mark.parametrize(
    "letter", [b"", b"{", b"\xff\xfe", b"x" * (MAX_LETTER_BYTES + 1), {"format": 1, "do": "generate", "tempo": 1}]
)
def test_what_cannot_be_understood_is_answered_and_taken_away(office: Office, letter: object) -> None:
    path = office.post("1-ab", letter)
    office.face.poll()
    told = office.answer("1-ab")
    assert told["state"] == "failed"
    assert told["message"]
    assert not path.exists()


def test_names_that_are_no_letters_are_never_opened_and_go_after_a_while(office: Office) -> None:
    stray = [office.box.folder / "in" / name for name in ("x.tmp", "a b.json", "..json")]
    for path in stray:
        path.write_text(json.dumps(GENERATE))
    office.box.sweep()
    office.face.poll()
    assert all(path.exists() for path in stray)
    for path in stray:
        os.utime(path, (0, time.time() - KEEP_STRAY_S - 1))
    office.box.sweep()
    assert not any(path.exists() for path in stray)
    assert office.queue.count_unfinished() == 0


def test_answers_nobody_has_read_go_after_a_day(office: Office) -> None:
    assert office.box.answer("1-ab", "x")
    path = office.box.folder / "out" / "1-ab.txt"
    office.box.sweep()
    assert path.exists()
    os.utime(path, (0, time.time() - KEEP_ANSWER_S - 1))
    office.box.sweep()
    assert not path.exists()


def test_an_answer_that_cannot_be_written_now_is_written_later(office: Office) -> None:
    out = office.box.folder / "out"
    out.rmdir()
    out.write_text("in the way")
    office.post("1-ab", GENERATE)
    office.face.poll()
    out.unlink()
    out.mkdir()
    office.face.poll()
    assert office.answer("1-ab")["state"] == "queued"


def test_a_companion_that_was_replaced_leaves_the_mailbox_alone(office: Office) -> None:
    office.face.is_mine = lambda: False
    path = office.post("1-ab", GENERATE)
    office.face.poll()
    office.face.poll()
    office.face.close()
    assert path.exists()
    assert heartbeat_age_s(office.box.folder, "companion") is None


def test_a_job_that_has_ended_is_told_with_its_reason(office: Office) -> None:
    office.post("1-ab", GENERATE)
    office.face.poll()
    job = office.queue.newest_of(client_name("1-ab"))
    assert job is not None
    office.queue.report_abandoned([job])
    office.face.close()
    assert job.state is State.FAILED
    assert office.answer("1-ab")["message"].startswith("The companion was ended while this job ran")


def test_it_polls_until_it_is_cancelled_and_shows_life(office: Office) -> None:
    async def live() -> None:
        task = asyncio.create_task(office.face.run())
        await asyncio.sleep(0.05)
        task.cancel()

    asyncio.run(live())
    heard_s = heartbeat_age_s(office.box.folder, "companion")
    assert heard_s is not None
    assert heard_s < 2


@pytest.mark.parametrize("text", ["", "soon\n", "1e999\n", "-\n"])
def test_a_sign_of_life_that_makes_no_sense_is_none(tmp_path: Path, text: str) -> None:
    heartbeat_file(tmp_path, "reaper").write_text(text)
    assert heartbeat_age_s(tmp_path, "reaper") in (None, 0.0)


def test_signs_of_life_grow_old(tmp_path: Path) -> None:
    write_heartbeat(tmp_path, "reaper", "7.08")
    assert heartbeat_age_s(tmp_path, "reaper") == pytest.approx(0, abs=1.5)
    heartbeat_file(tmp_path, "reaper").write_text(f"{time.time() - 60}\n")
    assert heartbeat_age_s(tmp_path, "reaper") == pytest.approx(60, abs=1)
    write_heartbeat(tmp_path / "gone", "reaper")
