"""The style that a prompt asks for, its accent, and the words that modify it."""

from engine.sketch.blend import pick_style
from engine.sketch.library import load_styles


def test_moods_choose_the_mode_and_energy_the_intensity() -> None:
    assert {key.mode for key in pick_style("dark pop").keys} <= {"minor", "dorian", "phrygian"}
    assert {key.mode for key in pick_style("happy techno").keys} <= {"major", "lydian", "mixolydian"}
    assert (pick_style("calm funk").energy, pick_style("funk").energy, pick_style("intense funk").energy) == (
        -1,
        0,
        1,
    )


def test_what_is_refused_does_not_play() -> None:
    choice = pick_style("funk without drums, no bass")
    assert not {"drums", "bass"} & set(choice.layers)


def test_touch_space_and_time_change_the_style() -> None:
    plain, changed = load_styles()["pop"], pick_style("staccato spacious swung pop").style
    assert changed.parts["chords"].gate < plain.parts["chords"].gate
    assert changed.parts["chords"].mix.reverb > plain.parts["chords"].mix.reverb
    assert changed.swing.long_share > plain.swing.long_share


def test_a_blend_takes_chords_and_lead_from_the_other_style() -> None:
    styles = load_styles()
    blended = pick_style("jazzy house").style
    assert blended.drums == styles["house"].drums
    assert blended.bass == styles["house"].bass
    assert blended.swing == styles["house"].swing
    assert blended.chords == styles["jazz"].chords
    assert blended.parts["lead"].instrument == styles["jazz"].parts["lead"].instrument
