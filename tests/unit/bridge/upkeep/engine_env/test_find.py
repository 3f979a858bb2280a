"""The environment's Python, found while the environment is complete."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.upkeep.engine_env.find import find_interpreter
from bridge.upkeep.engine_env.location import Location
from tests.helpers.engine_environment import make_environment


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
