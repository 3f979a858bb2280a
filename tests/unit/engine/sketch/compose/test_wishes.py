"""The composer's optional inputs, read from a request's block."""

import pytest

from engine.errors import InvalidValue
from engine.music.chords import parse_chords
from engine.sketch.compose import Wishes, read_wishes
from tests.helpers.sketch_ears import play


@pytest.mark.parametrize("text", ["H7", "Em Cfoo", "|||", "x" * 3000, "V/V", "Em " * 300, 7, "C C C C C C C C C | F"])
def test_unknown_chords_are_refused(text: object) -> None:
    with pytest.raises(InvalidValue, match="chords"):
        read_wishes({"chords": text})


@pytest.mark.parametrize("seeds", [{"vocals": 1}, {"bass": -1}, {"bass": 2**32}, {"bass": 1.5}, {"bass": True}, [1]])
def test_wrong_stem_seeds_are_refused(seeds: object) -> None:
    with pytest.raises(InvalidValue, match="stem_seeds must be"):
        read_wishes({"stem_seeds": seeds})


def test_an_empty_block_gives_default_wishes() -> None:
    assert read_wishes({"chords": "", "stem_seeds": {}, "midi_part": {}, "steps": 50}) == Wishes()
    assert play("pop").reference is None


def test_wishes_are_read_one_by_one() -> None:
    wishes = read_wishes({"chords": "Em C", "stem_seeds": {"bass": 0, "pad": 2**32 - 1}, "energy": "high"}, "[Verse]")
    assert wishes == Wishes("[Verse]", parse_chords("Em C"), {"bass": 0, "pad": 2**32 - 1}, None)


def test_the_seeds_are_a_copy_of_the_block() -> None:
    seeds = {"bass": 3}
    wishes = read_wishes({"stem_seeds": seeds})
    seeds["bass"] = 4
    assert wishes.stem_seeds == {"bass": 3}


def test_the_error_for_a_wrong_seed_says_what_is_allowed() -> None:
    with pytest.raises(InvalidValue) as caught:
        read_wishes({"stem_seeds": {"vocals": 1}})
    assert str(caught.value) == (
        "stem_seeds must be {stem: seed} with stems of drums, percussion, bass, chords, pad, lead, arp and "
        "seeds 0–4294967295, not {'vocals': 1}."
    )
