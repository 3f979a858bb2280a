"""Deleting the environment."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.lock import exclusive
from bridge.upkeep.engine_env.record import EnvironmentFault
from bridge.upkeep.engine_env.remove import remove
from bridge.upkeep.engine_env.state import size_of
from tests.helpers.engine_environment import make_environment
from tests.helpers.folders import snapshot


def test_nothing_is_there_afterwards_and_the_freed_bytes_are_told(tmp_path: Path) -> None:
    location = make_environment(tmp_path / "engine")
    location.log.write_text("0123456789")
    expected = size_of(location)
    assert remove(location) == expected > 10
    assert snapshot(tmp_path) == {}


def test_without_an_environment_it_is_harmless(tmp_path: Path) -> None:
    assert remove(Location(tmp_path / "engine")) == 0
    assert snapshot(tmp_path) == {}


def test_one_that_is_being_changed_stays(tmp_path: Path) -> None:
    location = make_environment(tmp_path / "engine")
    with exclusive(location), pytest.raises(EnvironmentFault, match="is being changed"):
        remove(location)
    assert location.record.exists()


def test_of_a_link_only_the_link_goes(tmp_path: Path) -> None:
    location = make_environment(tmp_path / "engine")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").touch()
    location.pythons.symlink_to(elsewhere, target_is_directory=True)
    remove(location)
    assert snapshot(tmp_path) == {"elsewhere": None, "elsewhere/file": b""}


def test_files_in_use_are_a_sentence_and_what_is_left_does_not_look_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = make_environment(tmp_path / "engine")
    had_record: list[bool] = []
    # Nothing can be deleted, as on Windows while a program of the environment runs.
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: had_record.append(location.record.exists()))
    with pytest.raises(EnvironmentFault, match=r"could not be deleted whole; close what uses it"):
        remove(location)
    assert location.environment.exists()
    assert had_record
    assert not any(had_record)
