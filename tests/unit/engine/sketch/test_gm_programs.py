"""General MIDI programs of the instruments."""

import pytest

from engine.sketch.gm_programs import GM_PROGRAMS
from engine.sketch.instruments import BASSES, KITS, TUNED
from engine.sketch.synth import INSTRUMENTS

GM2_KITS = {0, 8, 16, 24, 25, 32, 40, 48}


def test_every_instrument_of_the_renderer_has_a_program_and_nothing_else_has() -> None:
    assert sorted(GM_PROGRAMS) == sorted(INSTRUMENTS)


def test_kits_have_programs_of_kits() -> None:
    assert {GM_PROGRAMS[kit] for kit in (*KITS, "percussion")} <= GM2_KITS


@pytest.mark.parametrize(
    ("names", "programs"),
    [
        ([name for name in BASSES if name.startswith("bass_") and name != "bass_organ"], range(32, 40)),
        ([name for name in TUNED if name.startswith("guitar_")], range(24, 32)),
        ([name for name in TUNED if "piano" in name or name in ("wurli", "clav", "harpsichord")], range(8)),
        ([name for name in TUNED if name.startswith("organ")], range(16, 21)),
        ([name for name in TUNED if name.startswith("pad_")], range(88, 96)),
        ([name for name in TUNED if name.startswith("lead_")], range(80, 88)),
        (["trumpet", "horn", "brass"], range(56, 64)),
        (["sax", "clarinet", "flute"], range(64, 80)),
        (["violin", "strings", "strings_pizz", "harp"], range(40, 52)),
    ],
)
def test_instruments_are_in_the_family_of_their_name(names: list[str], programs: range) -> None:
    assert names
    assert all(GM_PROGRAMS[name] in programs for name in names), {name: GM_PROGRAMS[name] for name in names}
