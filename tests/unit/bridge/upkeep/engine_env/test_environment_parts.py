"""Records, damage, the running of programs and the finding of tools, on files made here."""

from __future__ import annotations

import json
import os
import sys
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import psutil
import pytest

import bridge.upkeep.engine_env.tools as tools
from bridge.upkeep.engine_env.damage import damaged, installed, python_version
from bridge.upkeep.engine_env.find import find_interpreter
from bridge.upkeep.engine_env.hardware import Hardware
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import (
    BegunInstall,
    EnvironmentFault,
    EnvironmentRecord,
    read_begun,
    read_record,
    write_begun,
    write_record,
)
from bridge.upkeep.engine_env.run import run_program
from bridge.upkeep.engine_env.state import look_at
from bridge.upkeep.engine_env.tools import Pip, Uv, find_tool
from engine.errors import Cancelled

MADE = EnvironmentRecord(
    "cpu", "cpu", "because", "auto", "a CPU", "0123", "2.13.0+cpu", "3.11", "0.1.0", "2026-01-01T00:00:00"
)
CODE = b"one = 1\n"
LINUX = Hardware("linux", "x86_64")


@pytest.fixture
def place(tmp_path: Path) -> Location:
    """An environment with one distribution, by its files alone."""
    place = Location(tmp_path / "engine")
    packages = place.environment / ("Lib" if os.name == "nt" else "lib/python3.11") / "site-packages"
    info = packages / "torch-2.13.0+cpu.dist-info"
    info.mkdir(parents=True)
    (packages / "torch").mkdir()
    (packages / "torch" / "__init__.py").write_bytes(CODE)
    rows = [
        f"torch/__init__.py,sha256={urlsafe_b64encode(sha256(CODE).digest()).decode().rstrip('=')},{len(CODE)}",
        "torch/__pycache__/__init__.cpython-311.pyc,,",
        "torch-2.13.0+cpu.dist-info/RECORD,,",
    ]
    (info / "RECORD").write_text("\n".join(rows) + "\n")
    place.program.parent.mkdir(parents=True)
    place.program.symlink_to(sys.executable)
    write_record(place, MADE)
    return place


def test_a_record_comes_back_as_it_was(place: Location) -> None:
    assert read_record(place) == MADE
    write_begun(place, BegunInstall("cpu", 12, 3.5))
    assert read_begun(place) == BegunInstall("cpu", 12, 3.5)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{", '{"format": 1}', '{"format": 2}', "\ud83d".encode(errors="replace").decode()]
)
def test_a_record_that_cannot_be_read_is_none(place: Location, text: str) -> None:
    place.record.write_text(text)
    place.begun.write_text(text)
    assert read_record(place) is None
    assert read_begun(place) == BegunInstall()
    assert find_interpreter(place.root) is None
    assert look_at(place, LINUX).kind == "begun"


def test_of_a_later_form_it_is_none(place: Location) -> None:
    data = json.loads(place.record.read_text())
    place.record.write_text(json.dumps({**data, "format": 2}))
    assert read_record(place) is None


def test_files_that_are_gone_or_changed_are_damage(place: Location) -> None:
    packages = place.packages
    assert packages is not None
    file = packages / "torch" / "__init__.py"
    assert [one.requirement for one in installed(place)] == ["torch==2.13.0+cpu"]
    right = damaged(place), damaged(place, thorough=True)
    file.write_text("one = 2\n")
    assert damaged(place) == []
    changed = damaged(place, thorough=True)
    file.write_text("one = 11\n")
    longer = damaged(place)
    file.unlink()
    gone = damaged(place)
    assert [len(found) for found in (*right, changed, longer, gone)] == [0, 0, 1, 1, 1]


@pytest.mark.parametrize("text", ["", "torch/__init__.py", '"', "torch/__init__.py,sha256=x,eight"])
def test_a_list_of_files_that_is_none_is_damage(place: Location, text: str) -> None:
    (installed(place)[0].info / "RECORD").write_text(text)
    assert len(damaged(place)) == 1


def test_it_is_found_while_it_is_whole(place: Location) -> None:
    found = find_interpreter(place.root)
    assert found is not None
    assert found.program == place.program
    place.program.unlink()
    place.program.symlink_to("/no/such/python")
    assert find_interpreter(place.root) is None


@pytest.mark.parametrize(
    ("text", "version"),
    [("home = /usr/bin\nversion = 3.12.4\n", (3, 12)), ("version_info = 3.13.0rc1\nuv = 0.13\n", (3, 13))],
)
def test_the_environments_own_version_is_read(place: Location, text: str, version: tuple[int, int]) -> None:
    with pytest.raises(EnvironmentFault, match="is no environment"):
        python_version(place)
    (place.environment / "pyvenv.cfg").write_text(text)
    assert python_version(place) == version


def test_a_program_that_fails_is_one_sentence_with_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    program = "import sys; print('Collecting torch'); print('ERROR: No matching distribution found'); sys.exit(1)"
    lines: list[str] = []
    with pytest.raises(EnvironmentFault, match="No matching distribution found") as caught:
        run_program([sys.executable, "-c", program], {}, log, lines.append)
    assert str(log) in str(caught.value)
    assert [line for line in lines if line] == ["Collecting torch", "ERROR: No matching distribution found"]
    assert "Collecting torch" in log.read_text()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk is full; what has arrived"),
        ("cause: client error (Connect)", "index cannot be reached"),
        (
            "cause: Failed to download python-build-standalone/x\n cause: client error (Connect)",
            "no Python 3.11–3.13",
        ),
        ("error: No interpreter found for Python >=3.11", "no Python 3.11–3.13"),
    ],
)
def test_what_can_be_helped_is_named(tmp_path: Path, said: str, told: str) -> None:
    program = f"import sys; sys.exit({said!r})"
    with pytest.raises(EnvironmentFault, match=told):
        run_program([sys.executable, "-c", program], {}, tmp_path / "log", lambda _: None)


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match="cannot be run"):
        run_program(["/no/such/program"], {}, tmp_path / "log", lambda _: None)


def test_a_silent_program_is_ended_with_its_children(tmp_path: Path) -> None:
    child = "import time; time.sleep(60)"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    pids: list[int] = []

    def stop_when_both_run(_: str) -> None:
        if psutil.Process(pids[0]).children():
            pids.extend(one.pid for one in psutil.Process(pids[0]).children())
            raise Cancelled

    with pytest.raises(Cancelled):
        run_program([sys.executable, "-c", program], {}, tmp_path / "log", stop_when_both_run, pids.append)
    end_s = time.monotonic() + 60
    while any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids):
        assert time.monotonic() < end_s, pids
        time.sleep(0.05)


def test_commands_keep_everything_in_one_place(tmp_path: Path) -> None:
    place, pins = Location(tmp_path), tmp_path / "constraints.txt"
    for tool in (Pip("python3", (24, 1), (3, 11)), Uv("uv")):
        command = tool.install(place, ["torch"], "https://index.example", pins)
        assert {str(place.program), "torch", "https://index.example", str(pins)} <= set(command)
        kept = " ".join((*command, *tool.environ(place).values()))
        assert str(place.cache) in kept
        assert str(place.environment) in tool.make(place)
        assert "torch" in tool.uninstall(place, ["torch"])
    old, new = (
        Pip("python3", version, (3, 11)).install(place, ["torch"], "", None) for version in ((23, 2), (24, 1))
    )
    assert "raw" not in old
    assert "raw" in new
    assert "--index-url" not in new


def test_the_tool_that_is_here_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(find_tool(), Pip)
    monkeypatch.setattr(tools, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EnvironmentFault, match="install uv"):
        find_tool()
    (tmp_path / "uv").write_text("#!/bin/sh\n")
    (tmp_path / "uv").chmod(0o755)
    assert isinstance(find_tool(), Uv)


def test_a_bundle_takes_its_own_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    (tmp_path / "uv").write_text("")
    assert find_tool() == Uv(str(tmp_path / "uv"))
