"""The OSC door's replies, whom they go to, and the state that is kept of each client; no job is ever run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge import __version__
from bridge.doors.bus import MidiReceived, TakeChosen
from bridge.doors.osc.door import OscDoor
from bridge.doors.osc.encode import Outgoing, encode
from bridge.doors.osc.server import Peer
from bridge.doors.osc.table import INCOMING, OUTGOING, PREFIX
from bridge.jobs.job import State
from bridge.request.session_state import SessionState
from tests.helpers.door_bench import DoorBench

REAPER = Peer("udp", "127.0.0.1", 5000)
LIVE = Peer("udp", "127.0.0.1", 6000)
HTTP_PORT = 9125


class OscBench(DoorBench):
    """An OSC door, and everything that it has sent as (receiver, address without prefix, values)."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.sent: list[tuple[Peer, str, tuple[Any, ...]]] = []
        self.door = OscDoor(
            self._send, self.desk, self.queue, self.presets, SessionState, self.daws, self.bus, HTTP_PORT
        )

    def _send(self, peer: Peer, outgoing: Outgoing) -> None:
        message = OscMessage(encode(outgoing))
        self.sent.append((peer, message.address.removeprefix(PREFIX), tuple(message.params)))

    def say(self, address: str, *values: object, peer: Peer = REAPER) -> list[tuple[str, tuple[Any, ...]]]:
        """Return what is answered to a message, and check that it goes to its sender alone."""
        builder = OscMessageBuilder(PREFIX + address)
        for value in values:
            builder.add_arg(value)
        self.sent.clear()
        self.door.receive(peer, bytes(builder.build().dgram))
        return [(name, values) for _, name, values in self.sent]

    def generate(self, *values: object, peer: Peer = REAPER) -> str:
        answers = self.say("/generate", *values, peer=peer)
        assert answers[0][0] == "/job/accepted", answers
        return str(answers[0][1][0])


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[OscBench]:
    bench = OscBench(tmp_path)
    yield bench
    bench.close()


def test_every_address_of_the_table_has_an_action(bench: OscBench) -> None:
    assert set(bench.door._actions) == set(INCOMING)
    assert not set(INCOMING) & set(OUTGOING) - {PREFIX + "/status"}


def test_hello_is_answered_at_the_reply_port_from_then_on(bench: OscBench) -> None:
    assert bench.say("/hello", "REAPER", "7.2", 7000) == [("/welcome", (__version__, HTTP_PORT))]
    bench.say("/ping")
    assert bench.sent == [(Peer("udp", "127.0.0.1", 7000), "/pong", ())]
    bench.say("/hello", "REAPER", "7.2")
    assert bench.sent[0][0] == REAPER


def test_hello_with_a_box_puts_replies_there_from_then_on(bench: OscBench) -> None:
    bench.say("/tempo", 97.6)
    bench.say("/hello", "Ardour", "7", "ardour-1")
    bench.say("/ping")
    assert bench.sent == [(Peer("box", "ardour-1", 0), "/pong", ())]
    bench.say("/hello", "Ardour", "7", "ardour-1", peer=LIVE)
    bench.say("/tempo", 104.0, peer=LIVE)
    newest = bench.daws.newest()
    assert newest is not None
    assert (newest.state.daw, newest.state.tempo) == ("Ardour", 104.0)
    assert bench.say("/hello", "Ardour", "7", "../up")[0][0] == "/error"
    bench.daws.place(Path("/song/StemBridge/take/manifest.json"), "trigger", 4.0)
    assert bench.sent[-1][0] == Peer("box", "ardour-1", 0)


def test_a_script_that_sends_its_state_does_not_keep_the_engine_awake(bench: OscBench) -> None:
    for address, values in (("/hello", ("Ardour", "7", "b")), ("/tempo", (97.6,)), ("/position", (4.0,))):
        bench.say(address, *values)
    assert bench.active == 1
    bench.say("/generate", json.dumps({"genres": "funk"}))
    assert bench.active == 2


def test_a_take_that_was_not_placed_is_reported(bench: OscBench, caplog: pytest.LogCaptureFixture) -> None:
    assert bench.say("/take/placed", "/a/manifest.json", 4, "") == []
    assert bench.say("/take/placed", "/a/manifest.json", 0, "drums.wav is missing.") == []
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
def test_what_is_understood_is_not_answered(bench: OscBench, address: str, values: tuple[object, ...]) -> None:
    assert bench.say(address, *values) == []
    assert (bench.door.counters.understood, bench.door.counters.refused) == (1, 0)


def test_every_fault_is_counted_and_answered_to_its_sender(bench: OscBench) -> None:
    for number, data in enumerate((b"garbage", b"/stembridge/tempo\0\0\0,f\0\0", b"/nope\0\0\0,\0\0\0"), 1):
        bench.sent.clear()
        bench.door.receive(LIVE, data)
        ((peer, name, _),) = bench.sent
        assert (peer, name, bench.door.counters.refused) == (LIVE, "/error", number)


def test_our_own_replies_are_counted_and_never_answered(bench: OscBench) -> None:
    for address in set(OUTGOING) - set(INCOMING):
        assert bench.say(address.removeprefix(PREFIX)) == []
    assert bench.door.counters.refused == len(set(OUTGOING) - set(INCOMING))


def test_a_handler_that_breaks_is_reported_and_logged(
    bench: OscBench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(bench.door._actions, PREFIX + "/ping", broken)
    ((name, (sentence, address)),) = bench.say("/ping")
    assert (name, address) == ("/error", "/stembridge/ping")
    assert "log" in sentence
    assert "ZeroDivisionError" in caplog.text


def test_a_client_is_active_with_any_message_that_can_be_read(bench: OscBench) -> None:
    bench.say("/ping")
    bench.say("/tempo", 0.0)
    bench.door.receive(REAPER, b"garbage")
    assert bench.active == 2


def test_a_trigger_is_accepted_then_reported_as_queued(bench: OscBench) -> None:
    bench.say("/tempo", 97.6)
    (accepted, progress) = bench.say("/generate", 16.0, 8.0)
    job_id = accepted[1][0]
    assert accepted == ("/job/accepted", (job_id, 16.0))
    assert progress == ("/job/progress", (job_id, 0.0, "queued"))
    assert (bench.block_of(job_id)["tempo"], bench.block_of(job_id)["bars"]) == (97.6, 8.0)


def test_the_json_form_is_for_one_job_alone(bench: OscBench) -> None:
    bench.say("/tempo", 97.6)
    own = bench.generate(
        json.dumps({"start_beat": 3, "start_seconds": 1.5, "bars": 2, "tempo": 150, "genres": "ska"})
    )
    job = bench.queue.get(own)
    assert job is not None
    assert (job.spec.start_beat, job.spec.start_seconds, job.spec.block["tempo"]) == (3.0, 1.5, 150.0)
    assert bench.block_of(bench.generate())["tempo"] == 97.6


@pytest.mark.parametrize("place", ["start_beat", "start_seconds"])
@pytest.mark.parametrize("value", [-1, 1e7, "16", True, None, [1], pytest.param(10**399, id="400 digits")])
def test_a_place_that_is_none_is_refused_by_name(bench: OscBench, place: str, value: object) -> None:
    ((name, (sentence, _)),) = bench.say("/generate", json.dumps({place: value, "genres": "funk"}))
    assert name == "/error"
    assert place in sentence
    assert bench.queue.count_unfinished() == 0


def test_a_preset_brings_its_keys_and_the_daws_own_tempo_stays(bench: OscBench) -> None:
    bench.say("/tempo", 97.6)
    bench.say("/set", "cfg", 2.0)
    bench.say("/preset", "Energetic Dance Track")
    block = bench.block_of(bench.generate(0.0, 1.0))
    assert block["genres"] == "electronic, house, 97.6 BPM, energetic, driving"
    assert block["preset"] == "Energetic Dance Track"


def test_an_empty_value_resets_a_key_wherever_it_is_kept(bench: OscBench) -> None:
    for name, value in (("tempo", "97.6"), ("key", "Em"), ("time_signature", "7/8"), ("cfg", "2")):
        bench.say("/set", name, value)
    for name in ("tempo", "key", "time_signature", "cfg"):
        assert bench.say("/set", name, "") == []
    block = bench.block_of(bench.generate('{"genres": "funk"}'))
    assert (block["tempo"], block["time_signature"]) == (104.0, "4/4")
    assert not {"key", "cfg"} & set(block)


def test_regenerate_takes_the_clients_newest_and_a_new_seed(bench: OscBench) -> None:
    first = bench.generate('{"genres": "funk", "seed": 7}')
    bench.generate('{"genres": "ska", "seed": 8}', peer=LIVE)
    (accepted, _) = bench.say("/regenerate")
    again = bench.block_of(accepted[1][0])
    assert again.pop("seed") != 7
    assert again == {name: value for name, value in bench.block_of(first).items() if name != "seed"}


def test_cancel_takes_the_clients_newest_unfinished_one(bench: OscBench) -> None:
    first, second = bench.generate('{"genres": "funk"}'), bench.generate('{"genres": "funk"}')
    other = bench.generate('{"genres": "funk"}', peer=LIVE)
    assert bench.say("/cancel") == [("/job/cancelled", (second,))]
    assert bench.say("/cancel") == [("/job/cancelled", (first,))]
    ((name, (sentence, _)),) = bench.say("/cancel")
    assert (name, "no unfinished job" in sentence) == ("/error", True)
    assert bench.say("/cancel", other, peer=LIVE) == [("/job/cancelled", (other,))]
    ((_, (sentence, _)),) = bench.say("/cancel", other)
    assert "cancelled already" in sentence


def test_status_of_a_client_without_a_job_counts_those_of_all(bench: OscBench) -> None:
    assert bench.say("/status") == [("/status", ("idle", 0))]
    bench.generate('{"genres": "funk"}', peer=LIVE)
    assert bench.say("/status") == [("/status", ("busy", 1))]


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
    bench: OscBench, state: State, fields: dict[str, object], answer: tuple[str, tuple[object, ...]]
) -> None:
    job = bench.queue.get(bench.generate('{"genres": "funk"}'))
    assert job is not None
    job.state = state
    for name, value in fields.items():
        setattr(job, name, value)
    bench.store.save(job)
    assert bench.say("/status") == [(answer[0], (job.id, *answer[1]))]
    assert bench.say("/status", job.id, peer=LIVE) == [(answer[0], (job.id, *answer[1]))]


def test_a_project_that_cannot_be_used_stops_takes_from_going_to_the_one_before(
    bench: OscBench, tmp_path: Path
) -> None:
    assert bench.say("/project", str(tmp_path)) == []
    bench.say("/genres", "funk")
    ((name, _),) = bench.say("/project", "/no/such/folder")
    assert name == "/error"
    ((name, (sentence, address)),) = bench.say("/generate")
    assert (name, address) == ("/error", "/stembridge/generate")
    assert "/no/such/folder" in sentence
    assert bench.say("/project", str(tmp_path), "song") == []
    assert bench.generate()


def test_a_queue_that_cannot_be_used_is_reported_to_the_sender(bench: OscBench) -> None:
    bench.say("/genres", "funk")
    bench.store.close()
    for address in ("/generate", "/regenerate", "/again", "/cancel", "/status"):
        ((name, (sentence, given)),) = bench.say(address)
        assert (name, given) == ("/error", PREFIX + address)
        assert "queue" in sentence
    assert bench.say("/ping") == [("/pong", ())]


def test_the_daw_in_contact_last_is_informed_of_what_others_trigger_for_it(bench: OscBench) -> None:
    assert bench.daws.newest() is None
    bench.say("/hello", "REAPER", "7")
    bench.say("/hello", "Live", "12", peer=LIVE)
    bench.say("/genres", "funk")
    bench.say("/ping", peer=Peer("udp", "127.0.0.1", 7000))  # names no DAW
    newest = bench.daws.newest()
    assert newest is not None
    assert newest.state.daw == "REAPER"
    job = bench.queue.get(bench.generate())
    assert job is not None
    assert job.client == newest.requester.to_text()
    job.state, job.manifests, job.stems = State.DONE, ["first", "second"], 4
    bench.sent.clear()
    bench.bus.publish(TakeChosen(job, 1))
    assert bench.sent == [(REAPER, "/job/done", (job.id, "second", 4))]


def test_loop_and_selection_are_kept_per_client(bench: OscBench) -> None:
    assert bench.say("/hello", "Ableton Live", "12.3.6", peer=LIVE)
    assert bench.say("/loop", 1, 8.0, 16.0, peer=LIVE) == []
    assert bench.say("/selection", "Bass", 3, peer=LIVE) == []
    newest = bench.daws.newest()
    assert newest is not None
    state = newest.state
    assert (state.loop, state.selected_track, state.selected_scene) == ((8.0, 16.0), "Bass", 3)
    bench.say("/loop", 0, 8.0, 16.0, peer=LIVE)
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
    bench: OscBench, address: str, values: tuple[object, ...], named: str
) -> None:
    (answer,) = bench.say(address, *values)
    assert named in answer[1][0]


def test_midi_of_a_script_is_handed_on_with_its_daws_name(bench: OscBench) -> None:
    received: list[MidiReceived] = []
    bench.bus.subscribe(MidiReceived, received.append)
    bench.say("/hello", "Ableton Live", "12.3.6", peer=LIVE)
    bench.say("/midi", 0x90, 36, 100, peer=LIVE)
    bench.say("/midi", 0xB0, 20, 0)
    assert received == [MidiReceived("Ableton Live", b"\x90\x24\x64"), MidiReceived("OSC", b"\xb0\x14\x00")]


def test_what_a_pad_could_not_do_is_reported_to_the_daw(bench: OscBench) -> None:
    bench.daws.refuse("no program is connected")
    assert bench.sent == []
    bench.say("/hello", "Ableton Live", "12.3.6", peer=LIVE)
    bench.sent.clear()
    bench.daws.refuse("There is no job yet.")
    assert bench.sent == [(LIVE, "/error", ("There is no job yet.", "/stembridge/midi"))]
