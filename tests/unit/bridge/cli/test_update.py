"""`stembridge update`: what is repaired or only listed, and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from bridge import __version__
from bridge.cli import update
from bridge.cli.main import main
from bridge.upkeep.engine_env.progress import ReportStep
from bridge.upkeep.updates import Outdated
from engine.errors import StemBridgeError

repaired: list[str] = []


def outdated(name: str, fault: str = "") -> Outdated:
    def repair(_: ReportStep) -> None:
        if fault:
            raise StemBridgeError(fault)
        repaired.append(name)

    return Outdated(name, "0.9", f"{name} is old.", repair)


Find = Callable[..., None]


@pytest.fixture
def find(folders: object, monkeypatch: pytest.MonkeyPatch) -> Find:
    repaired.clear()
    return lambda *found: monkeypatch.setattr(update, "find_outdated", lambda _: list(found))


def test_nothing_outdated_is_0_and_a_sentence(find: Find, capsys: pytest.CaptureFixture[str]) -> None:
    find()
    assert main(["update"]) == 0
    assert capsys.readouterr().out == "Everything is up to date.\n"
    assert main(["update", "--check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"version": __version__, "outdated": []}


def test_checking_lists_and_changes_nothing(find: Find, capsys: pytest.CaptureFixture[str]) -> None:
    find(outdated("scripts in REAPER"))
    assert main(["update", "--check"]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "stembridge: scripts in REAPER is old.\n")
    assert repaired == []


def test_what_fails_does_not_keep_the_rest(find: Find, capsys: pytest.CaptureFixture[str]) -> None:
    find(outdated("Live", "Live is running."), outdated("REAPER"))
    assert main(["update"]) == 1
    told = capsys.readouterr()
    assert told.out == f"REAPER: version 0.9 is now {__version__}\n"
    assert told.err == "stembridge: Live is running.\n"
    assert repaired == ["REAPER"]


def test_json_has_every_part_with_its_fault(find: Find, capsys: pytest.CaptureFixture[str]) -> None:
    find(outdated("Live", "Live is running."), outdated("REAPER"))
    assert main(["update", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["outdated"] == [
        {"name": "Live", "version": "0.9", "repaired": False, "fault": "Live is running."},
        {"name": "REAPER", "version": "0.9", "repaired": True, "fault": ""},
    ]
    find(outdated("REAPER"))
    assert main(["update"]) == 0
