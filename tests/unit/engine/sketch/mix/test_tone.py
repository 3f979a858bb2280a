"""The frequency responses of a channel strip."""

import numpy as np
import pytest

from engine.sketch.composition import PartMix
from engine.sketch.mix.tone import MixDesk, eq_response, strip, tail_frames
from engine.sketch.synth.voice import Eq, Stroke, Voice
from tests.helpers.mix_ears import RATE
from tests.helpers.render_scores import n, solo, sound


def test_pan_goes_to_its_side_and_bass_stays_mono() -> None:
    left = sound(solo("clav", [n(0, 1, 64)], mix=PartMix(0.0, -0.8, 0.0, 0.0)))["solo"]
    assert np.square(left[:, 0]).sum() > 20 * np.square(left[:, 1]).sum()
    wide = sound(solo("bass_synth", [n(i, 1, 28 + i) for i in range(8)], mix=PartMix(0.0, 0.6, 1.0, 0.3)))["solo"]
    sides = np.abs(np.fft.rfft(np.stack([wide.sum(axis=1), wide[:, 0] - wide[:, 1]]), axis=1)) ** 2
    hz = np.fft.rfftfreq(len(wide), 1 / RATE)
    assert sides[1, hz < 90].sum() < 0.03 * sides[0, hz < 90].sum()
    assert sides[1, hz > 300].sum() > 0.1 * sides[0, hz > 300].sum()


def test_width_widens_and_0_is_mono() -> None:
    def correlation(width: float) -> float:
        stem = sound(solo("lead_saw", [n(i, 1, 60 + i) for i in range(8)], mix=PartMix(0.0, 0.0, width, 0.0)))["solo"]
        return float(np.corrcoef(stem.T)[0, 1])

    assert correlation(0.0) > 0.99999
    assert correlation(0.0) > correlation(0.4) > correlation(0.9) > -0.3


SIZE = 4800
"""Bins of 10 Hz at 48 kHz."""


def plain_voice(*tone: Eq, diffuse: float = 0.0) -> Voice:
    def silent(stroke: Stroke) -> np.ndarray:
        return np.zeros((1, stroke.frames), np.float32)

    return Voice("plain", silent, tone=tone, diffuse=diffuse)


@pytest.mark.parametrize(
    ("eq", "at_0", "at_corner", "at_top"),
    [
        (Eq("low_pass", 1000.0), 1.0, 0.7071, 0.0),
        (Eq("high_pass", 1000.0), 0.0, 0.7071, 1.0),
        (Eq("peak", 1000.0, 6.0206), 1.0, 2.0, 1.0),
        (Eq("low_shelf", 1000.0, 6.0206), 2.0, 2**0.5, 1.0),
        (Eq("high_shelf", 1000.0, -6.0206), 1.0, 0.5**0.5, 0.5),
    ],
)
def test_filters_have_their_gains_at_the_ends_and_at_the_corner(
    eq: Eq, at_0: float, at_corner: float, at_top: float
) -> None:
    gain = np.abs(eq_response(eq, SIZE, RATE))
    assert gain[0] == pytest.approx(at_0, abs=1e-6)
    assert gain[100] == pytest.approx(at_corner, rel=1e-3)
    assert gain[-1] == pytest.approx(at_top, abs=1e-6)


def test_a_centred_dry_part_passes_unchanged_but_for_the_constant() -> None:
    middle, side, own_side = strip(plain_voice(), PartMix(0.0, 0.0, 0.0, 0.0), MixDesk(), SIZE, RATE)
    assert middle[0] == 0
    assert middle[1:] == pytest.approx(np.ones(SIZE // 2))
    assert side is None
    assert not own_side.any()


def test_a_pan_is_a_side_signal_of_the_middle_and_left_is_negative_pan() -> None:
    _, left, _ = strip(plain_voice(), PartMix(0.0, -1.0, 0.0, 0.0), MixDesk(), SIZE, RATE)
    _, wider, _ = strip(plain_voice(), PartMix(0.0, -1.0, 0.0, 0.0), MixDesk(widen=2.0), SIZE, RATE)
    assert left is not None
    assert wider is not None
    assert left[1000].real == pytest.approx(0.9, abs=0.01)
    assert abs(left[5]) < 0.1, "below 120 Hz all is mono"
    assert wider == pytest.approx(2 * left)


def test_the_filter_over_the_mix_is_in_every_response() -> None:
    half = MixDesk(eq=np.array([0.5]))
    middle, side, _ = strip(plain_voice(), PartMix(0.0, 0.5, 0.0, 0.0), half, SIZE, RATE)
    _, plain, _ = strip(plain_voice(), PartMix(0.0, 0.5, 0.0, 0.0), MixDesk(), SIZE, RATE)
    assert middle[1:] == pytest.approx(np.full(SIZE // 2, 0.5))
    assert side == pytest.approx(plain * np.float32(0.5))


def test_width_spreads_only_what_the_voice_lets_it() -> None:
    _, spread, own = strip(plain_voice(diffuse=1.0), PartMix(0.0, 0.0, 1.0, 0.0), MixDesk(), SIZE, RATE)
    assert spread is not None
    assert abs(own[-1]) == pytest.approx(1.4, rel=1e-3)
    assert strip(plain_voice(), PartMix(0.0, 0.0, 1.0, 0.0), MixDesk(), SIZE, RATE)[1] is None


@pytest.mark.parametrize(
    ("mix", "desk", "frames"),
    [
        (PartMix(reverb=0.0), MixDesk(), 960 + 5760),
        (PartMix(reverb=0.1), MixDesk(), 48_000 + 5760),  # a room of one second
        (PartMix(reverb=0.1), MixDesk("church"), 163_200 + 5760),
        (PartMix(reverb=0.0, echo=0.1), MixDesk(echo_frames=10_000), 60_000 + 5760),
        (PartMix(reverb=0.0), MixDesk(eq=np.zeros(4096)), 960 + 4096 + 5760),
    ],
)
def test_a_tail_is_as_long_as_room_echo_and_filter(mix: PartMix, desk: MixDesk, frames: int) -> None:
    assert tail_frames(mix, desk, 48_000) == frames
