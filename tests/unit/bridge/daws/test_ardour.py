"""Ardour's configuration folder: found, filled, emptied; the status names the steps to take in Ardour."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bridge.daws.ardour import ACTIONS, HOOK, HOOK_FILE, Ardour, config_folders
from bridge.daws.ardour_config import added_scripts
from bridge.daws.scripts import SCRIPTS, read_scripts
from bridge.home.heartbeat import write_heartbeat
from engine.errors import InvalidValue, StemBridgeError
from tests.helpers.ardour.seed import seed_config
from tests.helpers.folders import snapshot

OURS = SCRIPTS / "ardour"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "home"))
    folder = tmp_path / "config" / "ardour7"
    seed_config(folder, 4000)
    return folder


def installer() -> Ardour:
    return Ardour([f"ardour-{os.getpid()}"])


def test_install_brings_every_script_and_uninstall_leaves_no_byte(config: Path) -> None:
    before = snapshot(config)
    written = installer().install(config)
    names = {path.relative_to(config / "scripts").as_posix() for path in written}
    assert {*ACTIONS.values(), HOOK_FILE, "stembridge/stembridge.lua", "stembridge/home.lua"} <= names
    assert {f"stembridge/{name}" for name in read_scripts("ardour") if name.startswith("lib/")} <= names
    assert installer().install(config) == []
    status = installer().status(config)
    assert (status.is_installed, status.is_current, status.is_running) == (True, True, False)
    installer().uninstall(config)
    assert snapshot(config) == before


def test_scripts_changed_by_hand_are_told_and_mended(config: Path) -> None:
    installer().install(config)
    (config / "scripts" / HOOK_FILE).write_text("-- mine")
    assert not installer().status(config).is_current
    assert installer().install(config) == [config / "scripts" / HOOK_FILE]


def test_uninstall_deletes_the_heartbeat_of_the_hook(config: Path, tmp_path: Path) -> None:
    installer().install(config)
    mailbox = tmp_path / "home" / "data" / "mailbox"
    mailbox.mkdir(parents=True)
    write_heartbeat(mailbox, "ardour")
    heard_s = installer().status(config).heard_s
    assert heard_s is not None
    assert heard_s < 60
    installer().uninstall(config)
    assert installer().status(config).heard_s is None


def test_status_says_what_is_still_to_be_added_in_ardour(config: Path) -> None:
    installer().install(config)
    notes = " ".join(installer().status(config).notes)
    assert all(name in notes for name in (*ACTIONS, HOOK))
    actions = {number: OURS / file for number, file in enumerate(ACTIONS.values(), 1)}
    seed_config(config, 4000, actions=actions, hooks={OURS / HOOK_FILE: ("LuaTimerDS",)})
    added, hooks = added_scripts(config / "ui_scripts")
    assert set(ACTIONS) <= added
    assert hooks == {HOOK}
    notes = " ".join(installer().status(config).notes)
    assert "Script Manager" not in notes
    assert "OSC is on at port 4000" in notes


def test_each_system_has_its_own_folders_newest_version_first() -> None:
    home = Path("/home/me")
    assert config_folders("linux", {}, home)[0] == home / ".config" / "ardour9"
    assert config_folders("linux", {"XDG_CONFIG_HOME": "/c"}, home)[2] == Path("/c/ardour7")
    assert config_folders("darwin", {}, home)[1] == home / "Library" / "Preferences" / "Ardour8"
    assert config_folders("win32", {"LOCALAPPDATA": "/l"}, home)[0] == Path("/l/Ardour9")


def test_without_an_ardour_it_says_where_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Path
) -> None:
    for name in ("XDG_CONFIG_HOME", "HOME", "LOCALAPPDATA", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "empty home"))
    status = installer().status(None)
    assert status.folder is None
    assert "start it once" in status.notes[0]
    with pytest.raises(StemBridgeError, match="was not found"):
        installer().install(None)


@pytest.mark.skipif(os.name == "nt", reason="the folders of a Linux or macOS user")
def test_the_newest_ardour_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config.parent))
    (config.parent / "ardour8").mkdir()
    assert installer().status(None).folder == config.parent / "ardour8"


def test_dest_has_to_be_a_configuration_folder(tmp_path: Path) -> None:
    for action in (installer().install, installer().uninstall, installer().status):
        with pytest.raises(InvalidValue, match=r"--dest must be Ardour.s configuration folder"):
            action(tmp_path)
