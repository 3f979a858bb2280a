"""Parts of an older version, and updating them."""

from __future__ import annotations

import json
import venv
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from bridge import __version__
from bridge.daws.places import remember
from bridge.daws.reaper import RECEIPT, Reaper
from bridge.home.folders import Folders
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.progress import InstallStep, ReportStep
from bridge.upkeep.engine_env.record import EnvironmentRecord
from bridge.upkeep.engine_env.requirements import own_requirements
from bridge.upkeep.updates import ENGINE, Outdated, find_outdated, progress_text, repair_all
from engine.errors import StemBridgeError

RECORD = EnvironmentRecord(
    device="cpu",
    channel="",
    reason="no GPU",
    asked="auto",
    found="",
    fingerprint="of then",
    torch="2.9.0",
    python="3.11.2",
    version="0.0.9",
    made="2026-01-01T00:00:00+00:00",
)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    for name in ("HOME", "XDG_CONFIG_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "account"))
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path))
    return Folders.of_user()


def write(folders: Folders, record: EnvironmentRecord) -> None:
    location = Location(folders.engine)
    venv.create(location.environment)
    location.record.write_text(json.dumps(asdict(record)))


def test_an_environment_that_was_made_of_other_libraries_is_older(folders: Folders) -> None:
    assert find_outdated(folders) == []
    write(folders, RECORD)
    (one,) = find_outdated(folders)
    assert (one.name, one.version, one.is_announced) == (ENGINE, "0.0.9", True)
    assert one.sentence == f"The engine environment was made by version 0.0.9; {__version__} wants other libraries."


def test_one_of_an_older_version_that_is_made_of_the_same_libraries_is_not(folders: Folders) -> None:
    write(folders, replace(RECORD, fingerprint=own_requirements().fingerprint))
    assert find_outdated(folders) == []


def test_what_goes_wrong_with_one_thing_keeps_no_other_from_being_mended() -> None:
    mended: list[str] = []
    steps: list[InstallStep] = []

    def break_off(_: object) -> None:
        raise StemBridgeError("REAPER is running.")

    def mend(report: object) -> None:
        assert callable(report)
        report(InstallStep("torch", 0.5, "half of it"))
        mended.append("second")

    first, second = Outdated("first", "0.0.9", "", break_off), Outdated("second", "0.0.9", "", mend)
    assert repair_all([first, second], steps.append) == {"first": "REAPER is running."}
    assert mended == ["second"]
    assert [step.share for step in steps] == [0.5]


@pytest.fixture
def reaper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A portable REAPER with our scripts, which `--dest` has named."""
    monkeypatch.setattr("bridge.daws.scripted.is_running", lambda _: False)
    folder = tmp_path / "portable REAPER"
    folder.mkdir()
    (folder / "reaper.ini").touch()
    Reaper().install(folder)
    return folder


def test_scripts_of_an_older_version_are_announced_and_updated(folders: Folders, reaper: Path) -> None:
    remember(folders.daw_places, "reaper", reaper)
    assert find_outdated(folders) == []
    receipt = reaper / RECEIPT
    receipt.write_text(json.dumps({**json.loads(receipt.read_text()), "version": "0.0.9"}))
    (one,) = find_outdated(folders)
    assert (one.name, one.version, one.is_announced) == (f"scripts in REAPER ({reaper})", "0.0.9", True)
    assert one.sentence == f"Stem Bridge's scripts in REAPER ({reaper}) are of version 0.0.9; this is {__version__}."
    assert repair_all([one], lambda _: None) == {}
    assert find_outdated(folders) == []


def test_scripts_of_this_version_that_differ_are_found_but_not_announced(folders: Folders, reaper: Path) -> None:
    remember(folders.daw_places, "reaper", reaper)
    script = reaper / "Scripts" / "StemBridge" / "generate.lua"
    right = script.read_bytes()
    script.write_text("-- of another installation")
    (one,) = find_outdated(folders)
    assert (one.version, one.is_announced) == (__version__, False)
    assert one.sentence == (
        f"Stem Bridge's scripts in REAPER ({reaper}) are not as this installation puts them there."
    )
    assert repair_all([one], lambda _: None) == {}
    assert script.read_bytes() == right


def test_the_environment_is_repaired_with_the_listener(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Location] = []

    def remake(location: Location, *, report: ReportStep) -> None:
        made.append(location)
        report(InstallStep("torch", 0.25, "fetching torch"))

    monkeypatch.setattr("bridge.upkeep.engine_env.make.remake", remake)
    write(folders, RECORD)
    steps: list[InstallStep] = []
    assert repair_all(find_outdated(folders), steps.append) == {}
    assert made == [Location(folders.engine)]
    assert [progress_text(step) for step in steps] == ["25% torch: fetching torch"]
