"""The analysis of a signal: the same for any blocks, with exact times, and of usable rates only."""

from __future__ import annotations

import numpy as np
import pytest

from engine.align.track.analysis import CHROMA_HOPS, LEAD_HOPS, analyse
from engine.errors import InvalidValue
from tests.helpers.drift_set import drift_case

RATE = 8_000


def clicks(*frames: int, length: int = 5 * RATE) -> np.ndarray:
    audio = np.zeros((length, 1), np.float32)
    audio[list(frames)] = 0.5
    return audio


def test_the_size_of_the_blocks_changes_nothing() -> None:
    case = drift_case("step", 1, bars=12)
    whole = analyse([case.mix], case.sample_rate)
    parts = analyse(np.array_split(case.mix, 37), case.sample_rate)
    np.testing.assert_array_equal(whole.powers, parts.powers)
    np.testing.assert_array_equal(whole.attacks.times_s, parts.attacks.times_s)
    assert whole.length_s == len(case.mix) / case.sample_rate


@pytest.mark.parametrize("rate", [0, -1, 3_999, 384_001, True])
def test_unusable_rates_are_named(rate: int) -> None:
    with pytest.raises(InvalidValue, match="sample_rate must be"):
        analyse([], rate)


def test_attacks_are_at_their_frames_from_the_first_one_on() -> None:
    frames = (0, 4_001, 20_000, 39_999 - RATE // 10)
    analysis = analyse([clicks(*frames)], RATE)
    np.testing.assert_allclose(analysis.attacks.times_s, np.array(frames) / RATE, atol=1.5 / RATE)
    nearest_hop = np.array(frames) / RATE * analysis.hop_rate_hz + LEAD_HOPS
    assert np.abs(analysis.attacks.hops - nearest_hop).max() <= 4


def test_hops_and_pitch_classes_cover_the_signal_after_a_lead_of_silence() -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(2 * RATE) / RATE).astype(np.float32)[:, None]
    analysis = analyse([tone], RATE)
    assert analysis.hop_rate_hz == 200.0
    assert len(analysis.powers) == LEAD_HOPS + 400
    assert len(analysis.chroma) == (LEAD_HOPS + 400) // CHROMA_HOPS
    assert not analysis.powers[: LEAD_HOPS - 8].any()
    assert analysis.powers[LEAD_HOPS + 8 : -8].sum(axis=1).min() > 0.1
    assert np.argmax(analysis.chroma[LEAD_HOPS // CHROMA_HOPS + 5]) == 0  # A


@pytest.mark.parametrize("blocks", [[], [np.zeros((0, 2), np.float32)], [np.zeros((3, 2), np.float32)]])
def test_next_to_nothing_has_no_attacks(blocks: list[np.ndarray]) -> None:
    analysis = analyse(blocks, RATE)
    assert len(analysis.attacks.times_s) == 0
    assert analysis.length_s == sum(map(len, blocks)) / RATE
