"""The frequency responses of a channel strip."""

import numpy as np

from engine.sketch.composition import PartMix
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
