"""What pads do to the queue, for which client, and what lights say; the queue behind it never runs a job."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bridge.doors.link.reading import LinkReading
from bridge.doors.midi.door import OWN_CLIENT, MidiDoor
from bridge.doors.midi.map_format import read_map
from bridge.jobs.job import Job, State
from bridge.jobs.queue import JobQueue
from bridge.jobs.store import JobStore
from bridge.jobs.worker.client import WorkerClient
from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.presets.presets import Presets
from bridge.request.resolve import Resolver
from bridge.request.session_state import SessionState
from engine.music import Key, Meter

DAW = "the daw"
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


class Desk:
    """A face with its queue; `daw` is the connected DAW's state, `told` what its client hears."""

    def __init__(self, folder: Path) -> None:
        self.store = JobStore(folder / "jobs.sqlite3", "session")
        self.queue = JobQueue(self.store, WorkerClient(["no such program"]), folder)
        self.daw: SessionState | None = None
        self.told: list[tuple[object, ...]] = []
        self.lights: list[Sequence[int]] = []
        resolver = Resolver(Presets(folder / "presets"), GenreMap(folder / "genres.toml"))
        self.link: LinkReading | None = None
        self.link_asked: list[float] | None = None
        self.face = MidiDoor(
            self.queue,
            resolver,
            self,
            self.new_state,
            self.lights.append,
            lambda: None if self.link_asked is None else self.ask,
        )
        self.face.use(read_map(MAP, "midi.toml"))
        self.now_s = 100.0

    @staticmethod
    def new_state() -> SessionState:
        return SessionState(block={"genres": "funk"})

    async def ask(self, quantum_beats: float) -> LinkReading | None:
        assert self.link_asked is not None
        self.link_asked.append(quantum_beats)
        return self.link

    def newest_daw(self) -> tuple[str, SessionState] | None:
        return (DAW, self.daw) if self.daw else None

    def accepted(self, job: Job) -> None:
        self.told.append(("accepted", job.id, job.spec.start_beat))

    def announce(self, job: Job, variation: int) -> None:
        self.told.append(("done", job.id, job.manifests[variation]))

    def refuse(self, why: str) -> None:
        self.told.append(("refused", why))

    def press(self, note: int) -> None:
        self.face.receive("pads", [0x90, note, 100], self.now_s)

    def clock(self, bpm: float, beats: float) -> None:
        """Start a clock and let it run for `beats`."""
        self.face.receive("clock", [0xFA], self.now_s)
        for _ in range(round(beats * 24) + 1):
            self.face.receive("clock", [0xF8], self.now_s)
            self.now_s += 60 / (24 * bpm)

    def newest(self, client: str = DAW) -> Job:
        job = self.queue.newest_of(client)
        assert job is not None
        return job


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


@pytest.fixture
def daw(desk: Desk) -> SessionState:
    desk.daw = SessionState(daw="REAPER", tempo=97.6, meter=Meter(7, 8), key=Key.parse("Em"), position=12.5)
    desk.daw.block["genres"] = "soul"
    return desk.daw


def test_a_pad_submits_for_the_daw_at_its_playhead_in_its_music(desk: Desk, daw: SessionState) -> None:
    desk.press(36)
    spec = desk.newest().spec
    assert (spec.start_beat, str(spec.meter), str(spec.key), spec.block["tempo"]) == (12.5, "7/8", "E minor", 97.6)
    assert desk.told == [("accepted", desk.newest().id, 12.5)]
    assert desk.lights == [WORKING]


def test_without_a_daw_the_job_is_midis_own(desk: Desk) -> None:
    desk.press(36)
    assert desk.newest(OWN_CLIENT).spec.block["genres"] == "funk"


def test_while_the_clock_runs_a_trigger_waits_for_its_boundary(desk: Desk, daw: SessionState) -> None:
    desk.clock(97.6, 4.2)
    desk.press(36)
    desk.press(37)
    assert [start for _, _, start in desk.told] == [7.0, 14.0]
    assert desk.newest().spec.block["bars"] == 2


@pytest.mark.parametrize(("clock_bpm", "tempo"), [(97.5, 97.6), (120.0, 120.0)])
def test_the_daws_exact_tempo_wins_over_a_clock_that_says_about_the_same(
    desk: Desk, daw: SessionState, clock_bpm: float, tempo: float
) -> None:
    desk.clock(clock_bpm, 2)
    desk.press(36)
    assert desk.newest().spec.block["tempo"] == tempo


def test_a_clock_that_has_long_gone_says_nothing(desk: Desk) -> None:
    desk.clock(120, 4)
    desk.now_s += 100
    desk.press(36)
    assert desk.newest(OWN_CLIENT).spec.start_beat == 0


def test_a_knob_sets_a_parameter_for_the_triggers_after_it(desk: Desk, daw: SessionState) -> None:
    desk.face.receive("knobs", [0xB0, 20, 127], 0)
    desk.press(36)
    assert desk.newest().spec.block["cfg"] == 15
    assert "cfg" not in daw.block


def test_a_chord_gives_the_key_that_the_daw_has_not_told(desk: Desk, daw: SessionState) -> None:
    desk.face.receive("keys", [0x90, 57, 90, 60, 90, 64, 90], desk.now_s)
    desk.now_s += 1
    desk.press(36)
    assert str(desk.newest().spec.key) == "E minor"
    daw.key = None
    desk.press(36)
    assert str(desk.newest().spec.key) == "A minor"


def test_regenerate_takes_another_seed_and_cancel_stops_the_newest(desk: Desk, daw: SessionState) -> None:
    desk.press(36)
    first = desk.newest()
    desk.press(38)
    second = desk.newest()
    assert first.id != second.id
    assert first.spec.with_block({"seed": 0}) == second.spec.with_block({"seed": 0})
    desk.press(39)
    assert desk.newest().state is State.CANCELLED
    assert desk.lights == [WORKING, IDLE]


def test_variations_are_announced_in_turn_and_the_chosen_one_accepted(desk: Desk, daw: SessionState) -> None:
    desk.press(36)
    job = desk.newest()
    job.state, job.manifests = State.DONE, ["a", "b"]
    desk.store.save(job)
    desk.told.clear()
    for note in (40, 40, 40, 41):
        desk.press(note)
    assert [manifest for _, _, manifest in desk.told] == ["b", "a", "b", "b"]
    assert desk.lights[-1] == IDLE


@pytest.mark.parametrize(("note", "sentence"), [(38, "no job"), (39, "no unfinished job"), (41, "no job")])
def test_what_cannot_be_done_is_logged_and_shown(
    desk: Desk, daw: SessionState, note: int, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk.press(note)
    assert sentence in caplog.text
    assert desk.lights == [FAILED]
    assert desk.told[-1][0] == "refused"
    assert sentence in str(desk.told[-1][1])


def test_a_project_that_cannot_be_used_stops_the_trigger(
    desk: Desk, daw: SessionState, caplog: pytest.LogCaptureFixture
) -> None:
    daw.project_fault = "The project is not saved."
    desk.press(36)
    assert "The project is not saved." in caplog.text
    assert desk.queue.newest_of(DAW) is None


def press_and_wait(desk: Desk) -> None:
    async def play() -> None:
        desk.press(36)
        while desk.face._asking:
            await asyncio.sleep(0)

    asyncio.run(play())


@pytest.mark.parametrize(("playing", "start"), [(True, 10.5), (False, 9.5)])
def test_where_no_clock_is_heard_link_tells_the_tempo_and_the_daw_the_place(
    desk: Desk, daw: SessionState, playing: bool, start: float
) -> None:
    desk.link, desk.link_asked = LinkReading(97.6, 1.0, 99.0, 2), []
    daw.position, daw.playing, daw.tempo = 9.5, playing, None
    press_and_wait(desk)
    job = desk.newest()
    assert desk.link_asked == [3.5], "a bar of 7/8"
    assert (job.spec.block["tempo"], job.spec.start_beat) == (97.6, start)


def test_a_clock_is_nearer_than_link(desk: Desk, daw: SessionState) -> None:
    desk.link, desk.link_asked = LinkReading(97.6, 1.0, 99.0, 2), []
    desk.clock(120, 5)
    press_and_wait(desk)
    assert desk.link_asked == []
    assert desk.newest().spec.block["tempo"] == 120


def test_a_link_session_without_anybody_leaves_the_daws_word(desk: Desk, daw: SessionState) -> None:
    desk.link_asked = []
    press_and_wait(desk)
    assert desk.link_asked == [3.5], "a bar of 7/8"
    assert desk.newest().spec.start_beat == daw.position


def test_a_job_that_counts_from_the_clock_is_timed(desk: Desk, daw: SessionState) -> None:
    timed: list[tuple[str, str]] = []
    desk.face.on_timed = lambda job, quantise: timed.append((job.id, quantise))
    desk.press(36)
    assert timed == []
    desk.clock(120, 5)
    desk.press(36)
    assert timed == [(desk.newest().id, "bar")]
