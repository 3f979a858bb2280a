"""The AbletonOSC door against a peer on a real socket: the DAW it makes of it, and where takes go."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bridge.doors.abletonosc import door as module
from bridge.doors.abletonosc.door import DAW, AbletonOscDoor
from bridge.doors.bus import SessionChanged, TakeChosen, TakePlaced
from bridge.doors.requester import ABLETON_OSC
from bridge.jobs.job import State
from bridge.request.session_state import SessionState
from engine.music import Key, Meter
from tests.helpers.ableton.abletonosc_peer import AbletonOscPeer
from tests.helpers.door_bench import DoorBench
from tests.helpers.free_ports import free_udp_port
from tests.helpers.job_specs import make_job
from tests.helpers.take_files import write_take


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PING_S", 0.01)


class AbletonBench(DoorBench):
    """A door beside a peer; `placed` is what it has published about takes, `states` what of its session."""

    def __init__(self, folder: Path, scale_is_key: bool = True, can_create: bool = True) -> None:
        super().__init__(folder)
        self.placed: list[TakePlaced] = []
        self.states: list[SessionState] = []
        self.bus.subscribe(TakePlaced, self.placed.append)
        self.bus.subscribe(SessionChanged, lambda event: self.states.append(event.state))
        reply_port = free_udp_port()
        self.peer = AbletonOscPeer(reply_port, can_create)
        self.ports = (self.peer.port, reply_port)
        self.door = AbletonOscDoor(self.queue, self.daws, self.bus, SessionState, scale_is_key, self.ports)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        with self.peer:
            task = asyncio.create_task(self.door.run())
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                self.close()

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.002)

    @property
    def state(self) -> SessionState:
        return self.states[-1]

    def ended(self, manifest: Path | None, **fields: object) -> None:
        """Report a job of this door as ended."""
        manifests = [str(manifest)] if manifest else []
        self.queue._notify(make_job(client=ABLETON_OSC.to_text(), manifests=manifests, **fields))


def test_a_live_that_answers_is_the_connected_daw_with_its_song(tmp_path: Path) -> None:
    async def run() -> None:
        bench = AbletonBench(tmp_path)
        async with bench.running():
            await bench.until(lambda: bench.states and bench.state.key and bench.state.meter and bench.state.position)
            state = bench.state
            assert (state.daw, state.version) == (DAW, "12.3")
            assert (state.tempo, state.meter, state.key) == (97.6, Meter(7, 8), Key("D", "dorian"))
            assert (state.playhead_beats, state.loop, state.playing) == (14.0, None, False)
            bench.peer.change("tempo", 120.5)
            await bench.until(lambda: bench.state.tempo == 120.5)
            newest = bench.daws.newest()
            assert newest is not None
            assert newest.requester == ABLETON_OSC

    asyncio.run(run())


def test_a_value_that_is_out_of_range_is_shown_in_live_and_leaves_the_state(tmp_path: Path) -> None:
    async def run() -> None:
        bench = AbletonBench(tmp_path)
        async with bench.running():
            await bench.until(lambda: bench.states and bench.peer.is_listened_to("tempo") and bench.state.tempo)
            bench.peer.change("tempo", 999.0)
            await bench.until(lambda: bench.peer.messages)
            assert bench.peer.messages[0].startswith("Stem Bridge: tempo must be")
            assert bench.state.tempo == 97.6

    asyncio.run(run())


def test_a_finished_take_of_its_own_requester_is_placed_at_its_beat(tmp_path: Path) -> None:
    async def run() -> None:
        bench = AbletonBench(tmp_path)
        stems = [{"name": "drums", "file": "drums.wav", "color": "#e4572e"}]
        manifest = write_take(tmp_path / "take", stems=stems).manifest
        async with bench.running():
            await bench.until(lambda: bench.states)
            bench.queue._notify(make_job(client='["window"]', state=State.DONE, manifests=[str(manifest)]))
            bench.ended(manifest, state=State.DONE)
            await bench.until(lambda: bench.placed and bench.peer.messages)
            assert bench.placed == [TakePlaced(DAW, str(manifest), 1, "")]
            (track,) = bench.peer.tracks[1:]
            assert track == {
                "name": "SB drums",
                "color": 0xE4572E,
                "clips": [(str(manifest.parent / "drums.wav"), 16.0)],
            }
            assert bench.peer.messages == [
                "Stem Bridge: 1 stems placed by AbletonOSC; look that Live has not warped them"
            ]

    asyncio.run(run())


def test_a_take_goes_to_the_playhead_or_where_a_pad_chose_it(tmp_path: Path) -> None:
    async def run() -> None:
        bench = AbletonBench(tmp_path)
        stems = [{"name": "drums", "file": "drums.wav", "color": "#e4572e"}]
        manifest = write_take(tmp_path / "take", stems=stems).manifest
        async with bench.running():
            await bench.until(lambda: bench.states and bench.state.position == 14.0)
            assert bench.daws.place(manifest, "playhead", 4.0) == DAW
            bench.daws.place(manifest, "trigger", 4.0)
            job = make_job(client=ABLETON_OSC.to_text(), manifests=["/gone", str(manifest)])
            bench.bus.publish(TakeChosen(job, 1))
            await bench.until(lambda: len(bench.placed) == 3)
            assert [track["clips"][0][1] for track in bench.peer.tracks[1:]] == [14.0, 4.0, 16.0], "one after another"

    asyncio.run(run())


def test_failures_are_shown_in_live(tmp_path: Path) -> None:
    async def run() -> None:
        bench = AbletonBench(tmp_path, can_create=False)
        manifest = write_take(tmp_path / "take").manifest
        async with bench.running():
            await bench.until(lambda: bench.states)
            bench.ended(None, state=State.FAILED, message="The engine broke.")
            bench.ended(manifest, state=State.DONE)
            bench.daws.refuse("There is no job yet.")
            await bench.until(lambda: len(bench.peer.messages) == 3)
            assert {message.removeprefix("Stem Bridge: ") for message in bench.peer.messages} == {
                "The engine broke.",
                "There is no job yet.",
                f"This AbletonOSC cannot make clips from files: drag the stems in from {manifest.parent}",
            }
            assert bench.placed[0].stems == 0

    asyncio.run(run())


def test_a_live_that_is_closed_and_opened_again_is_greeted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        bench = AbletonBench(tmp_path)
        async with bench.running():
            await bench.until(lambda: bench.states and bench.peer.is_listened_to("loop_length"))
            bench.peer.is_open = False
            await bench.until(lambda: "AbletonOSC is silent" in caplog.text)
            bench.peer._listened.clear()
            bench.peer.is_open = True
            await bench.until(lambda: bench.peer.is_listened_to("tempo"))

    monkeypatch.setattr(module, "LOST_S", 0.1)
    with caplog.at_level("INFO", logger="stembridge.abletonosc"):
        asyncio.run(run())
    assert caplog.text.count("AbletonOSC in Live 12.3 answers") >= 2


def test_a_taken_reply_port_ends_the_door_with_a_line_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bench = AbletonBench(tmp_path)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", bench.ports[1]))
        asyncio.run(asyncio.wait_for(bench.door.run(), 10))
    assert f"AbletonOSC answers to port {bench.ports[1]}, which another program holds" in caplog.text
    bench.peer._socket.close()
    bench.close()
