import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.align.track.path import find_path


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), bpm=st.floats(40.0, 240.0), missing=st.floats(0.0, 0.25))
def test_the_path_follows_a_wandering_beat(seed: int, bpm: float, missing: float) -> None:
    rng = np.random.default_rng(seed)
    period_s = 60.0 / bpm
    factors = 1.0 + np.clip(np.cumsum(rng.normal(0.0, 0.004, 48)), -0.04, 0.04)
    beats_s = np.concatenate([[0.0], np.cumsum(period_s * factors)])
    kept = rng.random(len(beats_s)) >= missing
    stray_s = rng.uniform(0.0, beats_s[-1], 10)
    times_s = np.concatenate([beats_s[kept], stray_s])
    strength = np.concatenate([np.ones(kept.sum()), np.full(10, 0.3)]).astype(np.float32)
    order = np.argsort(times_s)
    path_s = find_path(times_s[order], strength[order], beats_s[-1] + 0.01, period_s)
    error_s = np.abs(path_s[:, None] - beats_s).min(axis=0)
    assert np.quantile(error_s, 0.95) < 0.05 * period_s


def test_the_path_goes_on_through_silence() -> None:
    beats_s = np.arange(40) * 0.5
    sounding = beats_s[(beats_s < 6.0) | (beats_s > 13.0)]
    path_s = find_path(sounding, np.ones(len(sounding), np.float32), 20.0, 0.5)
    assert np.abs(path_s[:, None] - beats_s).min(axis=0).max() < 0.02
