"""The table of DAWs."""

from __future__ import annotations

import pytest

from bridge.daws.all_daws import DAWS, all_daws, find_daw
from bridge.daws.scripts import read_scripts
from engine.errors import InvalidValue


def test_every_row_of_the_table_is_a_daw() -> None:
    assert [daw.name for daw in all_daws()] == list(DAWS)
    with pytest.raises(InvalidValue, match="DAW must be one of reaper"):
        find_daw("cubase")


@pytest.mark.parametrize("name", list(DAWS))
def test_a_daw_is_found_by_its_name_and_its_scripts_are_in_this_installation(name: str) -> None:
    assert find_daw(name).name == name
    assert read_scripts(name)


@pytest.mark.parametrize("name", ["", "REAPER", "reaper ", "live"])
def test_another_name_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(InvalidValue, match="DAW must be one of reaper, ableton, ardour"):
        find_daw(name)
