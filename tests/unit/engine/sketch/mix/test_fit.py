"""Fitting a regenerated part into a finished mix."""

import hashlib
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.sketch.mix.fit import CEILING, RELEASE_DB_PER_S, _by_hops, _room, fit
from engine.sketch.mix.master import CEILING as MASTER_CEILING
from engine.sketch.work import WorkProgress
from tests.helpers.mix_ears import RATE, lufs, mix_of


def digests(stems: Mapping[str, np.ndarray]) -> dict[str, str]:
    return {name: hashlib.blake2b(stem.tobytes()).hexdigest() for name, stem in stems.items()}


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), loud_db=st.floats(-30, 12), rate=st.sampled_from([8_000, 44_100, 48_000]))
def test_a_part_of_any_loudness_is_fitted_under_the_ceiling_and_only_it(seed: int, loud_db: float, rate: int) -> None:
    rng = np.random.default_rng(seed)
    frames = round(1.1 * rate)
    swell = np.exp(-np.arange(frames) % (rate // 4) / (0.02 * rate))[:, None]
    others = [(0.12 * swell * rng.standard_normal((frames, 2))).astype(np.float32) for _ in range(2)]
    others = [stem * np.float32(0.85 / np.abs(sum(others)).max() / 1.2) for stem in others]
    part = (10.0 ** (loud_db / 20.0) * 0.1 * rng.standard_normal((frames, 2))).astype(np.float32)
    kept = digests({str(index): stem for index, stem in enumerate(others)})
    fit(part, others, rate, WorkProgress())
    assert digests({str(index): stem for index, stem in enumerate(others)}) == kept
    assert np.isfinite(part).all()
    assert np.abs(mix_of({"part": part, "a": others[0], "b": others[1]})).max() <= 10 ** (-1.0 / 20)


def test_a_part_is_raised_or_lowered_to_where_the_mix_is_as_loud_as_it_should_be() -> None:
    at = np.arange(2 * RATE) / RATE
    tones = [0.1 * np.sin(2 * np.pi * hz * at)[:, None].repeat(2, axis=1).astype(np.float32) for hz in (220.0, 660.0)]
    for gain in (0.7, 2.5):
        part = tones[0] * np.float32(gain)
        fit(part, [tones[1]], RATE, WorkProgress())
        assert lufs(mix_of({"a": part, "b": tones[1]})) == pytest.approx(-14.0, abs=0.3)


def test_silence_is_fitted_as_silence() -> None:
    part, other = np.zeros((9_600, 2), np.float32), np.full((9_600, 2), 0.1, np.float32)
    fit(part, [other], RATE, WorkProgress())
    assert not part.any()


@pytest.mark.parametrize(
    ("own", "rest", "room"),
    [
        (0.5, 0.3, (CEILING - 0.3) / 0.5),
        (-0.5, 0.3, (CEILING + 0.3) / 0.5),  # they pull apart
        (-0.5, -0.3, (CEILING - 0.3) / 0.5),
        (0.5, 0.95, 1e-3),  # the others are over the ceiling by themselves
    ],
)
def test_the_room_of_a_part_is_what_the_others_leave(own: float, rest: float, room: float) -> None:
    found = _room(np.full((1, 2), own, np.float32), np.full((1, 2), rest, np.float32))
    assert found == pytest.approx(np.full((1, 2), room), rel=1e-5)


def test_silence_has_all_the_room_there_is() -> None:
    assert _room(np.zeros((1, 2), np.float32), np.zeros((1, 2), np.float32)).min() > 1e5


def test_the_room_of_a_hop_is_its_least() -> None:
    assert _by_hops(np.array([3, 1, 2, 5, 4], np.float32), 2).tolist() == [1, 2, 4]


def test_a_part_may_go_a_little_higher_and_come_back_sooner_than_the_master() -> None:
    assert MASTER_CEILING < CEILING < 10 ** (-1.0 / 20)
    assert RELEASE_DB_PER_S > 60.0


def test_a_part_alone_is_set_to_the_loudness_by_at_most_nine_decibels() -> None:
    at = np.arange(RATE) / RATE
    tone = (0.05 * np.sin(2 * np.pi * 440.0 * at))[:, None].repeat(2, axis=1).astype(np.float32)
    part = tone.copy()
    fit(part, [], RATE, WorkProgress())
    assert 20 * np.log10(np.abs(part).max() / np.abs(tone).max()) == pytest.approx(9.0, abs=0.01)
