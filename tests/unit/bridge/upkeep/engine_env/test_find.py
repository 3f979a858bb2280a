"""The environment's Python, found while the environment is complete."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bridge.upkeep.engine_env.find import find_interpreter, has_package
from bridge.upkeep.engine_env.location import Location
from tests.helpers.engine_environment import RECORD, make_environment


@pytest.fixture
def location(tmp_path: Path) -> Location:
    return make_environment(tmp_path / "engine")


def test_it_is_found_while_it_is_whole(location: Location) -> None:
    found = find_interpreter(location.root)
    assert found is not None
    assert found.program == location.program
    location.program.unlink()
    location.program.symlink_to("/no/such/python")
    assert find_interpreter(location.root) is None


def test_an_environment_without_torch_or_without_a_record_is_none(location: Location) -> None:
    packages = location.packages
    assert packages is not None
    (packages / "torch" / "__init__.py").unlink()
    (packages / "torch").rmdir()
    assert find_interpreter(location.root) is None
    (packages / "torch.py").touch()
    assert find_interpreter(location.root) is not None
    location.record.unlink()
    assert find_interpreter(location.root) is None


def test_the_stamp_changes_with_every_installation(location: Location, tmp_path: Path) -> None:
    first = find_interpreter(location.root)
    later = find_interpreter(make_environment(tmp_path / "later", replace(RECORD, made="2026-02-02T00:00:00")).root)
    assert first is not None
    assert later is not None
    assert (first.stamp, later.stamp) == ("2026-01-01T00:00:00", "2026-02-02T00:00:00")


def test_a_package_is_looked_for_in_that_folder_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.py").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "__init__.py").touch()
    assert has_package(tmp_path, "mine")
    assert has_package(tmp_path, "folder")
    assert not has_package(tmp_path, "pytest")
    assert not has_package(tmp_path / "none", "mine")
