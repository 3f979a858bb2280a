"""The style that a prompt asks for, its accent, and the words that modify it."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.music import Key
from engine.sketch.blend import blend, pick_style
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


def test_an_accent_lends_its_parts_but_not_their_ducking() -> None:
    styles = load_styles()
    mixed = blend(styles["house"], styles["jazz"])
    for stem in ("chords", "lead"):
        assert mixed.parts[stem].mix.duck == styles["house"].parts[stem].mix.duck
        assert replace(mixed.parts[stem].mix, duck=0.0) == replace(styles["jazz"].parts[stem].mix, duck=0.0)
    assert mixed.parts["bass"] == styles["house"].parts["bass"]
    assert (mixed.harmony, mixed.colours) == (styles["jazz"].harmony, styles["jazz"].colours)
    assert mixed.name == "house"


def test_a_blend_allows_the_syncopation_of_both() -> None:
    styles = load_styles()
    first, second = styles["house"].syncopation, styles["jazz"].syncopation
    mixed = blend(styles["house"], styles["jazz"])
    assert mixed.syncopation == (min(first[0], second[0]), max(first[1], second[1]))


def test_a_blend_has_the_layers_of_its_style_and_the_melody_of_its_accent() -> None:
    styles = load_styles()
    plain = replace(styles["house"], layers=("drums", "bass"))
    mixed = blend(plain, replace(styles["jazz"], layers=("lead", "pad", "drums")))
    assert mixed.layers == ("drums", "bass", "lead")


@pytest.mark.parametrize(
    ("prompt", "feel"), [("half-time funk", Fraction(1, 2)), ("double time funk", Fraction(2)), ("funk", None)]
)
def test_words_set_the_feel(prompt: str, feel: Fraction | None) -> None:
    assert pick_style(prompt).feel == feel


def test_keys_are_those_of_the_mood_or_else_the_styles_tonics() -> None:
    keys = load_styles()["rock"].keys
    assert pick_style("rock").keys == keys
    for prompt in ("dark rock", "happy rock"):
        chosen = pick_style(prompt)
        fitting = tuple(key for key in keys if key.mode in chosen.reading.modes)
        made = tuple(Key(key.tonic, mode) for key in keys for mode in chosen.reading.modes[:2])
        assert chosen.keys == (fitting or made)


def test_named_parts_are_added_in_mix_order() -> None:
    plain = pick_style("rock").layers
    added = pick_style("rock with congas and an arpeggio").layers
    assert set(added) >= set(plain) | {"percussion"}
    order = ("drums", "percussion", "bass", "chords", "pad", "lead", "arp")
    assert list(added) == [stem for stem in order if stem in added]


def test_a_prompt_that_refuses_everything_gets_the_styles_layers() -> None:
    style = load_styles()["rock"]
    everything = "rock " + " ".join(
        f"no {stem}," for stem in ("drums", "percussion", "bass", "chords", "pad", "lead", "arp")
    )
    assert pick_style(everything).layers == style.layers


def test_gates_and_reverbs_stay_within_their_range() -> None:
    for prompt in ("staccato dry ambient", "legato spacious ambient"):
        for part in pick_style(prompt).style.parts.values():
            assert 0.1 <= part.gate <= 1.0
            assert 0.0 <= part.mix.reverb <= 1.0
    drums = pick_style("staccato funk").style.parts["drums"]
    assert drums.gate == load_styles()["funk"].parts["drums"].gate, "drums have no touch"


def test_touch_and_space_scale_gate_and_reverb() -> None:
    plain = load_styles()["pop"].parts
    short, dry = pick_style("staccato pop").style.parts, pick_style("dry pop").style.parts
    assert short["pad"].gate == pytest.approx(max(0.1, 0.6 * plain["pad"].gate))
    assert short["bass"].gate == plain["bass"].gate
    assert dry["lead"].mix.reverb == pytest.approx(0.4 * plain["lead"].mix.reverb)
    assert dry["lead"].gate == plain["lead"].gate


def test_a_short_touch_goes_no_lower_than_a_tenth() -> None:
    from engine.sketch.blend import _part

    part = load_styles()["pop"].parts["lead"]
    wet = replace(part.mix, reverb=0.9)
    made = _part(replace(part, gate=0.12, mix=wet), "sax", "lead", {"touch": "short", "space": "wet"})
    assert (made.instrument, made.gate, made.mix.reverb) == ("sax", 0.1, 1.0)
    assert _part(replace(part, gate=0.9), "sax", "lead", {"touch": "long"}).gate == 1.0
    plain = _part(part, part.instrument, "lead", {})
    assert plain == part
