"""MIDI inside a companion: messages reach the event loop in order, the map is watched, and reports are published."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from bridge.doors.midi.bindings import Binding
from bridge.doors.midi.clock import ClockState
from bridge.doors.midi.clocks import Clocks
from bridge.doors.midi.door import MidiDoor
from bridge.doors.midi.learn import Learner
from bridge.doors.midi.map_on_disk import MapOnDisk
from bridge.doors.midi.service import LoopQueue, MidiService, SendMidi
from bridge.doors.midi.status import MidiReport
from bridge.request.session_state import SessionState
from engine.errors import StemBridgeError
from tests.helpers.door_bench import DoorBench


def quiet_door(folder: Path, send: SendMidi) -> MidiDoor:
    bench = DoorBench(folder)
    bench.close()
    return MidiDoor(bench.desk, bench.queue, bench.daws, bench.bus, SessionState, send, lambda: None, Clocks())


@pytest.mark.usefixtures("no_midi")
def test_the_service_lives_without_midi_and_says_what_is_wrong_with_the_map(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "midi.toml").write_text("speed = 1", encoding="utf-8")

    async def serve() -> None:
        service = MidiService(MapOnDisk(tmp_path / "midi.toml"), lambda send: quiet_door(tmp_path, send))
        running = asyncio.create_task(service.run())
        while not service.ports.trouble:
            await asyncio.sleep(0.01)
        running.cancel()
        await service.stop()

    asyncio.run(serve())
    assert "a setting must be one of inputs" in caplog.text


class Recorder:
    """A listener of a `LoopQueue`; `ended` is set by the message `[0]`."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, Sequence[int], float]] = []
        self.ended = asyncio.Event()

    def __call__(self, port: str, data: Sequence[int], at_s: float) -> None:
        self.messages.append((port, data, at_s))
        if data == [0]:
            self.ended.set()


def test_messages_of_another_thread_reach_the_loop_in_order() -> None:
    async def run() -> list[int]:
        recorder = Recorder()
        queue = LoopQueue(asyncio.get_running_loop(), recorder)

        def play() -> None:
            for number in range(1000, -1, -1):
                queue.put("pads", [number], float(number))

        thread = threading.Thread(target=play)
        thread.start()
        await asyncio.wait_for(recorder.ended.wait(), 10)
        thread.join()
        return [data[0] for _, data, _ in recorder.messages]

    assert asyncio.run(run()) == list(range(1000, -1, -1))


def test_the_message_that_was_learned_triggers_nothing() -> None:
    async def run() -> tuple[list[dict[str, object]], list[Sequence[int]]]:
        recorder, found = Recorder(), list[dict[str, object]]()
        queue = LoopQueue(asyncio.get_running_loop(), recorder)

        def learned(table: dict[str, object]) -> None:
            found.append(table)
            queue.learner = None

        queue.learner = Learner("cancel", {}, learned)
        for data in ([0xF8], [0x90, 36, 100], [0x90, 36, 100], [0]):
            queue.put("pads", data, 0.0)
        await asyncio.wait_for(recorder.ended.wait(), 10)
        return found, [data for _, data, _ in recorder.messages]

    found, passed = asyncio.run(run())
    assert [table["note"] for table in found] == [36]
    assert passed == [[0xF8], [0x90, 36, 100], [0]]


def test_messages_after_the_loops_end_are_dropped() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    queue = LoopQueue(loop, Recorder())
    queue.put("pads", [1], 0.0)
    assert not queue._waiting


class ServiceBench:
    """A service without MIDI on a map file, with the reports that it has published."""

    def __init__(self, folder: Path) -> None:
        self.map_path = folder / "midi.toml"
        self.reports: list[MidiReport] = []
        self.learned: list[Binding | StemBridgeError] = []
        self.service = MidiService(MapOnDisk(self.map_path), lambda send: quiet_door(folder, send))
        self.service.subscribe(self.reports.append)
        self.running = asyncio.create_task(self.service.run())

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.002)

    async def stop(self) -> None:
        self.running.cancel()
        await self.service.stop()


@pytest.mark.usefixtures("no_midi")
def test_reports_are_published_when_something_changes_and_to_new_listeners_at_once(tmp_path: Path) -> None:
    async def run() -> None:
        bench = ServiceBench(tmp_path)
        await bench.until(lambda: bench.reports)
        (report,) = bench.reports
        assert (report.available, report.inputs, report.problem) == (False, (), "")
        assert report.state.startswith("MIDI is not available: ")
        assert report.clock is ClockState.SILENT
        late: list[MidiReport] = []
        bench.service.subscribe(late.append)
        assert late == [report]
        await bench.stop()

    asyncio.run(run())


@pytest.mark.usefixtures("no_midi")
def test_a_learned_pad_is_written_to_the_map_and_reported(tmp_path: Path) -> None:
    async def run() -> None:
        bench = ServiceBench(tmp_path)
        await bench.until(lambda: bench.reports)
        bench.service.learn("generate", {"bars": 4}, bench.learned.append)
        bench.service._loop_queue.put("pads", [0x90, 36, 100], 0.0)
        await bench.until(lambda: bench.learned)
        (binding,) = bench.learned
        assert str(binding) == "note 36, channel 1 on pads → generate bars=4.0"
        assert bench.reports[-1].bindings[0] == str(binding)
        assert "note = 36" in bench.map_path.read_text(encoding="utf-8")
        bench.service.learn("generate", {}, bench.learned.append)
        bench.service.stop_learning()
        assert bench.service._loop_queue.learner is None
        await bench.stop()

    asyncio.run(run())


@pytest.mark.usefixtures("no_midi")
def test_a_pad_that_cannot_be_written_to_the_map_is_an_error(tmp_path: Path) -> None:
    async def run() -> None:
        (tmp_path / "midi.toml").write_text("[[broken", encoding="utf-8")
        bench = ServiceBench(tmp_path)
        await bench.until(lambda: bench.reports)
        assert "midi.toml is not valid TOML" in bench.reports[-1].problem
        bench.service.learn("cancel", {}, bench.learned.append)
        bench.service._loop_queue.put("pads", [0x90, 36, 100], 0.0)
        await bench.until(lambda: bench.learned)
        assert isinstance(bench.learned[0], StemBridgeError)
        assert (tmp_path / "midi.toml").read_text(encoding="utf-8") == "[[broken"
        await bench.stop()

    asyncio.run(run())


def test_a_fault_in_the_service_ends_midi_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        bench = ServiceBench(tmp_path)
        monkeypatch.setattr(bench.service.ports, "rescan", lambda _: 1 / 0)
        await asyncio.wait_for(bench.running, 10)
        await bench.stop()

    asyncio.run(run())
    assert "MIDI has ended; everything else goes on" in caplog.text
