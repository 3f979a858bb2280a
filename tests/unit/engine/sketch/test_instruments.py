"""Names of parts, instruments and drum lanes."""

from engine.sketch.instruments import BASSES, KITS, TUNED
from engine.sketch.synth import INSTRUMENTS

BANDSTAND = (*KITS, "percussion", *BASSES, *TUNED)


def test_the_renderer_has_every_instrument_that_styles_may_name_and_no_other() -> None:
    assert sorted(INSTRUMENTS) == sorted(BANDSTAND)
