"""REAPER's resource folder: found, filled, emptied; no changes while REAPER runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.daws.reaper import Reaper, resource_folders
from bridge.daws.reaper_actions import ACTIONS
from bridge.home.heartbeat import write_heartbeat
from engine.errors import InvalidValue, StemBridgeError
from tests.helpers.folders import snapshot

PROCESS = f"reaper-{os.getpid()}"
"""A name that only this test run uses: the developer's REAPER may be open."""
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
    yield process
    process.kill()
    process.wait()


def installer() -> Reaper:
    return Reaper([PROCESS])


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
    monkeypatch.setenv("HOME", str(tmp_path / "empty home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "empty home"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "empty home"))
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
