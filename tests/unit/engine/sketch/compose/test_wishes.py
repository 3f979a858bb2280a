"""The composer's optional inputs, read from a request's block."""

import pytest

from engine.errors import InvalidValue
from engine.sketch.compose import Wishes, read_wishes
from tests.helpers.sketch_ears import play


@pytest.mark.parametrize("text", ["H7", "Em Cfoo", "|||", "x" * 3000, "V/V", "Em " * 300, 7, "C C C C C C C C C | F"])
def test_chords_nobody_knows_are_refused(text: object) -> None:
    with pytest.raises(InvalidValue, match="chords"):
        read_wishes({"chords": text})


@pytest.mark.parametrize("seeds", [{"vocals": 1}, {"bass": -1}, {"bass": 2**32}, {"bass": 1.5}, {"bass": True}, [1]])
def test_wrong_stem_seeds_are_refused(seeds: object) -> None:
    with pytest.raises(InvalidValue, match="stem_seeds must be"):
        read_wishes({"stem_seeds": seeds})


def test_nothing_given_is_nothing_wished() -> None:
    assert read_wishes({"chords": "", "stem_seeds": {}, "midi_part": {}, "steps": 50}) == Wishes()
    assert play("pop").reference is None
