"""Invalid input of every kind: its sender gets one clear sentence, and the companion keeps running."""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.helpers.command_here import run_here
from tests.helpers.companion_process import CompanionProcess, environ, run_bridge
from tests.helpers.folders import everything_in
from tests.helpers.osc_daw import END, Daw, Message, bundle, packet

NESTED = packet("/stembridge/ping")
for _ in range(9):
    NESTED = bundle(NESTED)


def only_error(daw: Daw) -> Message:
    """Return the one error that the messages so far have caused, and check its form."""
    errors = daw.errors_until_pong()
    assert len(errors) == 1, errors
    sentence = errors[0].values[0]
    assert sentence == sentence.strip()
    assert sentence.endswith((".", "…"))
    assert "\n" not in sentence
    assert "its log says why" not in sentence  # an internal error would be a bug, not the sender's mistake
    assert errors[0].size <= 1024
    return errors[0]


def _element(size: int, rest: bytes = b"") -> bytes:
    return b"#bundle\0" + struct.pack(">Qi", 1, size) + rest


PACKETS = {
    "text": b"garbage",
    "nothing": b"",
    "zeros": b"\0" * 16,
    "binary": bytes(range(256)),
    "largest": b"\xff" * 65_507,
    "address without an end": b"/stembridge/ping",
    "address that is not UTF-8": b"/\xff\xfe\xfd\0\0\0\0,\0\0\0",
    "bundle without a time tag": b"#bundle\0",
    "bundle cut in its time tag": b"#bundle\0\0\0\0",
    "bundle with a cut length": b"#bundle\0" + b"\0" * 8 + b"\0\0",
    "element of a negative length": _element(-1),
    "element of the most negative length": _element(-(2**31)),
    "element of minus eight": _element(-8, b"\0" * 8),
    "element of length nothing": _element(0),
    "element longer than the packet": _element(4096, b"/x\0\0"),
    "element of the greatest length": _element(2**31 - 4, b"/x\0\0"),
    "element of an odd length": _element(7, b"/x\0\0,\0\0"),
    "bundle nine deep": NESTED,
    "type tags without values": b"/stembridge/tempo\0\0\0,f\0\0",
    "float cut in half": b"/stembridge/tempo\0\0\0,f\0\0\x42\xc3",
    "text without an end": b"/stembridge/key\0,s\0\0Emin",
    "text that is not UTF-8": b"/stembridge/key\0,s\0\0\xff\xfe\xfd\0",
    "unknown type tag": b"/stembridge/tempo\0\0\0,Q\0\0\0\0\0\0",
    "blob": b"/stembridge/tempo\0\0\0,b\0\0\x7f\xff\xff\xff",
    "array that is never closed": b"/stembridge/tempo\0\0\0,[f\0\x42\xc3\x33\x33",
}


@pytest.mark.parametrize(
    ("transport", "data"),
    [
        pytest.param(transport, data, id=f"{transport}: {name}")
        for transport in ("udp", "tcp")
        for name, data in PACKETS.items()
        if data or transport == "udp"  # an empty frame is padding in SLIP, not a packet
    ],
)
def test_broken_packets(connect: Callable[..., Daw], transport: str, data: bytes) -> None:
    daw = connect(transport)
    daw.send_bytes(data)
    only_error(daw)


def test_bundles_in_bundles_to_the_end_of_the_packet(daw: Daw) -> None:
    data = packet("/stembridge/ping")
    while len(data) < 60_000:
        data = bundle(data)
    daw.send_bytes(data)
    assert "nested" in only_error(daw).values[0]


def test_complete_messages_in_a_broken_bundle_still_count(daw: Daw) -> None:
    daw.send_bytes(bundle(packet("/stembridge/timesig", 7, 8)) + struct.pack(">i", -4))
    only_error(daw)
    daw.send("/generate", json.dumps({"bars": 10_000, "genres": "funk"}))
    assert "7/8" in only_error(daw).values[0]


BAD_MESSAGES = {
    "unknown address": (("/tmepo", 97.6), "/stembridge/tmepo"),
    "no address of ours": (("",), "/stembridge"),
    "no argument": (("/tempo",), "nothing"),
    "too many arguments": (("/tempo", 97.6, 4.0), "4.0"),
    "text for a number": (("/tempo", "fast"), "fast"),
    "number for a text": (("/key", 4), "4"),
    "broken whole number": (("/timesig", 4.5, 4), "4.5"),
    "tempo 0": (("/tempo", 0.0), "0.0"),
    "tempo below": (("/tempo", 19.99), "19.99"),
    "tempo above": (("/tempo", 400.5), "400.5"),
    "negative tempo": (("/tempo", -97.6), "-97.6"),
    "tempo nan": (("/tempo", float("nan")), "nan"),
    "tempo inf": (("/tempo", float("inf")), "inf"),
    "tempo -inf": (("/tempo", float("-inf")), "-inf"),
    "meter of nothing": (("/timesig", 0, 4), "0/4"),
    "meter over three": (("/timesig", 4, 3), "4/3"),
    "meter over nothing": (("/timesig", 4, 0), "4/0"),
    "meter of inf": (("/timesig", float("inf"), 4.0), "inf"),
    "meter too large": (("/timesig", 33, 4), "33/4"),
    "key that is none": (("/key", "H minor"), "H minor"),
    "mode that is none": (("/key", "C happy"), "C happy"),
    "position nan": (("/position", float("nan")), "nan"),
    "position before the start": (("/position", -0.5), "-0.5"),
    "position far away": (("/position", 1e9), "1000000000.0"),
    "playing twice": (("/playing", 2), "2"),
    "reply port": (("/hello", "a", "b", 70_000), "70000"),
    "reply port below": (("/hello", "a", "b", -1), "-1"),
    "project that is missing": (("/project", "/no/such/folder"), "/no/such/folder"),
    "project that is relative": (("/project", "song"), "song"),
    "project that is too long": (("/project", "/" + "x" * 2000), "project"),
    "project with a name that is too long": (("/project", "/tmp/" + "x" * 300), "project"),
    "set of an unknown key": (("/set", "tmepo", 97.6), "tmepo"),
    "set of a bad value": (("/set", "steps", 151), "151"),
    "set of bad text": (("/set", "steps", "many"), "many"),
    "set of nan": (("/set", "cfg", float("nan")), "cfg"),
    "set of inf": (("/set", "tempo", float("inf")), "tempo"),
    "set of text nan": (("/set", "tempo", "nan"), "nan"),
    "set of an unknown engine": (("/set", "engine", "magic"), "magic"),
    "set of a bad map": (("/set", "tempo_map", "[1"), "[1"),
    "preset that is none": (("/preset", "Fats Prototyping"), "Fats Prototyping"),
    "genres with control signs": (("/genres", "funk\x07"), "genres"),
    "params that are no JSON": (("/params", "{"), "line 1"),
    "params that are a list": (("/params", "[1]"), "[1]"),
    "params with NaN": (("/params", '{"tempo": NaN}'), "NaN"),
    "params with 1e999": (("/params", '{"tempo": 1e999}'), "tempo"),
    "params with an unknown key": (("/params", '{"Tempo ": 97.6}'), "Tempo "),
    "params with a key twice": (("/params", '{"cfg": 4, "cfg": 5}'), "cfg"),
    "params too deep": (("/params", '{"stems": ' + "[" * 5000 + "]" * 5000 + "}"), "deep"),
    "params with two faults": (("/params", '{"tempo": 0, "steps": "x"}'), "steps"),
    "params with a long number": (("/params", '{"seed": ' + "9" * 5000 + "}"), "5,000 digits"),
    "generate before the start": (("/generate", -1.0, 8.0), "-1.0"),
    "generate at nan": (("/generate", float("nan"), 8.0), "nan"),
    "generate no bars": (("/generate", 0.0, 0.0), "0.0"),
    "generate nan bars": (("/generate", 0.0, float("nan")), "bars"),
    "generate inf bars": (("/generate", 0.0, float("inf")), "bars"),
    "generate too many bars": (("/generate", 0.0, 9999.0), "9999"),
    "generate too little": (("/generate", '{"bars": 0.001}'), "0.001"),
    "generate no JSON": (("/generate", "now"), "JSON"),
    "generate with a bad place": (("/generate", '{"start_beat": "16"}'), "16"),
    "generate with an unknown key": (("/generate", '{"bras": 8}'), "bars"),
    "generate of a stem that is none": (("/generate", '{"stems": ["kazoo"]}'), "kazoo"),
    "generate by an engine that is not there": (("/generate", '{"engine": "ace-step"}'), "ace-step"),
    "generate by a model that is none": (("/generate", '{"model": "xl"}'), "xl"),
    "generate a task of other engines": (("/generate", '{"task": "repaint"}'), "repaint"),
    "generate with a map that falls": (
        ("/generate", '{"tempo_map": [{"beat": 0, "bpm": 90}, {"beat": 0, "bpm": 100}]}'),
        "tempo_map",
    ),
    "regenerate nothing": (("/regenerate",), "no job"),
    "regenerate an unknown job": (("/regenerate", "nope"), "nope"),
    "regenerate a stem of nothing": (("/regenerate", "", "bass"), "no job"),
    "cancel nothing": (("/cancel",), "no unfinished job"),
    "cancel an unknown job": (("/cancel", "nope"), "nope"),
    "status of an unknown job": (("/status", "nope"), "nope"),
}


@pytest.mark.parametrize(("message", "named"), BAD_MESSAGES.values(), ids=BAD_MESSAGES.keys())
def test_bad_messages_are_answered_with_what_is_wrong(
    daw: Daw, message: tuple[str, ...], named: str, project: Path
) -> None:
    daw.set_up(project, genres="funk")
    daw.send(*message)
    error = only_error(daw)
    assert named in error.values[0]
    assert error.values[1] == "/stembridge" + message[0]
    assert everything_in(project) == []


def test_a_refused_value_leaves_the_previous_one(daw: Daw, project: Path) -> None:
    daw.set_up(project, genres="funk")
    for name, value in (("/tempo", 0.0), ("/key", "H"), ("/params", '{"tempo": 120, "cfg": 99}')):
        daw.send(name, value)
    assert len(daw.errors_until_pong()) == 3
    take = daw.take(0.0, 1.0)
    assert (take["tempo"], take["key"], "cfg" in take["params"]) == (97.6, "E minor", False)


def test_an_empty_project_is_not_told_and_nothing_at_all_is_a_request_too(daw: Daw, project: Path) -> None:
    daw.set_up(project)
    daw.send("/project", "")
    daw.send("/genres", "")
    take = daw.take(0.0, 1.0)
    assert (take["origin"]["genres"], bool(take["params"]["genres"])) == ("default", True)
    assert any("tempo/key map" in notice for notice in take["notices"])


def test_a_project_that_is_a_file(daw: Daw, tmp_path: Path) -> None:
    file = tmp_path / "song.rpp"
    file.touch()
    daw.send("/project", str(file))
    assert str(file) in only_error(daw).values[0]


def test_a_project_that_cannot_be_written_to(daw: Daw, project: Path) -> None:
    folder = project
    project.chmod(0o555)
    if os.access(project, os.W_OK):  # root may write everywhere except into the kernel's files
        folder = Path("/proc/sys/kernel")
    daw.set_up(genres="funk")
    daw.send("/project", str(folder))
    error = only_error(daw)
    assert str(folder) in error.values[0]
    assert "written" in error.values[0]
    daw.send("/generate", 0.0, 1.0)  # neither into the project named before nor into the companion's folder
    assert str(folder) in only_error(daw).values[0]
    project.chmod(0o755)
    assert everything_in(project) == []


def test_a_project_that_was_deleted_meanwhile(daw: Daw, project: Path) -> None:
    daw.set_up(project, genres="funk")
    project.rmdir()
    daw.send("/generate", 0.0, 1.0)
    assert str(project) in only_error(daw).values[0]
    assert not project.exists()


def test_a_project_whose_takes_folder_is_a_file(daw: Daw, project: Path) -> None:
    (project / "StemBridge").write_text("not yours")
    daw.send("/tempo", 97.6)
    daw.send("/project", str(project))
    assert str(project) in only_error(daw).values[0]
    assert (project / "StemBridge").read_text() == "not yours"
    assert everything_in(project) == ["StemBridge"]


def test_errors_with_long_values_still_fit_and_name_the_address(daw: Daw) -> None:
    for name, value in (
        ("/key", "é" * 20_000),
        ("/project", "/" + "ü" * 20_000),
        ("/preset", "\U0001f3b8" * 10_000),
        ("/params", json.dumps({f"key number {n}": n for n in range(900)})),
    ):
        daw.send(name, value)
        error = only_error(daw)
        assert error.values[0].endswith(".")
        assert error.values[1] == "/stembridge" + name


def test_a_long_unknown_address_is_called_unknown(daw: Daw) -> None:
    daw.send("/" + "x" * 3_000, "v")
    assert "is not an address" in only_error(daw).values[0]


def test_the_companions_own_replies_are_not_answered(daw: Daw) -> None:
    """Otherwise two companions could answer each other's replies for ever."""
    for name, values in (
        ("/welcome", ("1", 1)),
        ("/pong", ()),
        ("/error", ("what", "where")),
        ("/job/done", ("id", "path", 4)),
        ("/job/failed", ()),
    ):
        daw.send(name, *values)
    daw.send_bytes(b"/stembridge/error\0\0\0,s\0\0\xff")
    assert daw.errors_until_pong() == []


def test_two_thousand_bad_packets_in_a_row(daw: Daw) -> None:
    for number in range(2_000):
        daw.send_bytes(b"\xde\xad" + bytes([number % 256]) * (number % 50))
    for _ in range(50):  # UDP may drop packets that come too fast, also a ping
        daw.send("/ping")
        try:
            while daw.receive(0.5).name != "/pong":
                pass
            return
        except TimeoutError:
            continue
    pytest.fail("no answer to 50 pings")


def test_a_stream_without_frames_is_closed_and_others_go_on(connect: Callable[..., Daw], daw: Daw) -> None:
    stream = connect("tcp")
    with suppress(ConnectionError):  # reset or broken pipe: closed in both cases
        for _ in range(64):
            stream.socket.sendall(b"x" * 65_536)
        while stream.socket.recv(65_536):
            pass
    assert daw.errors_until_pong() == []


def test_a_wrong_slip_escape_is_one_error(connect: Callable[..., Daw]) -> None:
    daw = connect("tcp")
    daw.socket.sendall(END + b"/stembridge/ping\xdbx\0\0" + END)
    only_error(daw)


def test_a_frame_may_come_in_pieces(connect: Callable[..., Daw]) -> None:
    daw = connect("tcp")
    daw.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in END + packet("/stembridge/ping") + END:
        daw.socket.sendall(bytes([byte]))
    assert daw.wait_for("/pong")


def test_a_client_that_disconnects_loses_no_job(connect: Callable[..., Daw], daw: Daw, project: Path) -> None:
    with connect("tcp") as gone:
        gone.set_up(project)
        job = gone.generate(0.0, 1.0)
    daw.set_up(project)
    daw.take(0.0, 1.0)  # after it in the queue
    daw.send("/status", job)
    assert daw.wait_for("/job/done", job=job)


@pytest.mark.parametrize(("flag", "what"), [("--osc-port", "osc_port"), ("--http-port", "http_port")])
def test_two_companions_on_one_port(
    companion: CompanionProcess, daw: Daw, tmp_path: Path, flag: str, what: str
) -> None:
    port = getattr(companion, what)
    ports = {"--osc-port": "0", "--http-port": "0", flag: str(port)}
    ended = run_bridge(tmp_path, "serve", *(word for pair in ports.items() for word in pair))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert len(ended.stderr.splitlines()) == 1
    assert str(port) in ended.stderr
    assert flag in ended.stderr
    assert not (tmp_path / "data" / "companion.json").exists()
    assert daw.errors_until_pong() == []
    assert companion.file.is_file()


@pytest.mark.parametrize("port", ["65536", "-1", "x", "1.5", "", "9" * 5000])
@pytest.mark.parametrize("flag", ["--osc-port", "--http-port"])
def test_an_invalid_port(tmp_path: Path, flag: str, port: str) -> None:
    ended = run_here(tmp_path, "serve", f"{flag}={port}")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    assert port in ended.stderr
    assert everything_in(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        (["--project", "/no/such/folder"], 2, "/no/such/folder"),
        (["--engine", "magic"], 2, "magic"),
        (["--engine", "ace-step"], 1, "ace-step"),
        (["--host", "192.0.2.1"], 1, "192.0.2.1"),
    ],
)
def test_serve_refuses_invalid_arguments(tmp_path: Path, arguments: list[str], code: int, named: str) -> None:
    ended = run_bridge(tmp_path, "serve", "--osc-port", "0", "--http-port", "0", *arguments)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert len(ended.stderr.splitlines()) == 1
    assert named in ended.stderr


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.touch()
    ended = subprocess.run(
        [sys.executable, "-m", "bridge", "serve", "--osc-port", "0", "--http-port", "0"],
        env=environ(home),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert len(ended.stderr.splitlines()) == 1
    assert str(home) in ended.stderr


def test_a_job_queue_that_is_not_a_database(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "jobs.sqlite3").write_bytes(b"this is no database" * 100)
    ended = run_bridge(tmp_path, "serve", "--osc-port", "0", "--http-port", "0")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert len(ended.stderr.splitlines()) == 1
    assert "jobs.sqlite3" in ended.stderr
