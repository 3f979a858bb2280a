"""Pads as requests to the desk, on behalf of a DAW or of none, and lights; no job is ever run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bridge.doors.bus import TakeChosen, TakeDue, TriggerFailed
from bridge.doors.connected_daws import Connection
from bridge.doors.link.reading import LinkReading
from bridge.doors.midi.clocks import Clocks
from bridge.doors.midi.door import MidiDoor
from bridge.doors.midi.map_format import read_map
from bridge.doors.requester import PAD, Requester
from bridge.jobs.job import Job, State
from bridge.request.session_state import SessionState
from engine.music import Key, Meter
from tests.helpers.door_bench import DoorBench

DAW = Requester.live_link("REAPER")
MAP = b"""
[[binding]]
action = "generate"
note = 36
debounce_ms = 0
[[binding]]
action = "generate"
note = 37
quantise = "4 bars"
bars = 2
[[binding]]
action = "regenerate"
note = 38
[[binding]]
action = "cancel"
note = 39
[[binding]]
action = "next_variation"
note = 40
debounce_ms = 0
[[binding]]
action = "accept"
note = 41
[[binding]]
action = "set"
parameter = "cfg"
cc = 20
range = [1, 15]
[[light]]
note = 1
"""
IDLE, WORKING, DONE, FAILED = [0x90, 1, 0], [0x90, 1, 64], [0x90, 1, 127], [0x90, 1, 1]


class MidiBench(DoorBench):
    """A MIDI door; `events` is what the connected DAW and the doors get, `lights` what the controllers get."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.events: list[tuple[object, ...]] = []
        self.lights: list[Sequence[int]] = []
        self.link: LinkReading | None = None
        self.link_asked: list[float] | None = None
        self.failed: list[str] = []
        self.queue.subscribe_new(lambda job: self.events.append(("accepted", job.id, job.spec.start_beat)))
        self.bus.subscribe(TakeChosen, self._take_chosen)
        self.bus.subscribe(TriggerFailed, lambda event: self.failed.append(event.sentence))
        self.door = MidiDoor(
            self.desk,
            self.queue,
            self.daws,
            self.bus,
            self.new_state,
            self.lights.append,
            lambda: None if self.link_asked is None else self.ask,
            Clocks(),
        )
        self.door.use(read_map(MAP, "midi.toml"))
        self.now_s = 100.0

    @staticmethod
    def new_state() -> SessionState:
        return SessionState(block={"genres": "funk"})

    async def ask(self, quantum_beats: float) -> LinkReading | None:
        assert self.link_asked is not None
        self.link_asked.append(quantum_beats)
        return self.link

    def connect(self, state: SessionState) -> None:
        """Have a DAW be in contact."""

        def refuse(why: str) -> None:
            self.events.append(("refused", why))

        self.daws.note_contact(DAW, Connection(DAW, state, lambda *_: None, refuse))

    def _take_chosen(self, event: TakeChosen) -> None:
        self.events.append(("chosen", event.job.manifests[event.variation]))

    def press(self, note: int) -> None:
        self.door.receive("pads", [0x90, note, 100], self.now_s)

    def clock(self, bpm: float, beats: float) -> None:
        """Start a clock and let it run for `beats`."""
        self.door.receive("clock", [0xFA], self.now_s)
        for _ in range(round(beats * 24) + 1):
            self.door.receive("clock", [0xF8], self.now_s)
            self.now_s += 60 / (24 * bpm)

    def newest(self, requester: Requester = DAW) -> Job:
        return self.newest_of(requester)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[MidiBench]:
    bench = MidiBench(tmp_path)
    yield bench
    bench.close()


@pytest.fixture
def daw(bench: MidiBench) -> SessionState:
    state = SessionState(daw="REAPER", tempo=97.6, meter=Meter(7, 8), key=Key.parse("Em"), position=12.5)
    state.block["genres"] = "soul"
    bench.connect(state)
    return state


def test_a_pad_submits_for_the_daw_at_its_playhead_in_its_music(bench: MidiBench, daw: SessionState) -> None:
    bench.press(36)
    spec = bench.newest().spec
    assert (spec.start_beat, str(spec.meter), str(spec.key), spec.block["tempo"]) == (12.5, "7/8", "E minor", 97.6)
    assert bench.events == [("accepted", bench.newest().id, 12.5)]
    assert bench.lights == [WORKING]


def test_without_a_daw_the_job_is_midis_own(bench: MidiBench) -> None:
    bench.press(36)
    assert bench.newest(PAD).spec.block["genres"] == "funk"


def test_while_the_clock_runs_a_trigger_waits_for_its_boundary(bench: MidiBench, daw: SessionState) -> None:
    bench.clock(97.6, 4.2)
    bench.press(36)
    bench.press(37)
    assert [start for _, _, start in bench.events] == [7.0, 14.0]
    assert bench.newest().spec.block["bars"] == 2


@pytest.mark.parametrize(("clock_bpm", "tempo"), [(97.5, 97.6), (120.0, 120.0)])
def test_the_daws_exact_tempo_wins_over_a_clock_that_says_about_the_same(
    bench: MidiBench, daw: SessionState, clock_bpm: float, tempo: float
) -> None:
    bench.clock(clock_bpm, 2)
    bench.press(36)
    assert bench.newest().spec.block["tempo"] == tempo


def test_a_clock_that_has_long_gone_says_nothing(bench: MidiBench) -> None:
    bench.clock(120, 4)
    bench.now_s += 100
    bench.press(36)
    assert bench.newest(PAD).spec.start_beat == 0


def test_a_knob_sets_a_parameter_for_the_triggers_after_it(bench: MidiBench, daw: SessionState) -> None:
    bench.door.receive("knobs", [0xB0, 20, 127], 0)
    bench.press(36)
    assert bench.newest().spec.block["cfg"] == 15
    assert "cfg" not in daw.block


def test_a_chord_gives_the_key_that_the_daw_has_not_sent(bench: MidiBench, daw: SessionState) -> None:
    bench.door.receive("keys", [0x90, 57, 90, 60, 90, 64, 90], bench.now_s)
    bench.now_s += 1
    bench.press(36)
    assert str(bench.newest().spec.key) == "E minor"
    daw.key = None
    bench.press(36)
    assert str(bench.newest().spec.key) == "A minor"


def test_regenerate_takes_another_seed_and_cancel_stops_the_newest(bench: MidiBench, daw: SessionState) -> None:
    bench.press(36)
    first = bench.newest()
    bench.press(38)
    second = bench.newest()
    assert first.id != second.id
    assert first.spec.with_block({"seed": 0}) == second.spec.with_block({"seed": 0})
    bench.press(39)
    assert bench.newest().state is State.CANCELLED
    assert bench.lights == [WORKING, IDLE]


def test_variations_are_announced_in_turn_and_the_chosen_one_accepted(bench: MidiBench, daw: SessionState) -> None:
    bench.press(36)
    job = bench.newest()
    job.state, job.manifests = State.DONE, ["a", "b"]
    bench.store.save(job)
    bench.events.clear()
    for note in (40, 40, 40, 41):
        bench.press(note)
    assert [manifest for _, manifest in bench.events] == ["b", "a", "b", "b"]
    assert bench.lights[-1] == IDLE


@pytest.mark.parametrize(("note", "sentence"), [(38, "no job"), (39, "no unfinished job"), (41, "no job")])
def test_what_cannot_be_done_is_logged_and_shown(
    bench: MidiBench, daw: SessionState, note: int, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    bench.press(note)
    assert sentence in caplog.text
    assert bench.lights == [FAILED]
    assert bench.events[-1][0] == "refused"
    assert sentence in str(bench.events[-1][1])


def test_a_project_that_cannot_be_used_stops_the_trigger(
    bench: MidiBench, daw: SessionState, caplog: pytest.LogCaptureFixture
) -> None:
    daw.project_fault = "The project is not saved."
    bench.press(36)
    assert "The project is not saved." in caplog.text
    assert bench.queue.newest_of(DAW.to_text()) is None


def press_and_wait(bench: MidiBench) -> None:
    async def play() -> None:
        bench.press(36)
        while bench.door._asking:
            await asyncio.sleep(0)

    asyncio.run(play())


@pytest.mark.parametrize(("playing", "start"), [(True, 10.5), (False, 9.5)])
def test_without_a_clock_link_gives_the_tempo_and_the_daw_the_position(
    bench: MidiBench, daw: SessionState, playing: bool, start: float
) -> None:
    bench.link, bench.link_asked = LinkReading(97.6, 1.0, 99.0, 2), []
    daw.position, daw.playing, daw.tempo = 9.5, playing, None
    press_and_wait(bench)
    job = bench.newest()
    assert bench.link_asked == [3.5], "a bar of 7/8"
    assert (job.spec.block["tempo"], job.spec.start_beat) == (97.6, start)


def test_a_clock_is_nearer_than_link(bench: MidiBench, daw: SessionState) -> None:
    bench.link, bench.link_asked = LinkReading(97.6, 1.0, 99.0, 2), []
    bench.clock(120, 5)
    press_and_wait(bench)
    assert bench.link_asked == []
    assert bench.newest().spec.block["tempo"] == 120


def test_a_link_session_without_anybody_leaves_the_daws_word(bench: MidiBench, daw: SessionState) -> None:
    bench.link_asked = []
    press_and_wait(bench)
    assert bench.link_asked == [3.5], "a bar of 7/8"
    assert bench.newest().spec.start_beat == daw.position


def test_a_job_that_counts_from_the_clock_is_timed(bench: MidiBench, daw: SessionState) -> None:
    timed: list[tuple[str, str]] = []
    bench.bus.subscribe(TakeDue, lambda event: timed.append((event.job.id, event.quantise)))
    bench.press(36)
    assert timed == []
    bench.clock(120, 5)
    bench.press(36)
    assert timed == [(bench.newest().id, "bar")]
