"""The analysis of a signal: the same for any blocks, with times that hold, and of usable rates only."""

from __future__ import annotations

import numpy as np
import pytest

from engine.align.track.analysis import analyse
from engine.errors import InvalidValue
from tests.helpers.drift_set import drift_case


def test_the_size_of_the_blocks_changes_nothing() -> None:
    case = drift_case("step", 1, bars=12)
    whole = analyse([case.mix], case.sample_rate)
    parts = analyse(np.array_split(case.mix, 37), case.sample_rate)
    np.testing.assert_array_equal(whole.powers, parts.powers)
    np.testing.assert_array_equal(whole.attacks.times_s, parts.attacks.times_s)
    assert whole.length_s == len(case.mix) / case.sample_rate


@pytest.mark.parametrize("rate", [0, -1, 3_999, 384_001, True])
def test_unusable_rates_are_named(rate: int) -> None:
    with pytest.raises(InvalidValue, match="sample_rate must be"):
        analyse([], rate)
