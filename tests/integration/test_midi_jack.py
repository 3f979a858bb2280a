"""Pads, clocks and lights through real ports: this process plays, a real companion receives."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.companion_process import CompanionProcess, Start, children, environ, read_json, run_bridge
from tests.helpers.jack_server import jack_controller, jack_input, jack_output
from tests.helpers.osc_daw import Daw, Message
from tests.helpers.waiting import wait_until

OURS = "Stem Bridge:Stem Bridge"
PAD = [0x99, 36, 100]
CLOCK, START, CONTINUE = [0xF8], [0xFA], [0xFB]
pytestmark = [pytest.mark.timeout(400), pytest.mark.usefixtures("jack")]


@pytest.fixture
def pads(start: Start) -> Iterator[tuple[CompanionProcess, Any]]:
    """A companion, and an output connected to its virtual port."""
    companion = start()
    port = jack_output("pads", OURS)
    yield companion, port
    port.delete()


def play_clock(port: Any, bpm: float, ticks: int, begin: Sequence[int] = START) -> None:  # noqa: ANN401
    """Send a start (or a continue) and `ticks` clock ticks in real time."""
    port.send_message(list(begin))
    began = time.monotonic()
    for number in range(ticks):
        # Clock ticks carry no time: each is sent at its own.
        time.sleep(max(0.0, began + number * 60 / (24 * bpm) - time.monotonic()))
        port.send_message(CLOCK)


def test_a_pad_makes_a_take_in_the_project_of_the_daw_that_is_connected(
    pads: tuple[CompanionProcess, Any], project: Path
) -> None:
    companion, port = pads
    with companion.daw() as daw:
        daw.set_up(project, genres="funk", bars=1)
        manifest = daw.finish(str(press_until_accepted(port, daw).values[0]))
    assert project in manifest.parents
    assert read_json(manifest)["tempo"] == 97.6


def test_a_pad_counts_from_the_next_bar_of_the_clock_and_takes_its_tempo(
    pads: tuple[CompanionProcess, Any],
) -> None:
    companion, port = pads
    with companion.daw() as daw:
        daw.send("/hello", "Test DAW", "1.0")
        daw.send("/genres", "funk")
        assert daw.errors_until_pong() == []
        play_clock(port, 120, 144)  # six beats: in the middle of the second bar
        job, start_beat = press_until_accepted(port, daw).values
        assert start_beat == 8.0
        # On a busy machine the dummy driver's late periods slow its clock down.
        assert companion.jobs()[job]["params"]["tempo"] == pytest.approx(120, abs=5)
        port.send_message([0x99, 42, 100])
        daw.wait_for("/job/cancelled", "/job/done", job=job)


def test_lights_follow_the_job(pads: tuple[CompanionProcess, Any]) -> None:
    companion, port = pads
    with companion.daw() as daw:
        lamp = jack_input("lamp")
        names = lamp.get_ports()
        lamp.open_port(next(index for index, name in enumerate(names) if name.startswith("Stem Bridge lights")), "in")
        daw.set_up(genres="funk", bars=1)
        daw.finish(str(press_until_accepted(port, daw).values[0]))
        shown: list[list[int]] = []
        wait_until(
            lambda: shown.append((lamp.get_message() or [[]])[0]) or shown[-1] == [0x99, 36, 127], "it is done"
        )
        assert [0x99, 36, 64] in shown
        lamp.delete()


def test_a_controller_that_is_plugged_in_later_is_connected(start: Start) -> None:
    companion = start()
    (companion.home / "config" / "midi.toml").write_text(
        '[[binding]]\naction = "generate"\nport = "late"\nnote = 5\n'
    )
    controller = jack_controller("late", "keys")
    with companion.daw() as daw:
        daw.set_up(genres="funk", bars=1)
        # Until the companion has connected to it.
        press_until_accepted(controller, daw, [0x90, 5, 100], attempts=120, timeout_s=0.5)
    controller.delete()


def test_the_command_line_lists_ports_shows_messages_and_learns(tmp_path: Path) -> None:
    controller = jack_controller("nano", "pads")
    listed = json.loads(run_bridge(tmp_path, "midi", "ports", "--json").stdout)
    assert (listed["state"], listed["inputs"]) == ("MIDI is available.", ["nano:pads"])

    for arguments, message, ended in (
        (["monitor", "--count", "1", "--json"], [0xB2, 20, 99], {"kind": "cc", "channel": 3, "number": 20}),
        (["learn", "cancel", "--json"], [0x90, 61, 100], {"file": str(tmp_path / "config" / "midi.toml")}),
    ):
        command = [sys.executable, "-m", "bridge", "midi", *arguments]
        with subprocess.Popen(
            command, env=environ(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            assert "nano:pads" in process.stderr.readline()
            controller.send_message(message)
            told, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        assert ended.items() <= json.loads(told).items()
    controller.delete()
    assert 'action = "cancel"\nnote = 61\nport = "nano:pads"' in (tmp_path / "config" / "midi.toml").read_text()


def test_a_take_is_previewed_in_time_with_the_clock(start: Start, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.json").write_text('{"preview": true, "output_device": "no such card"}')
    companion = start(home=home)
    port = jack_output("pads", OURS)
    with companion.daw() as daw:
        daw.set_up(genres="funk", bars=1)
        play_clock(port, 120, 30)
        play_on = threading.Thread(target=play_clock, args=(port, 120, 720, CONTINUE), daemon=True)
        play_on.start()
        daw.finish(str(press_until_accepted(port, daw).values[0]))
        player = wait_until(lambda: players_of(companion.pid), "the player runs")
        wait_until(lambda: not players_of(companion.pid), "it ends with the take", timeout_s=120)
    assert player
    words = companion.log.read_text()
    assert "no such card" in words, "it has said that it plays silently"
    play_on.join()
    port.delete()


def press_until_accepted(
    port: Any,  # noqa: ANN401
    daw: Daw,
    *messages: list[int],
    attempts: int = 6,
    timeout_s: float = 10.0,
) -> Message:
    """Send the messages (by default the pad's) and return the acceptance of their job.

    They are sent again where nothing comes: a JACK that is not real-time loses messages on a busy machine.
    """
    for _ in range(attempts):
        for message in messages or [PAD]:
            port.send_message(message)
        with suppress(AssertionError):
            return daw.wait_for("/job/accepted", timeout_s=timeout_s)
    raise AssertionError("no press was accepted")


def players_of(pid: int) -> list[int]:
    """Return the companion's processes that play a preview; one may end during the search."""
    found = []
    for child in children(pid):
        with suppress(OSError):
            if b"bridge.app.player.preview" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
    return found


@pytest.mark.parametrize(
    "arguments", [("monitor",), ("learn", "generate", "--timeout", "60")], ids=["monitor", "learn"]
)
def test_an_interrupt_ends_listening_at_once_and_changes_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "bridge", "midi", *arguments]
    with subprocess.Popen(
        command, env=environ(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        first = process.stderr.readline()  # the ports are open
        if arguments[0] == "learn":
            assert "Press the pad" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (130, ""), (first, err)
    assert "interrupted" in err
    assert not (tmp_path / "config" / "midi.toml").exists()


def test_ten_thousand_messages_a_second_lose_no_trigger(pads: tuple[CompanionProcess, Any]) -> None:
    """Notes, running controllers and long SysEx in between: mapped messages are handled, and nothing blocks."""
    companion, port = pads
    with companion.daw() as daw:
        daw.set_up(genres="funk", bars=1)
        began = time.monotonic()
        for number in range(10_000):
            # At most 2 ms early: the rate of 10,000 messages a second is the subject.
            time.sleep(max(0.0, began + number / 10_000 - time.monotonic() - 0.002))
            port.send_message([0x90 | number % 8, number % 128, 1 + number % 127])
            if number % 1000 == 500:
                port.send_message([0xF0, *(number * step % 128 for step in range(200)), 0xF7])
            if number == 5000:
                port.send_message(PAD)
        job = str(daw.wait_for("/job/accepted", timeout_s=120).values[0])
        port.send_message([0x99, 42, 100])
        daw.wait_for("/job/cancelled", "/job/done", job=job, timeout_s=120)
        assert len(companion.jobs()) == 1, "one pad, one job"


EVERY_SOURCE = """
[[binding]]
action = "generate"
mmc = "record strobe"
bars = 2
[[binding]]
action = "generate"
program = 5
channel = 3
bars = 3
[[binding]]
action = "generate"
bend = 0.5
bars = 5
[[binding]]
action = "set"
parameter = "cfg"
cc = 20
range = [1, 15]
"""


def test_every_kind_of_control_triggers_its_action(start: Start, tmp_path: Path) -> None:
    """Machine control, program change, bend and a knob of the user's map; the factory's pedal; song position."""
    home = tmp_path / "home"
    (home / "config").mkdir(parents=True)
    (home / "config" / "midi.toml").write_text(EVERY_SOURCE)
    companion = start(home=home)
    port = jack_output("desk", OURS)
    with companion.daw() as daw:
        daw.set_up(genres="funk", bars=1)

        def made_by(*messages: list[int]) -> dict[str, Any]:
            """Return the block of the one job that the messages cause."""
            job, start_beat = press_until_accepted(port, daw, *messages).values
            port.send_message([0xB0, 81, 127])  # the pedal's second switch: cancel
            port.send_message([0xB0, 81, 0])
            daw.wait_for("/job/cancelled", "/job/done", job=job)
            time.sleep(0.35)  # the pedal's debounce: presses are ignored for so long
            return {**companion.jobs()[job]["params"], "start_beat": start_beat}

        assert made_by([0xF0, 0x7F, 0x7F, 6, 6, 0xF7])["bars"] == 2
        assert made_by([0xC2, 5])["bars"] == 3
        assert made_by([0xE0, 0, 64], [0xE0, 127, 127])["bars"] == 5
        assert made_by([0xB4, 20, 127], [0xB0, 80, 127])["cfg"] == 15
        assert made_by([0xB4, 20, 0], [0xB0, 80, 0], [0xB0, 80, 127])["cfg"] == 1
        for other in ([0xC1, 5], [0xE0, 0, 70], [0xF0, 0x7F, 0x7F, 6, 1, 0xF7], [0xB0, 80, 3]):
            port.send_message(other)  # another channel, not past the threshold, another command, not pressed
        port.send_message([0xF2, 32, 0])  # sixteenth 32 is beat 8
        play_clock(port, 120, 30, CONTINUE)
        assert made_by(PAD)["start_beat"] == 12.0
        assert len(companion.jobs()) == 6
    port.delete()
