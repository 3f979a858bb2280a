"""What is older than the program, and mending it; scripts in DAWs are tested with real ones."""

from __future__ import annotations

import json
import venv
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from bridge import __version__
from bridge.home.folders import Folders
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.progress import InstallStep
from bridge.upkeep.engine_env.record import EnvironmentRecord
from bridge.upkeep.engine_env.requirements import own_requirements
from bridge.upkeep.updates import ENGINE, Outdated, find_outdated, repair_all
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
    place = Location(folders.engine)
    venv.create(place.environment)
    place.record.write_text(json.dumps(asdict(record)))


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
    told: list[InstallStep] = []

    def break_off(_: object) -> None:
        raise StemBridgeError("REAPER is running.")

    def mend(report: object) -> None:
        assert callable(report)
        report(InstallStep("torch", 0.5, "half of it"))
        mended.append("second")

    first, second = Outdated("first", "0.0.9", "", break_off), Outdated("second", "0.0.9", "", mend)
    assert repair_all([first, second], told.append) == {"first": "REAPER is running."}
    assert mended == ["second"]
    assert [step.share for step in told] == [0.5]
