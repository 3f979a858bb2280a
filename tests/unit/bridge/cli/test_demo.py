"""`stembridge demo`: the messages of its DAW, every answer of the companion, and the lines on the take."""

from __future__ import annotations

import io
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.cli import demo
from bridge.cli.demo_report import DemoReport
from bridge.cli.main import main
from bridge.home.folders import Folders
from engine.errors import StemBridgeError
from tests.helpers.small_take import MANIFEST, write_take

Message = tuple[str, tuple[Any, ...]]
ACCEPTED: Message = ("/job/accepted", ("ab12cd34",))
DONE: Message = ("/job/done", ("ab12cd34", "/song/take/manifest.json", 4))


def packet(message: Message) -> bytes:
    builder = OscMessageBuilder("/stembridge" + message[0])
    for value in message[1]:
        builder.add_arg(value)
    return builder.build().dgram


@contextmanager
def companion(*replies: Message) -> Iterator[tuple[int, list[Message]]]:
    """Answer `/generate` with `replies` on a UDP port; yield the port and the messages that arrive."""
    received: list[Message] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(30)

        def serve() -> None:
            while True:
                data, client = server.recvfrom(65_536)
                message = OscMessage(data)
                received.append((message.address, tuple(message.params)))
                if message.address.endswith("/generate"):
                    for reply in replies:
                        server.sendto(packet(reply), client)
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], received
        thread.join(30)


def test_it_sends_what_a_daw_sends_and_follows_the_job_to_its_manifest(capsys: pytest.CaptureFixture[str]) -> None:
    steps = [("/job/progress", ("ab12cd34", share, phase)) for share, phase in ((0.1, "a"), (0.2, "a"), (0.9, "b"))]
    with companion(ACCEPTED, *steps, DONE) as (port, received):
        assert demo._play_daw(port, Path("/song"), DemoReport(True)) == Path("/song/take/manifest.json")
    assert [address.removeprefix("/stembridge") for address, _ in received] == [
        *("/hello", "/tempo", "/timesig", "/key", "/project", "/genres", "/generate"),
    ]
    assert received[1][1] == (pytest.approx(97.6, abs=1e-5),)
    assert received[4][1] == (str(Path("/song")), "demo")
    assert received[6][1] == (16.0, 8.0)
    answers = [line for line in capsys.readouterr().err.splitlines() if line.startswith("<- ")]
    assert [line.split()[1] for line in answers] == [
        *("/job/accepted", "/job/progress", "/job/progress", "/job/done"),  # a line for every phase
    ]
    assert answers[-1] == "<- /job/done ab12cd34 /song/take/manifest.json 4"


@pytest.mark.parametrize("name", ["/error", "/job/failed", "/job/cancelled"])
def test_a_refusal_is_the_commands_error(name: str) -> None:
    with companion((name, ("ab12cd34", "No room."))) as (port, _), pytest.raises(StemBridgeError) as caught:
        demo._play_daw(port, Path("/song"), DemoReport(False))
    assert str(caught.value) == f"The companion answered {name}: ab12cd34 No room."


def test_no_answer_is_an_error_after_the_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "ANSWER_TIMEOUT_S", 0.05)
    with companion() as (port, _), pytest.raises(StemBridgeError, match=r"did not answer within 0\.05 s"):
        demo._play_daw(port, Path("/song"), DemoReport(False))


def test_a_companion_that_never_finishes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, demo.ANSWER_TIMEOUT_S + 1.0])
    monkeypatch.setattr(demo, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    with companion(ACCEPTED) as (port, _), pytest.raises(StemBridgeError, match="did not finish within 60 s"):
        demo._play_daw(port, Path("/song"), DemoReport(False))


@pytest.mark.parametrize(("line", "port"), [("ready osc=9124 http=9125\n", 9124), ("", None), ("error\n", None)])
def test_the_companion_tells_its_port_when_it_is_ready(line: str, port: int | None) -> None:
    process: Any = SimpleNamespace(stdout=io.StringIO(line))
    if port is not None:
        assert demo._await_ready(process, DemoReport(False)) == port
    else:
        with pytest.raises(StemBridgeError, match="did not start"):
            demo._await_ready(process, DemoReport(False))


class Process:
    """A companion's process that is asked to end."""

    def __init__(self) -> None:
        self.calls: list[object] = []

    def send_signal(self, number: int) -> None:
        self.calls.append(number)

    def wait(self, timeout_s: float) -> None:
        self.calls.append(timeout_s)


def run_demo(
    monkeypatch: pytest.MonkeyPatch, play: Callable[[int, Path, DemoReport], Path], *arguments: str
) -> tuple[int, Process]:
    process = Process()
    monkeypatch.setattr(demo, "_start", lambda _home: process)
    monkeypatch.setattr(demo, "_await_ready", lambda *_: 9124)
    monkeypatch.setattr(demo, "_play_daw", play)
    return main(["demo", *arguments]), process


@pytest.mark.usefixtures("folders")
def test_the_take_is_described_and_the_companion_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code, process = run_demo(monkeypatch, lambda _port, project, _report: write_take(project / "take"))
    assert (code, process.calls) == (0, [demo.signal.SIGTERM, demo.STOP_TIMEOUT_S])
    told = capsys.readouterr()
    assert str(tmp_path / "stembridge-demo" / "take" / "mix.wav") in told.out
    assert "/job/" not in told.out + told.err  # the messages are for -v


@pytest.mark.usefixtures("folders")
def test_json_is_the_manifest_with_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    take = write_take(tmp_path / "take")
    assert run_demo(monkeypatch, lambda *_: take, "--project", str(tmp_path), "--json")[0] == 0
    assert json.loads(capsys.readouterr().out) == {**MANIFEST, "manifest": str(take)}


def test_the_companion_is_ended_after_a_failure_too(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_port: int, _project: Path, _report: DemoReport) -> Path:
        raise StemBridgeError("No answer.")

    code, process = run_demo(monkeypatch, fail, "--project", str(tmp_path))
    assert (code, len(process.calls)) == (1, 2)
    assert not folders.data.exists()  # its own home is another, thrown away
