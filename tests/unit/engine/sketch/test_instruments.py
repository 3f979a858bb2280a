"""Names of parts, instruments and drum lanes."""

import pytest

from engine.sketch.instruments import BASSES, DRUM_KEYS, KITS, PITCHED, STEMS, TUNED, instruments_for
from engine.sketch.synth import INSTRUMENTS

BANDSTAND = (*KITS, "percussion", *BASSES, *TUNED)


def test_the_renderer_has_every_instrument_that_styles_may_name_and_no_other() -> None:
    assert sorted(INSTRUMENTS) == sorted(BANDSTAND)


@pytest.mark.parametrize(
    ("stem", "has", "lacks"),
    [("drums", "kit_808", "percussion"), ("percussion", "percussion", "piano"), ("bass", "strings_low", "piano"),
     ("chords", "piano", "bass_sub"), ("pad", "strings", "kit_jazz"), ("lead", "sax", "bass_acid"),
     ("arp", "pluck", "percussion")],
)  # fmt: skip
def test_a_part_has_instruments_of_its_own_kind(stem: str, has: str, lacks: str) -> None:
    assert has in instruments_for(stem)
    assert lacks not in instruments_for(stem)


def test_every_name_is_unique() -> None:
    names = (*KITS, *BASSES, *TUNED)
    assert len(set(names)) == len(names)
    assert len(set(DRUM_KEYS.values())) == len(DRUM_KEYS)


def test_drum_lanes_are_on_general_midi_keys() -> None:
    assert (DRUM_KEYS["kick"], DRUM_KEYS["snare"], DRUM_KEYS["hat"], DRUM_KEYS["crash"]) == (36, 38, 42, 49)
    assert all(35 <= key <= 81 for key in DRUM_KEYS.values())


def test_pitched_parts_are_all_but_the_drums() -> None:
    assert tuple(stem for stem in STEMS if stem not in ("drums", "percussion")) == PITCHED
