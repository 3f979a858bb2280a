"""The common implementation of DAWs, on one that is a folder with a file `daw.ini`."""

from __future__ import annotations

from pathlib import Path

import pytest

import bridge.daws.scripted as scripted
from bridge import __version__
from bridge.daws.daw import DawStatus
from bridge.daws.installation import Installation, Patch
from bridge.daws.scripted import ScriptedDaw
from bridge.home.folders import Folders
from bridge.home.heartbeat import write_heartbeat
from engine.errors import InvalidValue, StemBridgeError
from tests.helpers.folders import snapshot


class Toy(ScriptedDaw):
    """One script, one line in the DAW's own `daw.ini`; which paths were about to change is in `changes`."""

    name = "toy"
    label = "Toy"

    def __init__(self) -> None:
        super().__init__(("toy-daw",))
        self.changes: list[list[str]] = []
        self.refusal: StemBridgeError | None = None

    def _before_change(self, paths: list[Path]) -> None:
        self.changes.append([path.name for path in paths])
        if self.refusal:
            raise self.refusal

    def _folder(self, dest: Path | None) -> Path:
        if dest is None:
            raise StemBridgeError("Toy was not found.")
        if not (dest / "daw.ini").is_file():
            raise InvalidValue("--dest", str(dest), "a folder of Toy")
        return dest

    def _installation(self, folder: Path) -> Installation:
        patch = Patch(lambda text: text.replace(b"OURS", b"") + b"OURS", lambda text: text.replace(b"OURS", b""))
        return Installation(folder, "scripts/receipt.json", {"scripts/a.lua": b"a"}, {"daw.ini": patch})

    def _notes(self, status: DawStatus) -> tuple[str, ...]:
        return (f"{status.version} {status.is_current} {status.is_running}",)


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toy:
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(scripted, "is_running", lambda names: set(names) == {"other"})
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "daw.ini").write_bytes(b"theirs")
    return Toy()


def test_the_status_goes_from_nothing_to_current_and_back(toy: Toy, tmp_path: Path) -> None:
    folder = tmp_path / "toy"
    assert toy.status(folder) == DawStatus("toy", folder, notes=(" False False",))
    assert {path.name for path in toy.install(folder)} == {"a.lua", "daw.ini"}
    assert toy.status(folder).notes == (f"{__version__} True False",)
    (folder / "scripts" / "a.lua").write_bytes(b"b")
    assert toy.status(folder).notes == (f"{__version__} False False",)
    toy.uninstall(folder)
    assert snapshot(folder) == {"daw.ini": b"theirs"}


def test_a_daw_that_is_not_found_has_a_status_but_cannot_be_installed(toy: Toy) -> None:
    toy._processes = ("other",)
    assert toy.status(None) == DawStatus("toy", None, is_running=True, notes=("Toy was not found.",))
    with pytest.raises(StemBridgeError, match="not found"):
        toy.install(None)


def test_a_wrong_folder_is_an_error_everywhere(toy: Toy, tmp_path: Path) -> None:
    for method in (toy.install, toy.uninstall, toy.status):
        with pytest.raises(InvalidValue, match="--dest must be a folder of Toy"):
            method(tmp_path)


def test_the_files_that_would_change_are_checked_first(toy: Toy, tmp_path: Path) -> None:
    folder = tmp_path / "toy"
    toy.install(folder)
    toy.install(folder)
    toy.uninstall(folder)
    toy.uninstall(folder)
    # A first installation overwrites daw.ini; a second nothing; removing changes daw.ini; then there is nothing.
    assert toy.changes == [["daw.ini"], [], ["daw.ini"]]


def test_a_refusal_leaves_everything_as_it_was(toy: Toy, tmp_path: Path) -> None:
    before = snapshot(tmp_path)
    toy.refusal = StemBridgeError("Toy is running.")
    with pytest.raises(StemBridgeError, match="is running"):
        toy.install(tmp_path / "toy")
    assert snapshot(tmp_path) == before
    toy.refusal = None
    toy.install(tmp_path / "toy")
    installed = snapshot(tmp_path)
    toy.refusal = StemBridgeError("Toy is running.")
    with pytest.raises(StemBridgeError, match="is running"):
        toy.uninstall(tmp_path / "toy")
    assert snapshot(tmp_path) == installed


def test_the_heartbeat_goes_only_where_scripts_were_installed(toy: Toy, tmp_path: Path) -> None:
    mailbox = Folders.of_user().mailbox
    mailbox.mkdir(parents=True)
    write_heartbeat(mailbox, "toy")
    toy.uninstall(tmp_path / "toy")
    assert (toy.status(tmp_path / "toy").heard_s or 0) >= 0
    assert [path.name for path in mailbox.iterdir()] == ["toy.alive"]
    toy.install(tmp_path / "toy")
    toy.uninstall(tmp_path / "toy")
    assert list(mailbox.iterdir()) == []
    assert toy.status(tmp_path / "toy").heard_s is None
