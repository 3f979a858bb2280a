"""Scripts that stay connected: who they are to the companion, and the orders that they get."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.doors.bus import SessionChanged, TakeChosen
from bridge.doors.files.door import FilesDoor
from bridge.doors.files.folder import RequestFolder
from bridge.doors.files.live_link import ALIVE_S
from bridge.doors.requester import Requester
from bridge.jobs.job import Job, State
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from engine.errors import StemBridgeError
from tests.helpers.command_here import run_generate
from tests.helpers.door_bench import DoorBench

CONNECT = {
    "format": 1,
    "do": "connect",
    "daw": "REAPER",
    "version": "7.08",
    "tempo": 97.6,
    "position": 8,
    "next": 1,
    "places": ["trigger", "playhead"],
    "block": {"genres": "funk"},
}


class LinkBench(DoorBench):
    """A files door with its mailbox folder, and a clock that the test sets."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.now_s = 100.0
        self.folder = folder
        self.box = RequestFolder(folder / "mailbox")
        self.box.prepare()
        self.door = FilesDoor(
            self.box,
            self.desk,
            self.queue,
            SessionState,
            self.daws,
            self.bus,
            is_mine=lambda: True,
            clock=lambda: self.now_s,
        )

    def post(self, **changes: object) -> None:
        (self.box.folder / "in" / "7-aa.json").write_text(json.dumps({**CONNECT, **changes}))
        self.door.poll()

    def order(self, number: int) -> list[list[str]] | None:
        """Return the lines of an order as the script reads them; None if there is none."""
        self.door.poll()
        path = self.box.folder / "out" / f"7-aa-{number}.txt"
        return [line.split("\t") for line in path.read_text().splitlines()] if path.exists() else None

    def ended_job(self, *manifests: Path) -> Job:
        """Return a job asked for on behalf of the DAW that is connected, ended with these takes."""
        daw = self.daws.newest()
        assert daw is not None
        job = self.desk.generate(daw.requester, daw.state, Trigger({"bars": 1}, 12.0))
        job.state, job.manifests, job.stems = State.DONE, [str(path) for path in manifests], 4
        return job


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[LinkBench]:
    one = LinkBench(tmp_path)
    yield one
    one.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "take"
    run_generate(folder.parent, "--genres", "funk", "--tempo", "120", "--bars", "1", "--out", str(folder))
    return folder


@pytest.fixture
def manifest(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "take")
    return tmp_path / "take" / "manifest.json"


def test_a_script_that_stays_connected_is_the_daw_that_is_meant(bench: LinkBench, tmp_path: Path) -> None:
    states: list[SessionState] = []
    bench.bus.subscribe(SessionChanged, lambda event: states.append(event.state))
    bench.post(project={"file": str(tmp_path / "song.rpp"), "media": ""}, playing=1)
    newest = bench.daws.newest()
    assert newest is not None
    assert newest.requester == Requester.live_link("REAPER")
    assert (newest.state.tempo, newest.state.position, newest.state.playing) == (97.6, 8.0, True)
    assert (newest.state.project, newest.state.block) == (tmp_path, {"genres": "funk"})
    assert states == [newest.state]
    assert not list((bench.box.folder / "out").iterdir())


def test_a_project_that_cannot_be_used_is_reported_and_the_script_stays_connected(bench: LinkBench) -> None:
    bench.post(project={"file": "/no/such/folder/song.rpp", "media": ""})
    newest = bench.daws.newest()
    assert newest is not None
    assert "/no/such/folder" in newest.state.project_fault
    assert newest.state.project is None


@pytest.mark.parametrize(
    "wrong", [{"daw": ""}, {"next": 0}, {"next": "1"}, {"places": "trigger"}, {"playing": 2}, {"places": [1]}]
)
def test_a_request_that_makes_no_sense_is_answered_and_connects_no_daw(
    bench: LinkBench, wrong: dict[str, object]
) -> None:
    bench.post(**wrong)
    answer = (bench.box.folder / "out" / "7-aa.txt").read_text()
    assert f"{next(iter(wrong)).removesuffix('s')}" in answer.lower()
    assert bench.daws.newest() is None


def test_orders_count_up_from_the_number_the_script_waits_for(bench: LinkBench, manifest: Path) -> None:
    bench.post(next=5)
    for _ in range(2):
        assert bench.daws.place(manifest, "playhead", 16.0) == "REAPER"
    bench.post(next=5)  # written before it has seen them
    bench.daws.place(manifest, "trigger", 16.0)
    first, last = bench.order(5), bench.order(7)
    assert first is not None
    assert last is not None
    assert bench.order(6) is not None
    assert [first[0], first[-1]] == [["stembridge", "1"], ["end"]]
    assert ["place", "playhead"] in first
    assert ["place", "trigger"] in last
    assert ["start", "16.0"] in last
    assert [line[1] for line in last if line[0] == "stem"] == [
        stem["name"] for stem in json.loads(manifest.read_text())["stems"]
    ]
    bench.post(next=1)  # a script that has restarted says which order it waits for
    bench.daws.place(manifest, "trigger", 16.0)
    assert bench.order(8) is not None


def test_a_place_that_a_daw_does_not_have_is_reported(bench: LinkBench, manifest: Path) -> None:
    bench.post()
    with pytest.raises(StemBridgeError, match="REAPER cannot put a take in a new scene; choose at the beat it was"):
        bench.daws.place(manifest, "scene", 0.0)


def test_a_take_that_is_gone_is_reported(bench: LinkBench, tmp_path: Path) -> None:
    bench.post()
    with pytest.raises(StemBridgeError, match=r"gone.manifest\.json"):
        bench.daws.place(tmp_path / "gone" / "manifest.json", "trigger", 0.0)


def test_a_script_that_has_not_written_for_long_is_not_connected(bench: LinkBench, manifest: Path) -> None:
    bench.post()
    bench.now_s += ALIVE_S
    with pytest.raises(StemBridgeError, match="REAPER does not listen: run its action"):
        bench.daws.place(manifest, "trigger", 0.0)


def test_a_request_alone_makes_a_daw_known_but_not_one_that_listens(bench: LinkBench, manifest: Path) -> None:
    request = {"format": 1, "do": "generate", "daw": "REAPER", "tempo": 120, "block": {"genres": "funk", "bars": 1}}
    (bench.box.folder / "in" / "1-bb.json").write_text(json.dumps(request))
    bench.door.poll()
    newest = bench.daws.newest()
    assert newest is not None
    assert newest.state.tempo == 120
    with pytest.raises(StemBridgeError, match="does not listen"):
        bench.daws.place(manifest, "trigger", 0.0)


def test_a_request_does_not_make_a_live_link_forget_its_genres(bench: LinkBench) -> None:
    bench.post()
    request = {**CONNECT, "do": "generate", "block": {"bars": 1}}
    (bench.box.folder / "in" / "1-bb.json").write_text(json.dumps(request))
    bench.door.poll()
    newest = bench.daws.newest()
    assert newest is not None
    assert newest.state.block == {"genres": "funk"}


def test_what_others_trigger_for_a_daw_is_brought_in_when_it_is_done(bench: LinkBench, manifest: Path) -> None:
    bench.post()
    job = bench.ended_job(manifest)
    bench.door._report(job)
    order = bench.order(1)
    assert order is not None
    assert ["place", "trigger"] in order
    assert ["start", "12.0"] in order
    bench.bus.publish(TakeChosen(job, 0))
    assert bench.order(2) is not None


def test_a_failure_of_what_others_have_triggered_is_shown(bench: LinkBench) -> None:
    bench.post()
    job = bench.ended_job()
    job.state, job.message = State.FAILED, "The engine fell over."
    bench.door._report(job)
    order = bench.order(1)
    assert order is not None
    assert ["message", "The engine fell over."] in order


def test_a_take_that_is_gone_when_its_job_is_reported_stops_nothing(bench: LinkBench, tmp_path: Path) -> None:
    bench.post()
    bench.door._report(bench.ended_job(tmp_path / "gone" / "manifest.json"))
    assert bench.order(1) is None


def test_what_a_pad_could_not_do_is_shown_in_the_daw_that_listens(bench: LinkBench) -> None:
    bench.post()
    bench.daws.refuse("There is no job yet.")
    order = bench.order(1)
    assert order is not None
    assert any("There is no job yet." in line for line in order)
    bench.now_s += ALIVE_S
    bench.daws.refuse("It is gone.")
    assert bench.order(2) is None


def test_a_script_that_goes_on_being_there_does_not_keep_the_engine_in_memory(bench: LinkBench) -> None:
    for _ in range(5):
        bench.post()
        bench.now_s += ALIVE_S / 3
    assert bench.active == 1
    bench.now_s += ALIVE_S
    bench.post()
    assert bench.active == 2
