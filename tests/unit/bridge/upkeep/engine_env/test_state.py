"""The status of an environment: each kind, with its sentence and the action that helps."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

import bridge.upkeep.engine_env.state as state
from bridge import __version__
from bridge.upkeep.engine_env.hardware import Hardware
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import BegunInstall, EnvironmentFault, write_begun
from bridge.upkeep.engine_env.requirements import Requirements
from bridge.upkeep.engine_env.state import USABLE, EnvironmentState, look_at, outdated_record, size_of
from engine.errors import InvalidValue
from tests.helpers.engine_environment import CODE, RECORD, make_environment

LINUX = Hardware("linux", "x86_64")
RTX_4090 = Hardware("linux", "x86_64", "NVIDIA GeForce RTX 4090", (13, 0), (8, 9))
OWN = Requirements("torch>=2.13,<2.14", ("numpy>=2",))
CURRENT = replace(RECORD, fingerprint=OWN.fingerprint)


@pytest.fixture(autouse=True)
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "own_requirements", lambda: OWN)


@pytest.fixture
def location(tmp_path: Path) -> Location:
    return make_environment(tmp_path / "engine", CURRENT)


def facts(found: EnvironmentState) -> tuple[str, bool, str]:
    return found.kind, found.kind in USABLE, found.to_do


def test_no_environment_yet(tmp_path: Path) -> None:
    found = look_at(Location(tmp_path / "engine"), RTX_4090)
    assert facts(found) == ("absent", False, "install")
    assert (found.record, found.wanted_device, found.size_bytes) == (None, "cuda", 0)
    assert found.wanted_reason == "there is NVIDIA GeForce RTX 4090 with a driver for CUDA 13.0"


def test_an_interrupted_installation_is_resumed_by_installing(tmp_path: Path) -> None:
    location = Location(tmp_path / "engine")
    write_begun(location, BegunInstall())
    assert facts(look_at(location, LINUX)) == ("begun", False, "install")
    location.begun.unlink()
    location.environment.mkdir()
    assert facts(look_at(location, LINUX)) == ("begun", False, "install")


def test_a_whole_one_says_what_it_is_ready_for(location: Location) -> None:
    found = look_at(location, LINUX)
    assert facts(found) == ("whole", True, "")
    assert found.sentence == "Ready: torch 2.13.0+cpu for cpu. a CPU"


def test_damage_comes_before_everything_else(location: Location) -> None:
    packages = location.packages
    assert packages is not None
    (packages / "torch" / "__init__.py").unlink()
    found = look_at(location, RTX_4090)
    assert facts(found) == ("damaged", False, "repair")
    assert found.sentence == "Files are missing or changed in torch; repairing installs it again."
    location.program.unlink()
    assert look_at(location, LINUX).sentence.startswith(f"Its Python ({location.program}) is gone")


def test_of_many_damaged_ones_five_are_named(location: Location) -> None:
    packages = location.packages
    assert packages is not None
    for name in "abcdef":
        (packages / f"{name}-1.0.dist-info").mkdir()
    sentence = look_at(location, LINUX).sentence
    assert sentence == "Files are missing or changed in a, b, c, d, e; repairing installs these 6 again."


def test_other_requirements_are_an_older_environment(tmp_path: Path) -> None:
    location = make_environment(tmp_path / "engine", replace(CURRENT, fingerprint="old", version="0.0.9"))
    found = look_at(location, LINUX)
    assert facts(found) == ("outdated", True, "repair")
    assert found.sentence == f"It was made by version 0.0.9; {__version__} wants other libraries."


def test_another_graphics_card_is_a_misfit_that_still_works(location: Location) -> None:
    found = look_at(location, RTX_4090)
    assert facts(found) == ("misfit", True, "repair")
    assert found.sentence.startswith("It works, but it was made for cpu, and cuda is what this machine has now")


def test_the_device_that_was_requested_stays_in_effect(tmp_path: Path) -> None:
    location = make_environment(tmp_path / "engine", replace(CURRENT, asked="cpu"))
    assert look_at(location, RTX_4090).kind == "whole"
    assert look_at(location, RTX_4090).wanted_device == "cpu"
    assert look_at(location, RTX_4090, "auto").kind == "misfit"
    with pytest.raises(InvalidValue, match="--device must be one of auto, cuda, rocm, cpu"):
        look_at(location, RTX_4090, "mps")


def test_a_machine_that_torch_has_no_builds_for_gets_the_reason(tmp_path: Path) -> None:
    found = look_at(Location(tmp_path), Hardware("darwin", "x86_64"))
    assert found.wanted_device is None
    assert "Intel processors" in found.wanted_reason


def test_requirements_that_cannot_be_read_do_not_spoil_what_works(
    location: Location, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> Requirements:
        raise EnvironmentFault("Stem Bridge is not installed here.")

    monkeypatch.setattr(state, "own_requirements", refuse)
    assert outdated_record(location) is None
    assert look_at(location, LINUX).kind == "whole"


def test_the_document_is_json_with_what_follows_from_the_kind(location: Location) -> None:
    document = json.loads(json.dumps(look_at(location, LINUX).document()))
    assert (document["kind"], document["usable"], document["to_do"]) == ("whole", True, "")
    assert document["record"]["torch"] == "2.13.0+cpu"
    assert document["size_bytes"] == size_of(location)


def test_a_file_with_two_names_is_counted_once_and_a_link_not_at_all(tmp_path: Path) -> None:
    location = Location(tmp_path / "engine")
    location.root.mkdir()
    (location.root / "one").write_bytes(CODE)
    os.link(location.root / "one", location.root / "two")
    (location.root / "link").symlink_to(location.root / "one")
    assert size_of(location) == len(CODE)
