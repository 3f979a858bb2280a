"""Attacks for the warp: found to the millisecond, in any channel, and told apart by band."""

from __future__ import annotations

import numpy as np

from engine.align.warp.attacks import find_attacks
from engine.align.warp.source import ArraySource
from tests.helpers.warp_sounds import RATE, clicks, sine


def test_attacks_are_found_to_the_millisecond_and_quiet_ones_beside_loud_stems() -> None:
    times_s = np.arange(0.5, 5.0, 0.37)
    audio = np.concatenate([0.1 * clicks(times_s, 5.0), sine(150.0, 5.0), sine(1500.0, 5.0)], axis=1)
    found = find_attacks(ArraySource(audio), RATE).times_s
    nearest = np.abs(found[:, None] - times_s).min(axis=0)
    assert nearest.max() < 0.0015
    assert len(found) <= len(times_s) + 3
