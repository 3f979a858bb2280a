"""Missing and changed files, found by the lists of the distributions."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.upkeep.engine_env.damage import damaged, installed, python_version
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import (
    EnvironmentFault,
)
from tests.helpers.engine_environment import make_environment


@pytest.fixture
def location(tmp_path: Path) -> Location:
    return make_environment(tmp_path / "engine")


def test_files_that_are_gone_or_changed_are_damage(location: Location) -> None:
    packages = location.packages
    assert packages is not None
    file = packages / "torch" / "__init__.py"
    assert [one.requirement for one in installed(location)] == ["torch==2.13.0+cpu"]
    right = damaged(location), damaged(location, thorough=True)
    file.write_text("one = 2\n")
    assert damaged(location) == []
    changed = damaged(location, thorough=True)
    file.write_text("one = 11\n")
    longer = damaged(location)
    file.unlink()
    gone = damaged(location)
    assert [len(found) for found in (*right, changed, longer, gone)] == [0, 0, 1, 1, 1]


@pytest.mark.parametrize("text", ["", "torch/__init__.py", '"', "torch/__init__.py,sha256=x,eight"])
def test_a_list_of_files_that_is_none_is_damage(location: Location, text: str) -> None:
    (installed(location)[0].info / "RECORD").write_text(text)
    assert len(damaged(location)) == 1


@pytest.mark.parametrize(
    ("text", "version"),
    [("home = /usr/bin\nversion = 3.12.4\n", (3, 12)), ("version_info = 3.13.0rc1\nuv = 0.13\n", (3, 13))],
)
def test_the_environments_own_version_is_read(location: Location, text: str, version: tuple[int, int]) -> None:
    with pytest.raises(EnvironmentFault, match="is no environment"):
        python_version(location)
    (location.environment / "pyvenv.cfg").write_text(text)
    assert python_version(location) == version
