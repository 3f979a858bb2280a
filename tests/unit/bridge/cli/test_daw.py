"""`stembridge daw`: what is printed, and which folders are remembered, over a DAW in memory."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge.cli import daw as daw_command
from bridge.cli.main import main
from bridge.daws.daw import DawStatus
from bridge.home.folders import Folders
from engine.errors import StemBridgeError

FOLDER = Path("/DAWs/REAPER")


class FakeDaw:
    """A DAW that has two files of ours, or none."""

    name, label = "reaper", "REAPER"

    def __init__(self) -> None:
        self.version, self.heard_s = "", None
        self.notes: tuple[str, ...] = ("Restart REAPER.",)

    def status(self, dest: Path | None) -> DawStatus:
        return DawStatus(self.name, dest or FOLDER, self.version, bool(self.version), True, self.heard_s, self.notes)

    def install(self, dest: Path | None) -> list[Path]:
        folder = dest or FOLDER
        written = [] if self.version else [folder / "a.lua", folder / "b.lua"]
        self.version = "1.0"
        return written

    def uninstall(self, dest: Path | None) -> list[Path]:
        removed = [(dest or FOLDER) / "a.lua"] if self.version else []
        self.version = ""
        return removed


@pytest.fixture(autouse=True)
def reaper(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> FakeDaw:
    daw = FakeDaw()
    monkeypatch.setattr(daw_command, "all_daws", lambda: [daw])
    monkeypatch.setattr(daw_command, "find_daw", lambda _: daw)
    return daw


def printed(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> list[str]:
    assert main(["daw", *arguments]) == code
    return capsys.readouterr().out.splitlines()


def test_installing_prints_every_file_and_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(FOLDER / "a.lua"), str(FOLDER / "b.lua")]
    assert printed(capsys, "install", "reaper") == [*files, "  Restart REAPER."]
    assert printed(capsys, "install", "reaper") == [
        "The scripts were there already, up to date.",
        "  Restart REAPER.",
    ]


def test_uninstalling_prints_what_has_gone(capsys: pytest.CaptureFixture[str]) -> None:
    printed(capsys, "install", "reaper")
    assert printed(capsys, "uninstall", "reaper")[0] == str(FOLDER / "a.lua")
    assert printed(capsys, "uninstall", "reaper")[0] == "There was nothing of ours in REAPER."


def test_without_a_name_it_goes_into_what_is_found(
    reaper: FakeDaw, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    absent, broken = FakeDaw(), FakeDaw()
    absent.label, broken.label = "Absent", "Broken"
    monkeypatch.setattr(absent, "status", lambda _: DawStatus("absent", None))
    monkeypatch.setattr(broken, "install", failing_install)
    monkeypatch.setattr(daw_command, "all_daws", lambda: [broken, absent, reaper])
    assert main(["daw", "install"]) == 1  # one failed, which keeps no other from it
    told = capsys.readouterr()
    assert told.out.splitlines()[:2] == ["REAPER:", str(FOLDER / "a.lua")]
    assert told.err == "stembridge: Broken: Close it first.\n"
    assert main(["daw", "install", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert ([one["files"] for one in document["daws"]], document["faults"]) == ([[]], ["Broken: Close it first."])
    monkeypatch.setattr(daw_command, "all_daws", lambda: [absent])
    assert main(["daw", "install"]) == 1
    assert "No DAW was found on this computer; known are Absent." in capsys.readouterr().err


def failing_install(_: Path | None) -> list[Path]:
    raise StemBridgeError("Close it first.")


def test_an_unusual_folder_is_remembered_until_it_is_empty_again(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert printed(capsys, "install", "reaper", "--dest", "portable")[0] == str(tmp_path / "portable" / "a.lua")
    assert str(tmp_path / "portable") in folders.daw_places.read_text()
    printed(capsys, "uninstall", "reaper", "--dest", str(tmp_path / "portable"))
    assert not folders.daw_places.exists() or "portable" not in folders.daw_places.read_text()


def test_json_has_the_files_and_notes(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads("\n".join(printed(capsys, "install", "reaper", "--json"))) == {
        "daw": "reaper",
        "action": "install",
        "files": [str(FOLDER / "a.lua"), str(FOLDER / "b.lua")],
        "notes": ["Restart REAPER."],
    }
    (status,) = json.loads("\n".join(printed(capsys, "status", "--json")))["daws"]
    assert status == {
        "daw": "reaper",
        "folder": str(FOLDER),
        "version": "1.0",
        "is_current": True,
        "is_running": True,
        "heard_s": None,
        "notes": ["Restart REAPER."],
        "is_installed": True,
    }


def test_the_list_has_a_line_for_each_and_the_status_says_more(
    reaper: FakeDaw, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(capsys, "list") == ["reaper     REAPER         not installed"]
    reaper.version, reaper.heard_s = "1.0", 61.4
    assert printed(capsys, "status", "reaper") == [
        "reaper     REAPER         installed, version 1.0",
        f"  folder: {FOLDER}",
        "  running; its scripts were last heard 61 s ago",
        "  Restart REAPER.",
    ]


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (DawStatus("reaper", None), "not found on this computer"),
        (DawStatus("reaper", FOLDER), "not installed"),
        (DawStatus("reaper", FOLDER, "1.0", is_current=True), "installed, version 1.0"),
        (DawStatus("reaper", FOLDER, "0.9"), "installed, version 0.9 (not up to date)"),
    ],
)
def test_the_state_in_words(status: DawStatus, text: str) -> None:
    assert daw_command._status_text(status) == text


@pytest.mark.parametrize(
    ("heard_s", "running", "text"),
    [
        (None, False, "not running; its scripts were never heard"),
        (0.0, True, "running; its scripts are heard now"),
        (5.0, True, "running; its scripts are heard now"),
        (5.1, True, "running; its scripts were last heard 5 s ago"),
        (3600.0, False, "not running; its scripts were last heard 3600 s ago"),
    ],
)
def test_a_heartbeat_of_the_last_five_seconds_is_now(heard_s: float | None, running: bool, text: str) -> None:
    assert daw_command._heard(DawStatus("reaper", FOLDER, is_running=running, heard_s=heard_s)) == text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["uninstall"], "Say which DAW: reaper."),
        (["status", "--dest", "/x"], "Say which DAW is in /x: stembridge daw status NAME --dest …"),
    ],
)
def test_a_name_is_needed(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["daw", *arguments]) == 2
    assert sentence in capsys.readouterr().err
