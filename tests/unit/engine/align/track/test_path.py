"""The beat path: it follows wandering beats, covers the clip, and resolves tempos within its range."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.align.track.analysis import analyse
from engine.align.track.path import RANGE, STEPS, _evidence, find_path, strengths
from tests.helpers.warp_sounds import RATE, clicks


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


def path_at(bpm: float, expected_bpm: float = 120.0, beats: int = 32) -> np.ndarray:
    times_s = 0.1 + np.arange(beats) * 60.0 / bpm
    return find_path(times_s, np.ones(beats, np.float32), float(times_s[-1]) + 0.1, 60.0 / expected_bpm)


@pytest.mark.parametrize("bpm", [112.0, 120.0, 129.0])
def test_a_tempo_within_8_percent_is_followed_to_a_step(bpm: float) -> None:
    beats_s = 0.1 + np.arange(32) * 60.0 / bpm
    path_s = path_at(bpm)
    away_s = np.abs(path_s[:, None] - beats_s).min(axis=0)
    assert away_s.max() <= 1.5 * 0.5 / STEPS
    assert RANGE == 0.08


def test_a_tempo_beyond_is_not() -> None:
    periods_s = np.diff(path_at(140.0))
    assert periods_s.min() >= 0.5 * (1 - RANGE) - 0.5 / STEPS


def test_the_path_covers_the_clip_from_within_a_period_of_its_start() -> None:
    path_s = find_path(np.array([4.0, 4.5, 5.0]), np.ones(3, np.float32), 8.0, 0.5)
    assert abs(path_s[0]) <= 0.54
    assert path_s[-1] > 7.4
    assert (np.diff(path_s) > 0).all()


def test_off_beats_alone_are_weaker_evidence_than_beats() -> None:
    beats_s, off_beats_s = np.arange(20) * 0.5, np.arange(20) * 0.5 + 0.25
    times_s = np.sort(np.concatenate([beats_s, off_beats_s]))
    strength = np.where(np.arange(40) % 2 == 0, 1.0, 0.4).astype(np.float32)
    path_s = find_path(times_s, strength, 10.0, 0.5)
    assert np.abs(path_s[:, None] - beats_s).min(axis=0).max() < 0.02


def test_evidence_lies_where_the_attacks_are_after_a_period_of_silence() -> None:
    evidence = _evidence(np.array([0.5, 1.25]), np.array([1.0, 0.5], np.float32), 2.0, 0.5 / STEPS)
    assert len(evidence) == 4 * STEPS + 2 * STEPS
    assert np.argmax(evidence) == STEPS + STEPS
    assert np.argmax(evidence[3 * STEPS :]) == STEPS // 2
    assert evidence[2 * STEPS] == pytest.approx(2 * evidence[3 * STEPS + STEPS // 2], rel=0.2)


def test_strengths_are_about_1_and_less_for_quiet_attacks() -> None:
    times_s = np.arange(0.5, 4.5, 0.5)
    quiet_s = np.arange(0.75, 4.5, 1.0)
    analysis = analyse([clicks(times_s, 5.0) + 0.02 * clicks(quiet_s, 5.0)], RATE)
    strength = strengths(analysis)
    loud = np.abs(analysis.attacks.times_s[:, None] - times_s).min(axis=1) < 0.01
    assert np.median(strength[loud]) == pytest.approx(1.0, abs=0.3)
    assert strength[~loud].max(initial=0.0) < strength[loud].min()


def test_no_attacks_have_no_strengths() -> None:
    silent = analyse([np.zeros((RATE, 1), np.float32)], RATE)
    assert strengths(silent).shape == (0,)
    assert strengths(replace(silent, length_s=0.0)).dtype == np.float32
