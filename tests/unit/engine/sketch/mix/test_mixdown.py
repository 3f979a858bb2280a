"""Summing, measuring and mastering the stems."""

from fractions import Fraction

import numpy as np
import pytest

from engine.music import Meter, TempoMap
from engine.sketch.compose import compose
from engine.sketch.composition import Composition
from engine.sketch.library import load_styles
from engine.sketch.mix.loudness import hop_frames
from engine.sketch.mix.mixdown import _sum, apply_gain_curve, chunks, master
from engine.sketch.render import render
from tests.helpers.mix_ears import RATE, lufs, mix_of, true_peak_db


def play(style: str, bars: int, seed: int, bpm: float | None = None) -> Composition:
    tempo = bpm or sum(load_styles()[style].tempo) / 2
    return compose(style, None, Meter(4, 4), TempoMap.constant(tempo), Fraction(4 * bars), (), seed)


def stems_of(composition: Composition, seed: int, rate: int = RATE) -> dict[str, np.ndarray]:
    return render(composition, rate, seed, 0.0, lambda share: None)


@pytest.mark.parametrize("style", ["funk", "lofi", "soul", "reggaeton"])
def test_any_one_stem_can_be_muted_and_the_others_stay_under_the_ceiling(style: str) -> None:
    stems = stems_of(play(style, 2, 7), 7)
    for muted in stems:
        assert true_peak_db(mix_of({name: stem for name, stem in stems.items() if name != muted})) <= -1.0


def stem(value: float, frames: int = 640) -> np.ndarray:
    return np.full((frames, 2), value, np.float32)


def test_chunks_are_whole_hops_and_cover_the_piece() -> None:
    assert chunks(10, RATE) == [(0, 10)]
    size = 2048 * hop_frames(RATE)
    assert chunks(2 * size + 1, RATE) == [(0, size), (size, 2 * size), (2 * size, 2 * size + 1)]
    assert chunks(0, RATE) == []


def test_peaks_are_those_of_the_mix_with_any_one_stem_muted() -> None:
    total, highest, lowest = _sum([stem(0.5), stem(-0.3)], [1.0, 1.0], 0, 1)
    assert [total[0, 0], highest[0, 0], lowest[0, 0]] == pytest.approx([0.2, 0.5, -0.3])
    total, highest, lowest = _sum([stem(0.5), stem(0.1), stem(-0.2)], [1.0, 2.0, 1.0], 0, 1)
    assert [total[0, 0], highest[0, 0], lowest[0, 0]] == pytest.approx([0.5, 0.7, 0.0])


def test_a_lone_stem_is_its_own_mix() -> None:
    for found in _sum([stem(0.5)], [2.0], -3, 3):
        assert found == pytest.approx(np.ones((6, 2)))


def test_stems_follow_the_curve_and_their_gains_in_place() -> None:
    hops = 640 // hop_frames(RATE)
    one, two = stem(1.0), stem(1.0)
    shares: list[float] = []
    apply_gain_curve([one, two], [2.0, 0.5], np.full(hops, 0.5), RATE, shares.append)
    assert one == pytest.approx(stem(1.0))
    assert two == pytest.approx(stem(0.25))
    assert shares == [0.0]


def test_mastered_stems_add_up_to_a_mix_of_the_target_loudness() -> None:
    rng = np.random.default_rng(1)
    stems = [(0.01 * rng.standard_normal((2 * RATE, 2))).astype(np.float32) for _ in range(2)]
    plain = [part.copy() for part in stems]
    shares: list[float] = []
    curve = master(stems, [1.0, 2.0], RATE, shares.append)
    mix = mix_of({"a": stems[0], "b": stems[1]})
    assert lufs(mix) == pytest.approx(-14.0, abs=0.3)
    assert true_peak_db(mix) <= -1.0
    assert curve.size == -(-2 * RATE // hop_frames(RATE))
    ratio = stems[1][stems[0] != 0] / stems[0][stems[0] != 0]
    assert np.median(ratio / (plain[1][plain[0] != 0] / plain[0][plain[0] != 0])) == pytest.approx(2.0, rel=1e-4)
    assert shares == sorted(shares)
    assert 0.0 <= shares[0] <= shares[-1] <= 1.0
