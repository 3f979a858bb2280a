"""Rooms and echoes."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import fft

from engine.sketch.composition import PartMix
from engine.sketch.mix.space import ECHOES, SPACES, as_shared, echo, loop_spectrum, room
from tests.helpers.render_scores import n, solo, sound


def test_the_room_rings_after_the_sound() -> None:
    def tail(send: float) -> float:
        stem = sound(solo("kit_electronic", [n(0, 0.1, 37)], mix=PartMix(0.0, 0.0, 0.3, send)))["solo"]
        return float(np.square(stem[9_600:24_000]).sum() / np.square(stem).sum())

    assert tail(0.0) < 1e-6 < tail(0.1) < tail(0.5)


RATE = 8_000


def test_an_impulse_response_is_wound_round_the_loop() -> None:
    assert loop_spectrum(np.array([1.0, 2, 3, 4, 5]), 2).tolist() == [15, 3]  # of (1 + 3 + 5, 2 + 4)
    assert loop_spectrum(np.array([1.0]), 4).tolist() == [1, 1, 1]


def test_a_shared_response_is_single_and_read_only() -> None:
    shared = as_shared(np.ones(3, np.complex128))
    assert shared.dtype == np.complex64
    with pytest.raises(ValueError, match="read-only"):
        shared[0] = 0


@pytest.mark.parametrize("name", SPACES)
def test_every_room_has_unit_power_and_dies_within_its_time(name: str) -> None:
    size = 4 * RATE
    for response in room(name, size, RATE):
        taps = fft.irfft(response.astype(np.complex128), size)
        assert np.square(taps).sum() == pytest.approx(1.0, abs=1e-3)
        end = round(SPACES[name].t60_s * RATE)
        assert np.abs(taps[end:]).max(initial=0.0) < 1e-6
        assert not np.abs(taps[: round(SPACES[name].predelay_s * RATE) - 1]).max(initial=0.0) > 1e-6
        early, late = np.square(taps[: end // 2]).sum(), np.square(taps[end // 2 :]).sum()
        assert early > 100 * late


def test_a_room_has_two_unlike_channels_and_is_kept() -> None:
    middle, side = room("room", RATE, RATE)
    assert abs(np.vdot(middle, side)) < 0.5 * np.vdot(middle, middle).real
    assert room("room", RATE, RATE)[0] is middle


def test_echoes_come_in_time_get_weaker_and_go_from_side_to_side() -> None:
    size, frames = 8 * RATE, RATE
    middle, side = (fft.irfft(response.astype(np.complex128), size) for response in echo(frames, size, RATE))
    left, right = middle + side, middle - side
    strengths = []
    for number in range(1, ECHOES + 1):
        near = slice(number * frames, number * frames + 200)
        louder, other = (left, right) if number % 2 else (right, left)
        assert np.square(louder[near]).sum() > 100 * np.square(other[near]).sum()
        strengths.append(np.square(louder[near]).sum())
    assert all(after < 0.5 * before for before, after in pairwise(strengths))
    assert np.square(middle[: frames - 20]).sum() < 0.01 * np.square(middle).sum()
