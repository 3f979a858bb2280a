"""The queue's file: order, what survives, the owners of jobs, and a file that cannot be used."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.jobs.job import State
from bridge.jobs.store import KEEP_FINISHED_S, JobStore, StoreFailed
from engine.errors import StemBridgeError
from tests.helpers.job_specs import make_job, make_spec

Open = Callable[..., JobStore]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "jobs.sqlite3"


@pytest.fixture
def open_store(file: Path) -> Iterator[Open]:
    with ExitStack() as stack:

        def open_one(session: str = "one") -> JobStore:
            store = JobStore(file, session)
            stack.callback(store.close)
            return store

        yield open_one


def spoil(file: Path, job_id: str, column: str, value: object) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute(f"UPDATE jobs SET {column}=? WHERE id=?", (value, job_id))


def test_a_job_comes_back_as_it_was(open_store: Open) -> None:
    job = make_job(spec=make_spec(lyrics="[Verse]\nfür Élise ♭", stems=["drums"], tempo_map=[{"beat": 0, "bpm": 90}]))
    open_store().add(job)
    assert open_store("two").get(job.id) == job


def test_what_has_changed_comes_back(open_store: Open) -> None:
    store = open_store()
    job = make_job()
    store.add(job)
    job.state, job.staging, job.manifests = State.RUNNING, ["/p/.a.part", "/p/.b.part"], ["/p/ä/manifest.json"]
    job.stems, job.message = 4, "It broke: “why”."
    store.save(job)
    assert store.get(job.id) == job


def test_jobs_wait_in_the_order_they_came_whatever_their_ids_and_clocks(open_store: Open) -> None:
    store = open_store()
    for job_id, created in (("zz", 3.0), ("aa", 1.0), ("mm", 2.0)):
        store.add(make_job(job_id, created=created))
    seen = []
    while job := store.next_queued():
        seen.append(job.id)
        job.state = State.DONE
        store.save(job)
    assert seen == ["zz", "aa", "mm"]
    assert [job.id for job in store.newest(2)] == ["mm", "aa"]


def test_only_what_is_queued_is_next(open_store: Open) -> None:
    store = open_store()
    for state in State:
        store.add(make_job(state.value, state=state))
    assert store.next_queued() == make_job("queued")
    assert store.count_unfinished() == 2


def test_the_newest_job_of_a_client(open_store: Open) -> None:
    store = open_store()
    for job_id, client, state in (("1", "daw", State.QUEUED), ("2", "daw", State.DONE), ("3", "other", State.QUEUED)):
        store.add(make_job(job_id, client, state=state))
    newest, unfinished = store.newest_of("daw"), store.newest_of("daw", unfinished=True)
    assert newest is not None
    assert unfinished is not None
    assert (newest.id, unfinished.id) == ("2", "1")
    assert store.newest_of("unknown") is None
    assert store.get("nothing") is None


def test_an_id_is_stored_once(open_store: Open) -> None:
    store = open_store()
    store.add(make_job())
    with pytest.raises(StoreFailed):
        store.add(make_job())
    assert store.count_unfinished() == 1


def test_the_next_companion_adopts_what_a_dead_one_left(open_store: Open) -> None:
    dead, alive = open_store("dead"), open_store("alive")
    for job_id, state in (("1", State.DONE), ("2", State.RUNNING), ("3", State.QUEUED), ("4", State.QUEUED)):
        dead.add(make_job(job_id, state=state))
    alive.add(make_job("5"))
    following = open_store("following")
    assert sorted(following.other_sessions()) == ["alive", "dead"]
    assert [job.id for job in following.adopt("dead")] == ["2"]
    assert following.other_sessions() == ["alive"]
    assert following.count_unfinished() == 3
    queued = following.next_queued()
    assert queued is not None
    assert queued.id == "3"
    assert dead.count_unfinished() == 0


def test_finished_jobs_are_forgotten_after_thirty_days_and_others_never(open_store: Open) -> None:
    store = open_store()
    for job in (make_job("waits"), make_job("done")):
        store.add(job)
    job.state, job.finished = State.DONE, time.time()
    store.save(job)
    store.forget_old(time.time() + KEEP_FINISHED_S - 60)
    assert {job.id for job in store.newest(9)} == {"waits", "done"}
    store.forget_old(time.time() + KEEP_FINISHED_S + 60)
    assert {job.id for job in store.newest(9)} == {"waits"}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("spec", "{"),
        ("spec", "[]"),
        ("spec", '{"engine": "sketch"}'),
        ("spec", b"\xff\xfe"),
        ("spec", '{"of": "a newer version"}'),
        ("state", "dreaming"),
        ("staging", "nothing"),
        ("manifests", b"\0"),
    ],
)
def test_a_row_that_cannot_be_read_does_not_stand_in_the_way(
    open_store: Open, file: Path, column: str, value: object
) -> None:
    store = open_store()
    for job_id in ("first", "broken", "last"):
        store.add(make_job(job_id))
    spoil(file, "broken", column, value)
    assert store.get("broken") is None
    assert [job.id for job in store.newest(9)] == ["last", "first"]
    assert store.count_unfinished() == 2
    with closing(sqlite3.connect(file)) as db:  # set aside, not thrown away
        assert db.execute("SELECT count(*) FROM jobs").fetchone() == (3,)


def test_the_job_behind_a_broken_row_is_the_next_one(open_store: Open, file: Path) -> None:
    store = open_store()
    for job_id in ("1", "2", "3"):
        store.add(make_job(job_id))
    spoil(file, "1", "spec", "")
    spoil(file, "2", "spec", "null")
    job = store.next_queued()
    assert job is not None
    assert job.id == "3"


def test_a_broken_row_of_a_dead_companion_is_not_adopted(open_store: Open, file: Path) -> None:
    open_store("dead").add(make_job("broken", state=State.RUNNING))
    spoil(file, "broken", "spec", "?")
    following = open_store("following")
    assert following.adopt("dead") == []
    assert following.count_unfinished() == 0


def test_a_full_disk_is_reported_and_later_writes_succeed(open_store: Open) -> None:
    store = open_store()
    store.add(make_job("1"))
    (pages,) = store._db.execute("PRAGMA page_count").fetchone()
    store._db.execute(f"PRAGMA max_page_count={pages}")  # SQLite's own way to play a full disk
    with pytest.raises(StoreFailed, match="full") as caught:
        store.add(make_job("2", spec=make_spec(lyrics="la " * 6000)))
    assert str(caught.value).count("\n") == 0
    assert [job.id for job in store.newest(9)] == ["1"]
    store._db.execute("PRAGMA max_page_count=1000000")
    store.add(make_job("2"))
    assert [job.id for job in store.newest(9)] == ["2", "1"]


def test_a_file_that_is_no_database_is_refused_and_left_alone(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"my diary" * 200)
    with pytest.raises(StemBridgeError, match=r"jobs\.sqlite3"):
        JobStore(file, "one")
    assert file.read_bytes() == b"my diary" * 200


def test_a_file_of_a_newer_version_is_refused(open_store: Open, file: Path) -> None:
    open_store().close()
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA user_version=99")
    with pytest.raises(StemBridgeError, match="newer"):
        JobStore(file, "two")


def test_a_closed_store_says_so(open_store: Open) -> None:
    store = open_store()
    store.close()
    store.close()
    with pytest.raises(StoreFailed):
        store.newest(1)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["done", "failed", "cancelled", ""])), max_size=12))
def test_however_clients_and_ends_mix_the_order_is_kept(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, str]]
) -> None:
    store = JobStore(tmp_path_factory.mktemp("store") / "jobs.sqlite3", "one")
    waiting: list[str] = []
    for number, (client, end) in enumerate(history):
        store.add(make_job(str(number), client))
        waiting.append(str(number))
        job = store.next_queued()
        assert job is not None
        assert job.id == waiting[0]
        if end:
            job.state = State(end)
            store.save(job)
            waiting.pop(0)
    assert store.count_unfinished() == len(waiting)
    store.close()


def waiting(store: JobStore) -> list[str]:
    return [job.id for job in reversed(store.newest(99)) if job.state is State.QUEUED]


@pytest.mark.parametrize(
    ("wanted", "order"),
    [
        (["d", "c", "b", "a"], "dcba"),
        (["d", "a"], "dbca"),  # they swap places; the others keep theirs
        (["c", "c", "a", "c"], "cbad"),
        (["unknown", "b", "a"], "bacd"),
        (["b"], "abcd"),
        ([], "abcd"),
    ],
)
def test_waiting_jobs_swap_places(open_store: Open, wanted: list[str], order: str) -> None:
    store = open_store()
    for job_id in "abcd":
        store.add(make_job(job_id))
    store.reorder(wanted)
    assert "".join(waiting(store)) == order
    first = store.next_queued()
    assert first is not None
    assert first.id == order[0]


def test_running_jobs_and_those_of_other_companions_keep_their_place(open_store: Open) -> None:
    store = open_store()
    store.add(make_job("runs", state=State.RUNNING))
    open_store("two").add(make_job("theirs"))
    for job_id in ("a", "b"):
        store.add(make_job(job_id))
    store.reorder(["b", "a", "theirs", "runs"])
    assert [job.id for job in reversed(store.newest(9))] == ["runs", "theirs", "b", "a"]


@settings(max_examples=12, deadline=None)
@given(st.permutations("abcde"), st.sets(st.sampled_from("abcde")))
def test_any_order_is_a_permutation_that_leaves_the_others_in_place(
    tmp_path_factory: pytest.TempPathFactory, order: list[str], chosen: set[str]
) -> None:
    store = JobStore(tmp_path_factory.mktemp("store") / "jobs.sqlite3", "one")
    for job_id in "abcde":
        store.add(make_job(job_id))
    wanted = [job_id for job_id in order if job_id in chosen]
    store.reorder(wanted)
    after = waiting(store)
    assert [job_id for job_id in after if job_id in chosen] == wanted
    assert [job_id if job_id not in chosen else "" for job_id in after] == [
        job_id if job_id not in chosen else "" for job_id in "abcde"
    ]
    store.close()


def test_jobs_of_several_clients_come_newest_first_over_all_sessions(open_store: Open) -> None:
    one, two = open_store("one"), open_store("two")
    for store, job_id, client in ((one, "1", "x"), (two, "2", "y"), (one, "3", "z"), (two, "4", "x")):
        store.add(make_job(job_id, client))
    assert [job.id for job in one.by_clients(["x", "y"], 9)] == ["4", "2", "1"]
    assert [job.id for job in one.by_clients(["x", "y"], 1, offset=1)] == ["2"]
    assert one.by_clients([], 9) == []
    assert one.by_clients(["x' OR '1'='1"], 9) == []


def test_progress_of_a_stored_job_is_none_or_all(open_store: Open) -> None:
    store = open_store()
    for state in State:
        store.add(make_job(state.value, state=state))
    assert {job.id: (job.progress, job.phase) for job in store.newest(9)} == {
        "queued": (0.0, "queued"),
        "running": (0.0, "queued"),
        "failed": (0.0, "queued"),
        "cancelled": (0.0, "queued"),
        "done": (1.0, "writing"),
    }
