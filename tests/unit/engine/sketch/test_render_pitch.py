"""Pitch and velocity of whole renders: the pitch shift, keys above an instrument's range, loudness."""

import numpy as np
import pytest

from tests.helpers.render_scores import n, solo, sound
from tests.helpers.voice_ears import cents_off, hertz, played


@pytest.mark.parametrize("instrument", ["bass_finger", "epiano", "pad_warm", "lead_saw", "guitar_drive"])
@pytest.mark.parametrize("shift", [-5.0, 0.37, 12.0])
def test_the_pitch_shift_tunes(instrument: str, shift: float) -> None:
    assert abs(cents_off(played(instrument, 52, shift), hertz(52 + shift))) < 10


def test_the_pitch_shift_leaves_drums_and_time_alone() -> None:
    notes = [n(0.5, 0.2, 38), n(1, 0.2, 36), n(2.25, 0.2, 42)]
    plain, shifted = (sound(solo("kit_acoustic", notes), shift=s)["solo"] for s in (0.0, 3.3))
    assert np.array_equal(plain, shifted)
    plain, shifted = (sound(solo("clav", [n(1.5, 0.5, 60)]), shift=s)["solo"] for s in (0.0, 3.3))
    first = [int(np.argmax(np.abs(stem[:, 0]) > 0.02)) for stem in (plain, shifted)]
    assert abs(first[0] - first[1]) < 24
    assert not np.array_equal(plain, shifted)


def test_velocity_is_loudness() -> None:
    stem = sound(solo("epiano", [n(0, 1, 60, 30), n(4, 1, 60, 120)], 8))["solo"]
    soft, hard = np.abs(stem[:24_000]).max(), np.abs(stem[96_000:120_000]).max()
    assert 3 < hard / soft < 9


def test_keys_above_the_instruments_sound_octaves_lower() -> None:
    assert abs(cents_off(played("lead_square", 127, 12.0), hertz(139) / 8)) < 15
