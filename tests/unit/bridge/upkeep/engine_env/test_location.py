"""The paths of the environment, all below one folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bridge.upkeep.engine_env.location import Location

POSIX = pytest.mark.skipif(os.name == "nt", reason="the layout of a POSIX environment")


def test_every_path_lies_in_the_root_and_none_is_used_twice() -> None:
    root = Path("/home/me/engine")
    location = Location(root)
    paths = [
        location.environment,
        location.record,
        location.begun,
        location.cache,
        location.pythons,
        location.log,
        location.lock,
    ]
    assert {path.parent for path in paths} == {root}
    assert len(set(paths)) == len(paths)
    assert location.environment in location.program.parents


def test_the_names_on_disk_stay_those_of_earlier_versions() -> None:
    location = Location(Path("e"))
    names = [path.name for path in (location.environment, location.record, location.begun, location.log)]
    assert names == ["environment", "record.json", "begun.json", "log.txt"]


@POSIX
def test_the_packages_are_those_of_the_python_that_is_there(tmp_path: Path) -> None:
    location = Location(tmp_path)
    assert location.packages is None
    for version in ("3.9", "3.12"):
        (location.environment / f"lib/python{version}/site-packages").mkdir(parents=True)
    (location.environment / "lib/pypy3.10/site-packages").mkdir(parents=True)
    assert location.packages == location.environment / "lib/python3.12/site-packages"


def test_on_windows_programs_and_packages_lie_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    location = Location(tmp_path)
    monkeypatch.setattr("bridge.upkeep.engine_env.location.os.name", "nt")
    program, packages = location.program, location.packages
    (location.environment / "Lib" / "site-packages").mkdir(parents=True)
    found = location.packages
    monkeypatch.undo()
    assert program == location.environment / "Scripts" / "python.exe"
    assert packages is None
    assert found == location.environment / "Lib" / "site-packages"
