"""The control surface in Live's User Library: installed, updated, removed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bridge.daws.ableton import CHOOSE, HOME, SCRIPTS, Ableton
from bridge.daws.scripts import SCRIPTS as ALL_SCRIPTS
from bridge.home.heartbeat import write_heartbeat
from engine.errors import InvalidValue, StemBridgeError
from tests.helpers.folders import snapshot

NO_LIVE = (f"no-live-{os.getpid()}",)
"""Names that no process has: the developer's Live may be open."""


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "Jürgen's home"))
    folder = tmp_path / "my library"
    (folder / "Presets").mkdir(parents=True)
    return folder


def user_library(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def test_everything_is_installed_and_uninstall_leaves_not_a_byte(library: Path, tmp_path: Path) -> None:
    before = snapshot(library)
    ableton = Ableton(NO_LIVE)
    written = ableton.install(library)
    installed = {path.name for path in (library / SCRIPTS).iterdir()}
    sources = {path.name for path in (ALL_SCRIPTS / "ableton" / "StemBridge").glob("*.py")}
    assert installed == sources | {HOME, "installed.json"}
    home = json.loads((library / SCRIPTS / HOME).read_text())
    assert home["data"] == str(tmp_path / "Jürgen's home" / "data")
    status = ableton.status(library)
    assert (status.is_installed, status.is_current, status.folder) == (True, True, library)
    assert status.notes == (CHOOSE,)
    assert ableton.install(library) == []
    (library / SCRIPTS / "__pycache__").mkdir()
    (library / SCRIPTS / "__pycache__" / "osc.cpython-37.pyc").write_bytes(b"of Live's own Python")
    assert sorted(ableton.uninstall(library)) == sorted(written)
    assert snapshot(library) == before
    assert "installs the control surface" in ableton.status(library).notes[0]


def test_a_script_that_was_changed_is_put_right(library: Path) -> None:
    ableton = Ableton(NO_LIVE)
    ableton.install(library)
    script = library / SCRIPTS / "link.py"
    script.write_text("# broken")
    assert not ableton.status(library).is_current
    assert ableton.install(library) == [script]


def test_a_folder_that_is_no_user_library_is_refused(library: Path, tmp_path: Path) -> None:
    for method in (Ableton(NO_LIVE).install, Ableton(NO_LIVE).uninstall, Ableton(NO_LIVE).status):
        with pytest.raises(InvalidValue, match="--dest must be Live's User Library"):
            method(tmp_path)


def test_a_live_that_is_not_found_is_a_status_with_a_hint(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "USERPROFILE", "APPDATA", "WINEPREFIX"):
        monkeypatch.setenv(name, str(tmp_path / "empty home"))
    status = Ableton(NO_LIVE).status(None)
    assert (status.folder, status.is_installed) == (None, False)
    assert "--dest" in status.notes[0]
    with pytest.raises(StemBridgeError, match="User Library was not found at"):
        Ableton(NO_LIVE).install(None)


def test_the_usual_library_is_found_and_filled(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "USERPROFILE", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("WINEPREFIX", raising=False)
    monkeypatch.setattr("sys.platform", "darwin")
    usual = user_library(tmp_path / "Music" / "Ableton" / "User Library")
    Ableton(NO_LIVE).install(None)
    assert (usual / SCRIPTS / "__init__.py").is_file()


def test_the_heartbeat_is_in_the_status_and_goes_with_the_scripts(library: Path, tmp_path: Path) -> None:
    mailbox = tmp_path / "Jürgen's home" / "data" / "mailbox"
    mailbox.mkdir(parents=True)
    ableton = Ableton(NO_LIVE)
    ableton.install(library)
    assert ableton.status(library).heard_s is None
    write_heartbeat(mailbox, "ableton")
    assert ableton.status(library).heard_s is not None
    ableton.uninstall(library)
    assert list(mailbox.iterdir()) == []
