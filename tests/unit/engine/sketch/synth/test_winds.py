"""Wind and bowed soloists, and the brass section."""

from dataclasses import replace

import numpy as np
import pytest

from engine.sketch.synth import winds
from engine.sketch.synth.winds import CLARINET, CYLINDER, FLUTE, HARMONICA, PIPE, SAX, TRUMPET, blow, brass
from tests.helpers import voice_ears
from tests.helpers.voice_ears import RATE, band_db, centroid, cents_off, hertz, level_db, off_harmonics_db, stroke

NAMES = [voice.name for voice in winds.VOICES]


@pytest.mark.parametrize("name", NAMES)
def test_a_soloist_is_in_tune_and_does_not_alias(name: str) -> None:
    voice_ears.check_is_in_tune(name, 60)
    voice_ears.check_does_not_alias(name, 88)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "brass"])
def test_what_is_blown_or_bowed_holds(name: str) -> None:
    voice_ears.check_holds(name, 60)


@pytest.mark.parametrize("name", ["trumpet", "horn", "sax", "clarinet", "violin"])
def test_force_is_brightness(name: str) -> None:
    voice_ears.check_opens(name, 60)


def test_the_brass_section_is_played_in_tune_and_much_brighter_harder() -> None:
    voice_ears.check_is_played_in_tune("brass", 52, 64, 77)
    voice_ears.check_opens_widely("brass")


@pytest.mark.parametrize("key", [88, 99])
def test_high_brass_has_nothing_between_its_harmonics(key: int) -> None:
    hz = hertz(key)
    # Past the attack: breath noise and the opening filter are no aliasing. The players stay within 60 cents.
    wave = brass(stroke(key, 1.0, (1 << 16) / RATE))[0]
    assert off_harmonics_db(wave[16_384:], hz, width_hz=60 / 1731 * hz) < -60


def test_the_clarinets_low_even_harmonics_are_weak_and_the_flute_is_nearly_a_sine() -> None:
    assert CYLINDER[1] < 0.2 * CYLINDER[2]
    wave = blow(stroke(53, 1.0, 1.0), CLARINET)[0][RATE // 4 :]
    second, third = (band_db(wave, (k - 0.2) * hertz(53), (k + 0.2) * hertz(53)) for k in (2, 3))
    assert third > second + 6
    assert PIPE[7:].max() == 0.0
    assert band_db(blow(stroke(72, 0.5, 1.0), replace(FLUTE, breath=0.0))[0], 500, 550) > -1.5


def test_a_soft_attack_is_longer_than_a_hard_one() -> None:
    soft, hard = (blow(stroke(force=force, seconds=1.0), replace(TRUMPET, chiff=0.0))[0] for force in (0.0, 1.0))
    starts = [level_db(wave, 0.005, 0.01) - level_db(wave, 0.3) for wave in (soft, hard)]
    assert starts[1] > starts[0] + 6


def test_the_tone_opens_while_it_speaks() -> None:
    # Without the breath, whose attack is brighter than the tone.
    wave = blow(stroke(60, 1.0, 0.5), replace(TRUMPET, breath=0.0, chiff=0.0))[0]
    assert centroid(wave[2_400:9_600]) > 1.1 * centroid(wave[:480])


def test_a_tone_scoops_up_into_the_note_the_more_the_softer() -> None:
    def early_cents(force: float) -> float:
        still = replace(SAX, sway=(0.0, 5.0, 0.2), breath=0.0, chiff=0.0)
        return cents_off(blow(stroke(81, force, 0.5), still)[0][:4_800], 880.0)

    assert early_cents(0.0) < early_cents(1.0) < -1
    assert early_cents(0.0) > -45


def test_vibrato_comes_late() -> None:
    swayed, still = (blow(stroke(seconds=1.0), replace(TRUMPET, sway=(d, 5.4, 0.3)))[0] for d in (9.0, 0.0))
    quarter = RATE // 4
    scale = np.abs(still[:quarter]).max() / np.abs(swayed[:quarter]).max()
    assert np.allclose(swayed[:quarter] * scale, still[:quarter], atol=0.01)
    assert np.abs(swayed[RATE // 2 :] * scale - still[RATE // 2 :]).max() > 0.05


def test_the_second_reed_of_a_harmonica_beats() -> None:
    plain, double = (
        blow(stroke(69, 0.7, 3.0), replace(HARMONICA, sway=(0.0, 5.6, 0.15), second_cents=cents))[0][RATE:]
        for cents in (0.0, 5.0)
    )

    def swing_db(wave: np.ndarray) -> float:
        levels = [level_db(wave, at, 0.05) for at in np.arange(0.0, 1.8, 0.05)]
        return max(levels) - min(levels)

    assert swing_db(double) > swing_db(plain) + 3


def test_soloists_play_one_note_at_a_time_and_the_section_chords() -> None:
    assert {voice.name for voice in winds.VOICES if not voice.mono} == {"brass"}
    assert blow(stroke(), SAX).shape == (1, 12_000)
    assert brass(stroke()).shape == (2, 12_000)
