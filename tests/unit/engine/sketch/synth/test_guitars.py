"""Electric guitars: the strings, and what the part does to them."""

import numpy as np
import pytest

from engine.sketch.synth import guitars
from engine.sketch.synth.guitars import CABINET, lead, muted, rhythm
from tests.helpers import voice_ears
from tests.helpers.voice_ears import RATE, level_db, stroke

NAMES = [voice.name for voice in guitars.VOICES]
# The muted guitar has no aliasing test: the palm's noise cannot be told from aliasing.


@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_is_in_tune_finite_and_the_same_again(name: str) -> None:
    voice_ears.check_is_in_tune(name, 60)


@pytest.mark.parametrize("name", ["guitar_drive", "guitar_lead"])
def test_a_guitar_is_played_in_tune(name: str) -> None:
    voice_ears.check_is_played_in_tune(name, 52, 64, 77)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "guitar_muted"])
@pytest.mark.parametrize("key", [76, 88, 99])
def test_no_string_sounds_between_its_partials(name: str, key: int) -> None:
    voice_ears.check_only_partials_sound(name, key)


def test_the_palm_damps_the_string() -> None:
    voice_ears.check_dies("guitar_muted", 60)
    falls_db = [level_db(w, 0.0) - level_db(w, 0.4) for w in (f(stroke(52, 0.7, 0.6))[0] for f in (muted, rhythm))]
    assert falls_db[0] > falls_db[1] + 15


def test_the_lead_has_vibrato_and_the_rhythm_guitar_has_none() -> None:
    def widest_cents(wave: np.ndarray) -> float:
        """Return the distance of the lowest from the highest pitch after the onset, from the fundamental's phase."""
        spectrum = np.fft.fft(wave)
        hz = np.fft.fftfreq(len(wave), 1 / RATE)
        spectrum[(hz < 300) | (hz > 600)] = 0
        turns = np.unwrap(np.angle(np.fft.ifft(spectrum)))[RATE // 2 : RATE]
        speed = np.convolve(np.diff(turns), np.ones(400) / 400, "valid")
        return float(1200 * np.log2(speed.max() / speed.min()))

    assert 12 < widest_cents(lead(stroke(69, 0.7, 1.5))[0]) < 25
    assert widest_cents(rhythm(stroke(69, 0.7, 1.5))[0]) < 4


def test_the_amplifier_and_its_cabinet_belong_to_the_part() -> None:
    for voice in guitars.VOICES:
        assert voice.drive is not None
        assert voice.drive.gain > 1
        assert voice.tone[: len(CABINET)] == CABINET
    assert [voice.mono for voice in guitars.VOICES] == [False, False, False, True]
