"""The window's handle on a real companion without an engine: what it requests, and what it is informed of."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import TypeVar

import pytest

from bridge import companion as companion_module
from bridge.app.events import AppEvent, CoreFailed, CoreReady, DawChanged, JobChanged
from bridge.app.handle import AppHandle, WindowRequest
from bridge.companion import Companion
from bridge.doors.bus import SessionChanged, TakePlaced, TriggerFailed
from bridge.doors.connected_daws import Connection
from bridge.doors.midi.status import MidiReport
from bridge.doors.requester import PAD, WINDOW, Requester
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.home.messages import Message
from bridge.jobs.job import State
from bridge.request.job_spec import JobSpec
from bridge.request.session_state import SessionState
from engine.errors import StemBridgeError
from engine.music import Key, Meter, TempoMap
from tests.helpers.idle_worker import IdleWorker

T = TypeVar("T")
REQUEST = WindowRequest({"genres": "funk", "bars": 2}, 97.6, "7/8", "E minor", start_beat=14.0, daw="REAPER")


class HandleBench:
    """A handle with its events and messages; `companion` is the one that runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[AppEvent] = []
        self.messages: list[Message] = []
        self.changed = threading.Condition()
        options = LaunchOptions(Folders(folder / "data", folder / "config"), osc_port=0, http_port=0, engine="sketch")
        self.handle = AppHandle(options)
        self.handle.subscribe(self._take)
        self.handle.messages.subscribe(self.messages.append)

    def _take(self, event: AppEvent) -> None:
        with self.changed:
            self.events.append(event)
            self.changed.notify_all()

    def wait_for(self, kind: type[T], fits: Callable[[T], object] = lambda _: True) -> T:
        """Return the newest event of a type that `fits`."""

        def newest() -> T | None:
            return next((one for one in reversed(self.events) if isinstance(one, kind) and fits(one)), None)

        with self.changed:
            assert self.changed.wait_for(lambda: newest() is not None, 20), f"no {kind.__name__}"
        found = newest()
        assert found is not None
        return found

    def do(self, work: Callable[[Companion], T]) -> T:
        """Run `work` on the companion's thread and return its result."""
        return self.handle._call(work).result(20)

    def submit(self, request: WindowRequest = REQUEST) -> JobSpec:
        return self.spec(self.handle.submit(request).result(20))

    def spec(self, job_id: str) -> JobSpec:
        return self.do(lambda companion: companion.desk.job(job_id)).spec


@pytest.fixture(autouse=True)
def without_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(companion_module, "WorkerClient", IdleWorker)


@pytest.fixture
def idle(tmp_path: Path) -> HandleBench:
    """A handle whose companion does not run."""
    return HandleBench(tmp_path)


@pytest.fixture
def bench(idle: HandleBench) -> Iterator[HandleBench]:
    idle.handle.start()
    idle.wait_for(CoreReady)
    yield idle
    idle.handle.stop()


def test_a_request_is_queued_with_the_session_that_the_window_shows(bench: HandleBench, tmp_path: Path) -> None:
    spec = bench.submit(WindowRequest(**{**fields(REQUEST), "project": str(tmp_path)}))
    assert (spec.block["tempo"], spec.meter, spec.key) == (97.6, Meter(7, 8), Key("E", "minor"))
    assert (spec.start_beat, spec.block["bars"], spec.daw, spec.project) == (14.0, 2.0, "REAPER", str(tmp_path))
    event = bench.wait_for(JobChanged, lambda one: one.state is State.RUNNING)
    assert event.from_window
    assert event.block["genres"] == "funk"
    assert [job.id for job in bench.handle.jobs().result(20)] == [event.id]


def fields(request: WindowRequest) -> dict[str, object]:
    return {name: getattr(request, name) for name in WindowRequest.__slots__}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"block": {"genres": "funk", "cfg": 99}}, "cfg must be"),
        ({"tempo": 1.0}, "tempo must be"),
        ({"meter": "7/6"}, "must be"),
        ({"key": "H"}, "key must be"),
        ({"project": "/no/such/folder"}, "a folder that exists"),
    ],
)
def test_a_wrong_request_is_the_futures_error(bench: HandleBench, change: dict[str, object], sentence: str) -> None:
    with pytest.raises(StemBridgeError, match=sentence):
        bench.handle.submit(WindowRequest(**{**fields(REQUEST), "tempo": 97.6, **change})).result(20)
    assert bench.handle.jobs().result(20) == []


def test_regenerate_is_the_request_as_the_window_shows_the_song_now_and_again_the_same_once_more(
    bench: HandleBench,
) -> None:
    job_id = bench.handle.submit(REQUEST).result(20)
    first = bench.spec(job_id)
    now = WindowRequest({"genres": "unused"}, 120.0, "4/4", "D dorian", start_beat=8.0)
    regenerated = bench.spec(bench.handle.regenerate(job_id, now).result(20))
    assert (regenerated.block["tempo"], str(regenerated.meter), str(regenerated.key)) == (120.0, "4/4", "D dorian")
    assert regenerated.start_beat == 14.0, "the first request named its beat"
    assert regenerated.block["genres"] == "funk"
    assert regenerated.block["seed"] != first.block["seed"]
    assert bench.spec(bench.handle.again(job_id).result(20)) == first
    with pytest.raises(StemBridgeError, match="The job 'none' is no longer kept"):
        bench.handle.again("none").result(20)


def test_a_job_is_cancelled_and_unknown_or_ended_ones_are_left(bench: HandleBench) -> None:
    job_id = bench.handle.submit(REQUEST).result(20)
    bench.handle.cancel(job_id).result(20)
    bench.wait_for(JobChanged, lambda one: one.state is State.CANCELLED)
    bench.handle.cancel(job_id).result(20)
    bench.handle.cancel("none").result(20)


def test_waiting_jobs_are_put_into_another_order(bench: HandleBench) -> None:
    _, second, third = (bench.handle.submit(REQUEST).result(20) for _ in range(3))
    bench.handle.reorder([third, second]).result(20)
    listed = [job.id for job in bench.handle.jobs().result(20)]
    assert listed.index(second) < listed.index(third), "newest first, and the newest is the last to run"


def test_the_tempo_map_that_the_daw_has_sent_completes_a_request_at_its_position(bench: HandleBench) -> None:
    tempo_map = TempoMap.parse([{"beat": 0, "bpm": 97.6, "ramp": False}, {"beat": 8, "bpm": 120, "ramp": False}])
    state = SessionState("REAPER", "7", 97.6, tempo_map, Meter(7, 8), position=14.0, playing=True)
    bench.do(lambda companion: companion.bus.publish(SessionChanged(state)))
    assert bench.submit().tempo_map == tempo_map
    other = WindowRequest(**{**fields(REQUEST), "start_beat": 15.0})
    assert bench.submit(other).tempo_map == TempoMap.constant(97.6)


def test_the_window_is_informed_of_the_daw(bench: HandleBench, tmp_path: Path) -> None:
    state = SessionState(project=tmp_path, project_name="song", project_fault="Gone.", key=Key("E", "minor"))
    bench.do(lambda companion: companion.bus.publish(SessionChanged(state)))
    event = bench.wait_for(DawChanged)
    assert (event.daw, event.tempo, event.meter, event.key) == ("OSC client", None, "", "E minor")
    assert (event.project, event.project_name, event.project_fault) == (str(tmp_path), "song", "Gone.")
    assert (event.position_beats, event.playing) == (0.0, False)
    assert event.contact_s > 0.0


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (TakePlaced("Live", "m", 1, ""), Message("info", "1 stem is on tracks in Live.", topic="send")),
        (TakePlaced("Live", "m", 4, ""), Message("info", "4 stems are on tracks in Live.", topic="send")),
        (TakePlaced("Live", "m", 1, "x" * 600), Message("error", f"Live: {'x' * 500}", topic="send")),
        (TriggerFailed("There is no job yet."), Message("error", "There is no job yet.", topic="midi trigger")),
    ],
)
def test_reports_of_doors_are_messages(bench: HandleBench, event: object, message: Message) -> None:
    bench.do(lambda companion: companion.bus.publish(event))
    assert bench.messages == [message]


def test_a_take_is_placed_by_the_connected_daw(bench: HandleBench) -> None:
    with pytest.raises(StemBridgeError, match="No DAW is connected"):
        bench.handle.place(Path("m"), "trigger", 4.0).result(20)
    placed: list[tuple[object, ...]] = []
    connection = Connection(
        Requester.live_link("REAPER"), SessionState("REAPER"), lambda *order: placed.append(order), lambda _: None
    )
    bench.do(lambda companion: companion._daws.note_contact("a", connection))
    assert bench.handle.place(Path("m"), "playhead", 4.0).result(20) == "REAPER"
    assert placed == [(Path("m"), "playhead", 4.0)]


def test_a_pad_without_a_daw_uses_the_request_that_the_window_has_set(bench: HandleBench) -> None:
    bench.handle.stand_in(REQUEST)
    bench.do(lambda companion: companion.midi._door.receive("Stem Bridge", [0x99, 36, 100], 100.0))
    job = bench.do(lambda companion: companion.desk.newest_of(PAD))
    assert (job.spec.block["genres"], job.spec.block["tempo"], job.spec.meter) == ("funk", 97.6, Meter(7, 8))
    assert bench.wait_for(JobChanged).from_window


def press(companion: Companion) -> None:
    companion.midi._loop_queue.put("pads", [0x90, 40, 100], 0.0)


def test_a_pad_is_learned_and_its_map_is_reported(bench: HandleBench) -> None:
    learned = bench.handle.learn("cancel", {})
    bench.do(press)
    assert learned.result(20) == "note 40, channel 1 on pads → cancel"
    report = bench.wait_for(MidiReport, lambda one: "note 40, channel 1 on pads → cancel" in one.bindings)
    assert report.problem == ""


def test_learning_that_was_given_up_binds_nothing(bench: HandleBench) -> None:
    learned = bench.handle.learn("cancel", {})
    learned.cancel()
    bench.do(press)
    with pytest.raises(CancelledError):
        learned.result(0)
    waiting: Future[str] = bench.handle.learn("cancel", {})
    bench.handle.stop_learning().result(20)
    bench.do(press)
    assert not waiting.done()


def test_learning_into_a_broken_map_is_an_error(bench: HandleBench) -> None:
    bench.handle.options.folders.midi_map.write_text("[[broken", encoding="utf-8")
    learned = bench.handle.learn("cancel", {})
    bench.do(press)
    with pytest.raises(StemBridgeError, match="is not valid TOML"):
        learned.result(20)


def test_without_a_companion_every_request_is_an_error(idle: HandleBench) -> None:
    for future in (idle.handle.submit(REQUEST), idle.handle.jobs(), idle.handle.learn("cancel", {})):
        with pytest.raises(StemBridgeError, match="does not run just now"):
            future.result(20)
    idle.handle.stop()


def test_a_restart_uses_other_options(idle: HandleBench) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        idle.handle.restart(http_port=other.getsockname()[1])
        assert idle.wait_for(CoreFailed).port_taken
    idle.handle.restart(http_port=0)
    ready = idle.wait_for(CoreReady)
    assert ready.http_port > 0
    assert idle.handle.options.http_port == 0
    idle.handle.stop()


def test_a_job_survives_a_restart_of_the_companion(bench: HandleBench) -> None:
    waiting = [bench.handle.submit(REQUEST).result(20) for _ in range(2)]
    bench.events.clear()
    bench.handle.restart(osc_port=0)
    bench.wait_for(CoreReady)
    states = {job.id: job.state for job in bench.handle.jobs().result(20)}
    assert set(states) == set(waiting)
    assert bench.do(lambda companion: companion.desk.newest_of(WINDOW).id) in waiting
