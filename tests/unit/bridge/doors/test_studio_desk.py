"""The desk: the project stands before every verb, and each verb means one thing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.doors.connected_daws import Connection
from bridge.doors.requester import PAD, WINDOW
from bridge.doors.studio_desk import JobEnded, NoSuchJob
from bridge.jobs.job import Job, State
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from engine.errors import InvalidValue, StemBridgeError
from tests.helpers.door_bench import DoorBench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[DoorBench]:
    bench = DoorBench(tmp_path)
    yield bench
    bench.close()


def session(project: Path | None = None, tempo: float = 97.6) -> SessionState:
    if project is not None:
        project.mkdir(exist_ok=True)
    return SessionState(daw="REAPER", tempo=tempo, project=project, block={"genres": "funk"})


def generate(bench: DoorBench, state: SessionState) -> Job:
    return bench.desk.generate(WINDOW, state, Trigger({"bars": 1.0}, 4.0))


def test_a_request_is_queued_for_its_requester(bench: DoorBench) -> None:
    job = generate(bench, session())
    assert bench.desk.newest_of(WINDOW) == job
    assert bench.desk.job(job.id) == job
    assert job.client == WINDOW.to_text()
    with pytest.raises(NoSuchJob, match="There is no job yet"):
        bench.desk.newest_of(PAD)
    with pytest.raises(NoSuchJob, match="'feedbeef'"):
        bench.desk.job("feedbeef")


@pytest.mark.parametrize("verb", ["generate", "regenerate", "again"])
def test_a_project_that_is_gone_stops_every_verb_and_stays_gone(bench: DoorBench, tmp_path: Path, verb: str) -> None:
    state = session(tmp_path / "song")
    job = generate(bench, state)
    (tmp_path / "song").rmdir()
    with pytest.raises(InvalidValue, match="a folder that exists"):
        run(bench, verb, state, job)
    assert not (tmp_path / "song").exists()
    assert bench.queue.count_unfinished() == 1


@pytest.mark.parametrize("verb", ["generate", "regenerate", "again"])
def test_a_project_that_was_named_wrongly_stops_every_verb(bench: DoorBench, tmp_path: Path, verb: str) -> None:
    job = generate(bench, session(tmp_path / "song"))
    faulty = session()
    faulty.project_fault = "project must be the absolute path of a folder, not ''."
    with pytest.raises(StemBridgeError, match="absolute path"):
        run(bench, verb, faulty, job)
    assert bench.queue.count_unfinished() == 1


@pytest.mark.parametrize("verb", ["regenerate", "again"])
def test_a_session_without_a_project_does_not_bring_a_deleted_one_back(
    bench: DoorBench, tmp_path: Path, verb: str
) -> None:
    job = generate(bench, session(tmp_path / "song"))
    (tmp_path / "song").rmdir()
    with pytest.raises(InvalidValue, match="a folder that exists"):
        run(bench, verb, SessionState(), job)
    assert not (tmp_path / "song").exists()


def run(bench: DoorBench, verb: str, state: SessionState, job: Job) -> Job:
    if verb == "generate":
        return generate(bench, state)
    return getattr(bench.desk, verb)(WINDOW, state, job)


def test_regenerate_goes_to_the_open_project_and_again_to_the_first_and_says_so(
    bench: DoorBench, tmp_path: Path
) -> None:
    job = generate(bench, session(tmp_path / "one"))
    other = session(tmp_path / "two", tempo=140.0)
    regenerated, again = run(bench, "regenerate", other, job), run(bench, "again", other, job)
    assert (regenerated.spec.project, regenerated.spec.block["tempo"]) == (str(tmp_path / "two"), 140.0)
    assert regenerated.spec.block["seed"] != job.spec.block["seed"]
    assert again.spec.block == job.spec.block
    assert (again.spec.project, again.spec.start_beat) == (str(tmp_path / "one"), 4.0)
    assert again.spec.notices == [f"This take lies in the project it was first made for: {tmp_path / 'one'}."]


def test_again_in_the_same_project_is_the_same_request(bench: DoorBench, tmp_path: Path) -> None:
    state = session(tmp_path / "song")
    job = generate(bench, state)
    assert run(bench, "again", state, job).spec == job.spec


def test_jobs_without_a_project_stay_in_the_companions_own_folder(bench: DoorBench) -> None:
    job = generate(bench, session())
    assert job.spec.project is None
    for verb in ("regenerate", "again"):
        assert run(bench, verb, session(), job).spec.project is None


def test_cancel_stops_a_job_once(bench: DoorBench) -> None:
    job = generate(bench, session())
    bench.desk.cancel(job)
    assert bench.job(job.id).state is State.CANCELLED
    with pytest.raises(JobEnded, match=f"{job.id} is cancelled already"):
        bench.desk.cancel(bench.job(job.id))
    with pytest.raises(NoSuchJob, match="no unfinished job"):
        bench.desk.newest_of(WINDOW, unfinished=True)


def test_a_take_is_placed_by_the_daw_in_contact_last(bench: DoorBench) -> None:
    with pytest.raises(StemBridgeError, match="No DAW is connected"):
        bench.desk.place(Path("m"), "trigger", 4.0)
    placed: list[tuple[Path, str, float]] = []
    state = session()
    bench.daws.note_contact("a", Connection(PAD, state, lambda *order: placed.append(order), lambda _: None))
    assert bench.desk.place(Path("m"), "trigger", 4.0) == "REAPER"
    assert placed == [(Path("m"), "trigger", 4.0)]
