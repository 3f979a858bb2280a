"""What the face answers, to whom, and what it keeps of each client; the queue behind it never runs a job."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.doors.connected_daws import ConnectedDaws
from bridge.doors.osc import door as face_module
from bridge.doors.osc.door import OscDoor
from bridge.doors.osc.server import Peer
from bridge.doors.osc.table import INCOMING, OUTGOING, PREFIX
from bridge.jobs.job import State
from bridge.jobs.queue import JobQueue
from bridge.jobs.store import JobStore
from bridge.jobs.worker.client import WorkerClient
from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.presets.presets import Presets
from bridge.request.resolve import Resolver
from bridge.request.session_state import SessionState
from engine.contract import Phase

REAPER = Peer("udp", "127.0.0.1", 5000)
LIVE = Peer("udp", "127.0.0.1", 6000)


class Desk:
    """A face, its queue, and everything that it has sent as (receiver, address without prefix, values)."""

    def __init__(self, folder: Path) -> None:
        self.sent: list[tuple[Peer, str, tuple[Any, ...]]] = []
        self.store = JobStore(folder / "jobs.sqlite3", "session")
        self.queue = JobQueue(self.store, WorkerClient(["no such program"]), folder)
        presets = Presets(folder / "presets")
        resolver = Resolver(presets, GenreMap(folder / "genres.toml"))
        self.connected = ConnectedDaws()
        self.face = OscDoor(self._send, self.queue, resolver, presets, SessionState, self.connected)

    def _send(self, peer: Peer, data: bytes) -> None:
        message = OscMessage(data)
        self.sent.append((peer, message.address.removeprefix(PREFIX), tuple(message.params)))

    def say(self, address: str, *values: object, peer: Peer = REAPER) -> list[tuple[str, tuple[Any, ...]]]:
        """Return what is answered to a message, and check that it goes to its sender alone."""
        builder = OscMessageBuilder(PREFIX + address)
        for value in values:
            builder.add_arg(value)
        self.sent.clear()
        self.face.receive(peer, bytes(builder.build().dgram))
        return [(name, told) for _, name, told in self.sent]

    def generate(self, *values: object, peer: Peer = REAPER) -> str:
        answers = self.say("/generate", *values, peer=peer)
        assert answers[0][0] == "/job/accepted", answers
        return str(answers[0][1][0])

    def block_of(self, job_id: str) -> dict[str, Any]:
        job = self.queue.get(job_id)
        assert job is not None
        return job.spec.block


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


def test_every_address_of_the_table_has_an_action(desk: Desk) -> None:
    assert set(desk.face._actions) == set(INCOMING)
    assert not set(INCOMING) & set(OUTGOING) - {PREFIX + "/status"}


def test_hello_is_answered_at_the_reply_port_from_then_on(desk: Desk) -> None:
    desk.face.http_port = 9125
    assert desk.say("/hello", "REAPER", "7.2", 7000) == [("/welcome", (face_module.__version__, 9125))]
    desk.say("/ping")
    assert desk.sent == [(Peer("udp", "127.0.0.1", 7000), "/pong", ())]
    desk.say("/hello", "REAPER", "7.2")
    assert desk.sent[0][0] == REAPER


def test_hello_with_a_box_puts_answers_there_from_then_on(desk: Desk) -> None:
    desk.say("/tempo", 97.6)
    desk.say("/hello", "Ardour", "7", "ardour-1")
    desk.say("/ping")
    assert desk.sent == [(Peer("box", "ardour-1", 0), "/pong", ())]
    desk.say("/hello", "Ardour", "7", "ardour-1", peer=LIVE)
    desk.say("/tempo", 104.0, peer=LIVE)
    newest = desk.connected.newest_daw()
    assert newest is not None
    assert (newest[1].daw, newest[1].tempo) == ("Ardour", 104.0)
    assert desk.say("/hello", "Ardour", "7", "../up")[0][0] == "/error"
    desk.connected.place(Path("/song/StemBridge/take/manifest.json"), "trigger", 4.0)
    assert desk.sent[-1][0] == Peer("box", "ardour-1", 0)


def test_a_hook_that_tells_its_state_does_not_keep_the_engine_awake(desk: Desk) -> None:
    signs: list[str] = []
    desk.face.on_sign_of_life = lambda: signs.append("life")
    for address, values in (("/hello", ("Ardour", "7", "b")), ("/tempo", (97.6,)), ("/position", (4.0,))):
        desk.say(address, *values)
    assert signs == ["life"]
    desk.say("/generate", json.dumps({"genres": "funk"}))
    assert signs == ["life", "life"]


def test_what_became_of_a_take_is_said_where_something_is_wrong(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    assert desk.say("/take/placed", "/a/manifest.json", 4, "") == []
    assert desk.say("/take/placed", "/a/manifest.json", 0, "drums.wav is missing.") == []
    assert [record.levelname for record in caplog.records if record.levelname == "WARNING"] == ["WARNING"]
    assert "0 stems of /a/manifest.json are on tracks. drums.wav is missing." in caplog.text


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("/tempo", (97.6,)),
        ("/timesig", (7, 8)),
        ("/key", ("Em",)),
        ("/key", ("",)),
        ("/position", (5.5,)),
        ("/playing", (1,)),
        ("/set", ("cfg", 2.5)),
        ("/set", ("stems", "drums,bass")),
        ("/params", ('{"steps": 70}',)),
        ("/preset", ("Fast Prototyping",)),
        ("/preset", ("",)),
        ("/genres", ("funk",)),
        ("/lyrics", ("[Verse]\nSnow",)),
    ],
)
def test_what_is_understood_is_not_answered(desk: Desk, address: str, values: tuple[object, ...]) -> None:
    assert desk.say(address, *values) == []
    assert (desk.face.counters.understood, desk.face.counters.refused) == (1, 0)


def test_every_fault_is_counted_and_answered_to_its_sender(desk: Desk) -> None:
    for number, data in enumerate((b"garbage", b"/stembridge/tempo\0\0\0,f\0\0", b"/nope\0\0\0,\0\0\0"), 1):
        desk.sent.clear()
        desk.face.receive(LIVE, data)
        ((peer, name, _),) = desk.sent
        assert (peer, name, desk.face.counters.refused) == (LIVE, "/error", number)


def test_our_own_answers_are_counted_and_never_answered(desk: Desk) -> None:
    for address in set(OUTGOING) - set(INCOMING):
        assert desk.say(address.removeprefix(PREFIX)) == []
    assert desk.face.counters.refused == len(set(OUTGOING) - set(INCOMING))


def test_a_handler_that_breaks_is_told_and_logged(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(desk.face._actions, PREFIX + "/ping", broken)
    ((name, (sentence, address)),) = desk.say("/ping")
    assert (name, address) == ("/error", "/stembridge/ping")
    assert "log" in sentence
    assert "ZeroDivisionError" in caplog.text


def test_a_sign_of_life_is_anything_that_can_be_read(desk: Desk) -> None:
    signs = []
    desk.face.on_sign_of_life = lambda: signs.append(1)
    desk.say("/ping")
    desk.say("/tempo", 0.0)
    desk.face.receive(REAPER, b"garbage")
    assert len(signs) == 2


def test_a_trigger_is_accepted_then_told_as_queued(desk: Desk) -> None:
    desk.say("/tempo", 97.6)
    (accepted, progress) = desk.say("/generate", 16.0, 8.0)
    job_id = accepted[1][0]
    assert accepted == ("/job/accepted", (job_id, 16.0))
    assert progress == ("/job/progress", (job_id, 0.0, "queued"))
    assert (desk.block_of(job_id)["tempo"], desk.block_of(job_id)["bars"]) == (97.6, 8.0)


def test_the_json_form_is_for_one_job_alone(desk: Desk) -> None:
    desk.say("/tempo", 97.6)
    own = desk.generate(json.dumps({"start_beat": 3, "start_seconds": 1.5, "bars": 2, "tempo": 150, "genres": "ska"}))
    job = desk.queue.get(own)
    assert job is not None
    assert (job.spec.start_beat, job.spec.start_seconds, job.spec.block["tempo"]) == (3.0, 1.5, 150.0)
    assert desk.block_of(desk.generate())["tempo"] == 97.6


@pytest.mark.parametrize("place", ["start_beat", "start_seconds"])
@pytest.mark.parametrize("value", [-1, 1e7, "16", True, None, [1], pytest.param(10**399, id="400 digits")])
def test_a_place_that_is_none_is_refused_by_name(desk: Desk, place: str, value: object) -> None:
    ((name, (sentence, _)),) = desk.say("/generate", json.dumps({place: value, "genres": "funk"}))
    assert name == "/error"
    assert place in sentence
    assert desk.queue.count_unfinished() == 0


def test_a_preset_brings_its_keys_and_the_daws_own_tempo_stays(desk: Desk) -> None:
    desk.say("/tempo", 97.6)
    desk.say("/set", "cfg", 2.0)
    desk.say("/preset", "Energetic Dance Track")
    block = desk.block_of(desk.generate(0.0, 1.0))
    assert block["genres"] == "electronic, house, 97.6 BPM, energetic, driving"
    assert block["preset"] == "Energetic Dance Track"


def test_an_empty_value_resets_a_key_wherever_it_is_kept(desk: Desk) -> None:
    for name, value in (("tempo", "97.6"), ("key", "Em"), ("time_signature", "7/8"), ("cfg", "2")):
        desk.say("/set", name, value)
    for name in ("tempo", "key", "time_signature", "cfg"):
        assert desk.say("/set", name, "") == []
    block = desk.block_of(desk.generate('{"genres": "funk"}'))
    assert (block["tempo"], block["key"], block["time_signature"], block["cfg"]) == (120.0, "", "4/4", 4.0)


def test_regenerate_takes_the_clients_newest_and_a_new_seed(desk: Desk) -> None:
    first = desk.generate('{"genres": "funk", "seed": 7}')
    desk.generate('{"genres": "ska", "seed": 8}', peer=LIVE)
    (accepted, _) = desk.say("/regenerate")
    again = desk.block_of(accepted[1][0])
    assert again.pop("seed") != 7
    assert again == {name: value for name, value in desk.block_of(first).items() if name != "seed"}


def test_cancel_takes_the_clients_newest_unfinished_one(desk: Desk) -> None:
    first, second = desk.generate('{"genres": "funk"}'), desk.generate('{"genres": "funk"}')
    other = desk.generate('{"genres": "funk"}', peer=LIVE)
    assert desk.say("/cancel") == [("/job/cancelled", (second,))]
    assert desk.say("/cancel") == [("/job/cancelled", (first,))]
    ((name, (sentence, _)),) = desk.say("/cancel")
    assert (name, "no unfinished job" in sentence) == ("/error", True)
    assert desk.say("/cancel", other, peer=LIVE) == [("/job/cancelled", (other,))]
    ((_, (sentence, _)),) = desk.say("/cancel", other)
    assert "cancelled already" in sentence


def test_status_of_a_client_without_a_job_counts_those_of_all(desk: Desk) -> None:
    assert desk.say("/status") == [("/status", ("idle", 0))]
    desk.generate('{"genres": "funk"}', peer=LIVE)
    assert desk.say("/status") == [("/status", ("busy", 1))]


@pytest.mark.parametrize(
    ("state", "fields", "answer"),
    [
        (State.DONE, {"manifests": ["/p/manifest.json"], "stems": 4}, ("/job/done", ("/p/manifest.json", 4))),
        (State.FAILED, {"message": "It broke."}, ("/job/failed", ("It broke.",))),
        (State.CANCELLED, {}, ("/job/cancelled", ())),
        (State.QUEUED, {}, ("/job/progress", (0.0, "queued"))),
    ],
)
def test_status_says_again_where_a_job_stands(
    desk: Desk, state: State, fields: dict[str, object], answer: tuple[str, tuple[object, ...]]
) -> None:
    job = desk.queue.get(desk.generate('{"genres": "funk"}'))
    assert job is not None
    job.state = state
    for name, value in fields.items():
        setattr(job, name, value)
    desk.store.save(job)
    assert desk.say("/status") == [(answer[0], (job.id, *answer[1]))]
    assert desk.say("/status", job.id, peer=LIVE) == [(answer[0], (job.id, *answer[1]))]


def test_progress_is_told_at_most_twenty_times_a_second_but_each_phase_and_the_end_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(face_module.time, "monotonic", lambda: now[0])
    job = desk.queue.get(desk.generate('{"genres": "funk"}'))
    assert job is not None
    desk.sent.clear()

    def tell(phase: Phase, progress: float, later_s: float) -> None:
        now[0] += later_s
        job.phase, job.progress = phase, progress
        desk.face.tell(job)

    job.state = State.RUNNING
    for phase, progress, later_s in (
        ("generating", 0.1, 0.0),
        ("generating", 0.2, 0.01),
        ("generating", 0.3, 0.01),
        ("generating", 0.4, 0.05),
        ("writing", 0.9, 0.0),
        ("writing", 0.95, 0.0),
    ):
        tell(phase, progress, later_s)  # type: ignore[arg-type]
    job.state, job.manifests = State.DONE, ["/p/manifest.json"]
    tell("writing", 1.0, 0.0)
    told = [(name, round(values[1], 2)) for _, name, values in desk.sent[:-1]]
    assert told == [("/job/progress", 0.1), ("/job/progress", 0.4), ("/job/progress", 0.9)]
    assert desk.sent[-1][1] == "/job/done"
    assert desk.face._told == {}


def test_jobs_of_other_triggers_are_nobody_elses_news(desk: Desk) -> None:
    job = desk.queue.get(desk.generate('{"genres": "funk"}'))
    assert job is not None
    desk.sent.clear()
    job.client = "http"
    desk.face.tell(job)
    assert desk.sent == []


def test_a_project_that_cannot_be_used_stops_takes_from_going_to_the_one_before(desk: Desk, tmp_path: Path) -> None:
    assert desk.say("/project", str(tmp_path)) == []
    desk.say("/genres", "funk")
    ((name, _),) = desk.say("/project", "/no/such/folder")
    assert name == "/error"
    ((name, (sentence, address)),) = desk.say("/generate")
    assert (name, address) == ("/error", "/stembridge/generate")
    assert "/no/such/folder" in sentence
    assert desk.say("/project", str(tmp_path), "song") == []
    assert desk.generate()


def test_a_queue_that_cannot_be_used_is_told_to_who_asks(desk: Desk) -> None:
    desk.say("/genres", "funk")
    desk.store.close()
    for address in ("/generate", "/regenerate", "/cancel", "/status"):
        ((name, (sentence, told)),) = desk.say(address)
        assert (name, told) == ("/error", PREFIX + address)
        assert "queue" in sentence
    assert desk.say("/ping") == [("/pong", ())]


def test_the_daw_heard_of_last_is_told_of_what_others_trigger_for_it(desk: Desk) -> None:
    assert desk.connected.newest_daw() is None
    desk.say("/hello", "REAPER", "7")
    desk.say("/hello", "Live", "12", peer=LIVE)
    desk.say("/genres", "funk")
    desk.say("/ping", peer=Peer("udp", "127.0.0.1", 7000))  # names no DAW
    newest = desk.connected.newest_daw()
    assert newest is not None
    assert newest[1].daw == "REAPER"
    job = desk.queue.get(desk.generate())
    assert job is not None
    assert job.client == newest[0]
    job.state, job.manifests, job.stems = State.DONE, ["first", "second"], 4
    desk.sent.clear()
    desk.connected.announce(job, 1)
    assert desk.sent == [(REAPER, "/job/done", (job.id, "second", 4))]


def test_loop_and_selection_are_kept_per_client(desk: Desk) -> None:
    assert desk.say("/hello", "Ableton Live", "12.3.6", peer=LIVE)
    assert desk.say("/loop", 1, 8.0, 16.0, peer=LIVE) == []
    assert desk.say("/selection", "Bass", 3, peer=LIVE) == []
    newest = desk.connected.newest_daw()
    assert newest is not None
    state = newest[1]
    assert (state.loop, state.selected_track, state.selected_scene) == ((8.0, 16.0), "Bass", 3)
    desk.say("/loop", 0, 8.0, 16.0, peer=LIVE)
    assert state.loop is None


@pytest.mark.parametrize(
    ("address", "values", "named"),
    [
        ("/loop", (2, 0.0, 4.0), "loop must be 0 or 1"),
        ("/loop", (1, -1.0, 4.0), "loop start"),
        ("/selection", ("Bass", -1), "scene"),
        ("/midi", (12, 36, 100), "status must be 128–239"),
        ("/midi", (0x90, 36, 128), "MIDI data must be 0–127"),
    ],
)
def test_impossible_values_are_refused_by_name(
    desk: Desk, address: str, values: tuple[object, ...], named: str
) -> None:
    (answer,) = desk.say(address, *values)
    assert named in answer[1][0]


def test_midi_of_a_script_is_handed_on_with_its_daws_name(desk: Desk) -> None:
    heard: list[tuple[str, bytes]] = []
    desk.face.on_midi = lambda port, data: heard.append((port, data))
    desk.say("/hello", "Ableton Live", "12.3.6", peer=LIVE)
    desk.say("/midi", 0x90, 36, 100, peer=LIVE)
    desk.say("/midi", 0xB0, 20, 0)
    assert heard == [("Ableton Live", b"\x90\x24\x64"), ("OSC", b"\xb0\x14\x00")]


def test_what_a_pad_could_not_do_is_told_to_the_daw(desk: Desk) -> None:
    desk.connected.refuse("nobody hears it")
    assert desk.sent == []
    desk.say("/hello", "Ableton Live", "12.3.6", peer=LIVE)
    desk.sent.clear()
    desk.connected.refuse("There is no job yet.")
    assert desk.sent == [(LIVE, "/error", ("There is no job yet.", "/stembridge/midi"))]
