"""Synthesizer basses."""

import pytest

from engine.sketch.synth import bass_synths
from engine.sketch.synth.bass_synths import acid, long_808, saw_and_square, sub, wobble
from tests.helpers import voice_ears
from tests.helpers.voice_ears import band_db, centroid, hertz, stroke

NAMES = [voice.name for voice in bass_synths.VOICES]


@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_is_in_tune_finite_and_the_same_again(name: str) -> None:
    voice_ears.check_is_in_tune(name, 33)


@pytest.mark.parametrize("name", ["bass_synth", "bass_sub"])
def test_a_bass_is_played_in_tune(name: str) -> None:
    voice_ears.check_is_played_in_tune(name, 28, 43)


@pytest.mark.parametrize("name", NAMES)
def test_no_instrument_aliases(name: str) -> None:
    voice_ears.check_does_not_alias(name, 43)


def test_the_reese_holds_and_opens_with_force() -> None:
    voice_ears.check_holds("bass_reese", 33)
    voice_ears.check_opens("bass_reese", 33)


def test_the_saw_bass_is_much_brighter_played_harder() -> None:
    voice_ears.check_opens_widely("bass_synth")


@pytest.mark.parametrize("name", ["bass_808", "bass_acid"])
def test_a_tied_note_glides_from_the_one_before(name: str) -> None:
    voice_ears.check_glides(name, 33)


def test_every_bass_plays_one_note_at_a_time_for_as_long_as_it_is_held() -> None:
    assert all(voice.mono and voice.sustains and voice.diffuse == 0.0 for voice in bass_synths.VOICES)
    assert {voice.name for voice in bass_synths.VOICES if voice.glide_s} == {"bass_808", "bass_acid"}


def test_the_filter_of_the_saw_bass_closes() -> None:
    wave = saw_and_square(stroke(33, 0.9, 1.0))[0]
    assert centroid(wave[:4800]) > 1.5 * centroid(wave[-9600:-4800])


def test_the_wobble_opens_six_times_a_second() -> None:
    wave = wobble(stroke(33, 0.9, 1.0))[0]
    centres = range(4_000, 40_000, 4_000)  # every twelfth of a second: open, shut, open …
    bright = [band_db(wave[centre - 2_000 : centre + 2_000], 600, 8_000) for centre in centres]
    assert min(bright[::2]) > max(bright[1::2]) + 6


def test_a_tied_808_has_no_click_of_its_own() -> None:
    struck, tied = long_808(stroke(33, 1.0, 0.2)), long_808(stroke(33, 1.0, 0.2, from_hz=hertz(33)))
    assert band_db(struck[0, :600], 2_000, 6_000) > band_db(tied[0, :600], 2_000, 6_000) + 6


def test_the_sub_has_overtones_for_small_loudspeakers() -> None:
    wave = sub(stroke(33, 0.9, 1.0))[0][9600:]
    assert band_db(wave, 50, 60) > -2
    assert -40 < band_db(wave, 100, 120) < -6


def test_acid_closes_sooner_the_harder_it_is_played() -> None:
    soft, hard = (acid(stroke(33, force, 1.0))[0] for force in (0.1, 1.0))
    falls_db = [band_db(wave[:4_800], 800, 9_000) - band_db(wave[19_200:24_000], 800, 9_000) for wave in (soft, hard)]
    assert falls_db[1] > falls_db[0] + 2
