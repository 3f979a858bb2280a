"""REAPER's resource folder: found, filled, emptied; refused while REAPER runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.daws.all_daws import DAWS, all_daws, find_daw
from bridge.daws.home_lua import launch_command
from bridge.daws.reaper import Reaper, resource_folders
from bridge.daws.reaper_actions import ACTIONS, action_lines, add_actions, drop_actions
from bridge.daws.running import is_running
from bridge.daws.scripts import read_scripts
from bridge.home.heartbeat import write_heartbeat
from engine.errors import InvalidValue, StemBridgeError

PROCESS = f"reaper-{os.getpid()}"
"""A name of this test run's own: the developer's REAPER may be open."""

# As REAPER 6 writes it: key bindings, custom actions, scripts; with the line ends of Windows.
KB_INI = (
    b"KEY 1 71 40012 0\t\t # Main : G : OVERRIDE DEFAULT : Item: Split\r\n"
    b'ACT 1 0 "f00d" "Custom: my action" 40012 40013\r\n'
    b'SCR 4 0 RSabc123 "Custom: theirs.lua" "theirs.lua"\r\n'
)


@pytest.fixture
def resources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "home"))
    folder = tmp_path / "REAPER (portable)"
    folder.mkdir()
    (folder / "reaper.ini").write_text("[reaper]\n")
    (folder / "reaper-kb.ini").write_bytes(KB_INI)
    return folder


@pytest.fixture
def running_reaper(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that the system knows by the name `PROCESS`."""
    program = tmp_path / PROCESS
    sleep = shutil.which("sleep")
    assert sleep
    shutil.copy(sleep, program)
    process = subprocess.Popen([program, "60"])
    end = time.monotonic() + 60
    while not is_running([PROCESS]) and time.monotonic() < end:
        time.sleep(0.01)
    yield process
    process.kill()
    process.wait()


def installer() -> Reaper:
    return Reaper([PROCESS])


def snapshot(root: Path) -> dict[Path, bytes | None]:
    return {path: path.read_bytes() if path.is_file() else None for path in root.rglob("*")}


def test_where_each_system_keeps_the_resource_folder() -> None:
    home = Path("/home/me")
    assert resource_folders("win32", {"APPDATA": "/appdata"}, home) == [Path("/appdata/REAPER")]
    assert resource_folders("win32", {}, home) == [home / "AppData/Roaming/REAPER"]
    assert resource_folders("darwin", {}, home) == [home / "Library/Application Support/REAPER"]
    assert resource_folders("linux", {}, home)[0] == home / ".config/REAPER"
    assert resource_folders("linux", {"XDG_CONFIG_HOME": "/x"}, home)[0] == Path("/x/REAPER")
    assert "fm.reaper.Reaper" in str(resource_folders("linux", {}, home)[1])


def test_everything_is_installed_and_uninstall_leaves_not_a_byte(resources: Path) -> None:
    before = snapshot(resources)
    reaper = installer()
    written = reaper.install(resources)
    scripts = resources / "Scripts" / "StemBridge"
    assert all((scripts / file).is_file() for _, file in ACTIONS.values())
    assert (resources / "OSC" / "StemBridge.ReaperOSC").is_file()
    assert (resources / "reaper-kb.ini").read_bytes().startswith(KB_INI)
    assert (resources / "reaper-kb.ini.stembridge-backup").read_bytes() == KB_INI
    status = reaper.status(resources)
    assert (status.is_installed, status.is_current, status.folder) == (True, True, resources)
    assert reaper.install(resources) == []
    assert sorted(reaper.uninstall(resources)) == sorted(written)
    assert snapshot(resources) == before
    assert not reaper.status(resources).is_installed


def test_while_reaper_runs_nothing_of_it_is_overwritten(
    resources: Path, running_reaper: subprocess.Popen[bytes]
) -> None:
    before = snapshot(resources)
    with pytest.raises(StemBridgeError, match=r"REAPER is running and would overwrite .*reaper-kb\.ini"):
        installer().install(resources)
    assert snapshot(resources) == before
    assert installer().status(resources).is_running
    running_reaper.kill()
    running_reaper.wait()
    installer().install(resources)


def test_while_reaper_runs_an_installation_that_is_complete_is_confirmed_but_not_removed(
    resources: Path, running_reaper: subprocess.Popen[bytes]
) -> None:
    (resources / "reaper-kb.ini").unlink()  # a REAPER that has never saved it: nothing would be overwritten
    assert installer().install(resources)
    assert installer().install(resources) == []
    with pytest.raises(StemBridgeError, match="REAPER is running"):
        installer().uninstall(resources)


def test_a_changed_script_is_not_current_and_is_put_right(resources: Path) -> None:
    installer().install(resources)
    script = resources / "Scripts" / "StemBridge" / "generate.lua"
    script.write_text("-- broken")
    status = installer().status(resources)
    assert (status.is_installed, status.is_current) == (True, False)
    assert installer().install(resources) == [script]
    assert installer().status(resources).is_current


def test_a_folder_that_is_not_reapers_is_refused(resources: Path, tmp_path: Path) -> None:
    for method in (installer().install, installer().uninstall, installer().status):
        with pytest.raises(InvalidValue, match="--dest must be REAPER's resource folder"):
            method(tmp_path)


def test_a_reaper_that_is_not_found_is_a_status_with_a_hint(
    resources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "nobody"))
    status = installer().status(None)
    assert (status.folder, status.is_installed) == (None, False)
    assert "--dest" in status.notes[0]
    with pytest.raises(StemBridgeError, match="REAPER was not found at"):
        installer().install(None)


def test_the_usual_folder_is_found(resources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = resource_folders(sys.platform, {"XDG_CONFIG_HOME": str(tmp_path), "APPDATA": str(tmp_path)}, tmp_path)[0]
    usual.mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert installer().status(None).folder == usual


def test_the_heartbeat_of_the_scripts_is_in_the_status_and_goes_with_them(resources: Path, tmp_path: Path) -> None:
    assert installer().status(resources).heard_s is None
    mailbox = tmp_path / "home" / "data" / "mailbox"
    mailbox.mkdir(parents=True)
    installer().install(resources)
    write_heartbeat(mailbox, "reaper")
    heard_s = installer().status(resources).heard_s
    assert heard_s is not None
    assert heard_s < 3
    installer().uninstall(resources)
    assert list(mailbox.iterdir()) == []


@given(
    lines=st.lists(
        st.sampled_from([*KB_INI.splitlines(keepends=True), b"\n", b"SCR", b"SCR 4 0 X", b"KEY 1 2 3 0\n"])
    ),
    newline=st.sampled_from([b"", b"\n", b"\r\n"]),
)
def test_our_lines_come_in_once_and_out_without_a_trace(lines: list[bytes], newline: bytes) -> None:
    ini = b"".join(lines) + newline
    added = add_actions(ini)
    assert add_actions(added) == added
    assert [added.count(line.encode()) for line in action_lines()] == [1] * len(ACTIONS)
    dropped = drop_actions(added)
    assert dropped == ini or dropped in (ini + b"\n", ini + b"\r\n")


def test_lines_of_an_older_version_and_their_key_bindings_are_replaced() -> None:
    old = KB_INI + b'SCR 4 0 STEMBRIDGE_GENERATE "Custom: old" "old.lua"\r\nKEY 1 71 _STEMBRIDGE_GENERATE 0\r\n'
    added = add_actions(old)
    assert b"old.lua" not in added
    assert b"KEY 1 71 _STEMBRIDGE_GENERATE 0\r\n" in added
    assert drop_actions(added) == KB_INI


def test_every_row_of_the_table_is_a_daw() -> None:
    assert [daw.name for daw in all_daws()] == list(DAWS)
    with pytest.raises(InvalidValue, match="DAW must be reaper"):
        find_daw("cubase")


def test_scripts_that_are_not_in_the_installation_are_an_error() -> None:
    with pytest.raises(StemBridgeError, match="The scripts for nothing are missing"):
        read_scripts("nothing")


def test_the_companion_is_started_with_this_python_and_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STEMBRIDGE_HOME", raising=False)
    assert launch_command() == f"{sys.executable} -m bridge serve"
    monkeypatch.setenv("STEMBRIDGE_HOME", "/my home")
    assert launch_command() == f'/usr/bin/env "STEMBRIDGE_HOME=/my home" {sys.executable} -m bridge serve'
