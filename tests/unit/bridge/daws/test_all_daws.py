"""The table of DAWs."""

from __future__ import annotations

import pytest

from bridge.daws.all_daws import DAWS, all_daws, find_daw
from engine.errors import InvalidValue


def test_every_row_of_the_table_is_a_daw() -> None:
    assert [daw.name for daw in all_daws()] == list(DAWS)
    with pytest.raises(InvalidValue, match="DAW must be reaper"):
        find_daw("cubase")
