"""Scripts that stay connected: who they are to the companion, and the orders that they get."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.doors.connected_daws import ConnectedDaws
from bridge.doors.files.door import FilesDoor
from bridge.doors.files.folder import RequestFolder
from bridge.doors.files.live_link import ALIVE_S, client_of
from bridge.jobs.job import Job, State
from bridge.jobs.queue import JobQueue
from bridge.jobs.store import JobStore
from bridge.jobs.worker.client import WorkerClient
from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.presets.presets import Presets
from bridge.request.resolve import Resolver
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from engine.errors import StemBridgeError

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


class Office:
    """A face with its mailbox, queue and connections, and a clock that the test sets."""

    def __init__(self, folder: Path) -> None:
        self.now_s = 100.0
        self.folder = folder
        self.box = RequestFolder(folder / "mailbox")
        self.box.prepare()
        self.store = JobStore(folder / "jobs.sqlite3", "one")
        self.queue = JobQueue(self.store, WorkerClient(), folder / "takes")
        self.resolver = Resolver(Presets(folder / "presets"), GenreMap(folder / "map.toml"))
        self.connected = ConnectedDaws()
        self.face = FilesDoor(self.box, self.queue, self.resolver, SessionState, self.connected)
        self.face._lines._clock = lambda: self.now_s

    def post(self, **changes: object) -> None:
        (self.box.folder / "in" / "7-aa.json").write_text(json.dumps({**CONNECT, **changes}))
        self.face.poll()

    def order(self, number: int) -> list[list[str]] | None:
        """Return the lines of an order as the script reads them; None if there is none."""
        self.face.poll()
        path = self.box.folder / "out" / f"7-aa-{number}.txt"
        return [line.split("\t") for line in path.read_text().splitlines()] if path.exists() else None

    def job(self, *manifests: Path) -> Job:
        """Return a job asked for on behalf of the DAW that is connected, ended with these takes."""
        client, state = self.connected.newest_daw() or ("", SessionState())
        job = self.queue.submit(self.resolver.resolve(Trigger({"bars": 1}, 12.0), state), client)
        job.state, job.manifests, job.stems = State.DONE, [str(path) for path in manifests], 4
        return job


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    one = Office(tmp_path)
    yield one
    one.store.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "take"
    words = ["--genres", "funk", "--tempo", "120", "--bars", "1", "--out", str(folder)]
    subprocess.run([sys.executable, "-m", "bridge", "generate", *words], check=True, timeout=100, capture_output=True)
    return folder


@pytest.fixture
def manifest(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "take")
    return tmp_path / "take" / "manifest.json"


def test_a_script_that_stays_connected_is_the_daw_that_is_meant(office: Office, tmp_path: Path) -> None:
    heard: list[SessionState] = []
    office.connected.subscribe(heard.append)
    office.post(project={"file": str(tmp_path / "song.rpp"), "media": ""}, playing=1)
    newest = office.connected.newest_daw()
    assert newest is not None
    assert newest[0] == client_of("REAPER")
    assert (newest[1].tempo, newest[1].position, newest[1].playing) == (97.6, 8.0, True)
    assert (newest[1].project, newest[1].block) == (tmp_path, {"genres": "funk"})
    assert heard == [newest[1]]
    assert not list((office.box.folder / "out").iterdir())


def test_a_project_that_cannot_be_used_is_told_and_it_stays_connected(office: Office) -> None:
    office.post(project={"file": "/no/such/folder/song.rpp", "media": ""})
    newest = office.connected.newest_daw()
    assert newest is not None
    assert "/no/such/folder" in newest[1].project_fault
    assert newest[1].project is None


@pytest.mark.parametrize(
    "wrong", [{"daw": ""}, {"next": 0}, {"next": "1"}, {"places": "trigger"}, {"playing": 2}, {"places": [1]}]
)
def test_a_letter_that_makes_no_sense_is_answered_and_connects_nobody(
    office: Office, wrong: dict[str, object]
) -> None:
    office.post(**wrong)
    answer = (office.box.folder / "out" / "7-aa.txt").read_text()
    assert f"{next(iter(wrong)).removesuffix('s')}" in answer.lower()
    assert office.connected.newest_daw() is None


def test_orders_count_up_from_the_number_the_script_waits_for(office: Office, manifest: Path) -> None:
    office.post(next=5)
    for _ in range(2):
        assert office.connected.place(manifest, "playhead", 16.0) == "REAPER"
    office.post(next=5)  # written before it has seen them
    office.connected.place(manifest, "trigger", 16.0)
    first, last = office.order(5), office.order(7)
    assert first is not None
    assert last is not None
    assert office.order(6) is not None
    assert [first[0], first[-1]] == [["stembridge", "1"], ["end"]]
    assert ["place", "playhead"] in first
    assert ["place", "trigger"] in last
    assert ["start", "16.0"] in last
    assert [line[1] for line in last if line[0] == "stem"] == [
        stem["name"] for stem in json.loads(manifest.read_text())["stems"]
    ]
    office.post(next=1)  # a script of that name that has begun anew waits for what it says
    office.connected.place(manifest, "trigger", 16.0)
    assert office.order(8) is not None


def test_a_place_that_a_daw_does_not_have_is_said(office: Office, manifest: Path) -> None:
    office.post()
    with pytest.raises(StemBridgeError, match="REAPER cannot put a take in a new scene; choose at the beat it was"):
        office.connected.place(manifest, "scene", 0.0)


def test_a_take_that_is_gone_is_said(office: Office, tmp_path: Path) -> None:
    office.post()
    with pytest.raises(StemBridgeError, match=r"gone.manifest\.json"):
        office.connected.place(tmp_path / "gone" / "manifest.json", "trigger", 0.0)


def test_who_has_not_written_for_long_does_not_listen(office: Office, manifest: Path) -> None:
    office.post()
    office.now_s += ALIVE_S
    with pytest.raises(StemBridgeError, match="REAPER does not listen: run its action"):
        office.connected.place(manifest, "trigger", 0.0)


def test_a_request_alone_makes_a_daw_known_but_not_one_that_listens(office: Office, manifest: Path) -> None:
    letter = {"format": 1, "do": "generate", "daw": "REAPER", "tempo": 120, "block": {"genres": "funk", "bars": 1}}
    (office.box.folder / "in" / "1-bb.json").write_text(json.dumps(letter))
    office.face.poll()
    newest = office.connected.newest_daw()
    assert newest is not None
    assert newest[1].tempo == 120
    with pytest.raises(StemBridgeError, match="does not listen"):
        office.connected.place(manifest, "trigger", 0.0)


def test_a_request_does_not_make_a_line_forget_its_genres(office: Office) -> None:
    office.post()
    letter = {**CONNECT, "do": "generate", "block": {"bars": 1}}
    (office.box.folder / "in" / "1-bb.json").write_text(json.dumps(letter))
    office.face.poll()
    newest = office.connected.newest_daw()
    assert newest is not None
    assert newest[1].block == {"genres": "funk"}


def test_what_others_trigger_for_a_daw_is_brought_in_when_it_is_done(office: Office, manifest: Path) -> None:
    office.post()
    job = office.job(manifest)
    office.face._tell(job)
    told = office.order(1)
    assert told is not None
    assert ["place", "trigger"] in told
    assert ["start", "12.0"] in told
    office.connected.announce(job, 0)
    assert office.order(2) is not None


def test_what_fails_that_others_have_triggered_is_told(office: Office) -> None:
    office.post()
    job = office.job()
    job.state, job.message = State.FAILED, "The engine fell over."
    office.face._tell(job)
    told = office.order(1)
    assert told is not None
    assert ["message", "The engine fell over."] in told


def test_a_take_that_is_gone_when_its_job_is_told_of_stops_nothing(office: Office, tmp_path: Path) -> None:
    office.post()
    office.face._tell(office.job(tmp_path / "gone" / "manifest.json"))
    assert office.order(1) is None


def test_what_a_pad_could_not_do_is_shown_in_the_daw_that_listens(office: Office) -> None:
    office.post()
    office.connected.refuse("There is no job yet.")
    order = office.order(1)
    assert order is not None
    assert any("There is no job yet." in line for line in order)
    office.now_s += ALIVE_S
    office.connected.refuse("It is gone.")
    assert office.order(2) is None


def test_a_script_that_goes_on_being_there_does_not_keep_the_engine_in_memory(office: Office) -> None:
    signs: list[int] = []
    office.face.on_sign_of_life = lambda: signs.append(1)
    for _ in range(5):
        office.post()
        office.now_s += ALIVE_S / 3
    assert signs == [1]
    office.now_s += ALIVE_S
    office.post()
    assert signs == [1, 1]
