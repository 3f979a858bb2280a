import numpy as np
import pytest
from numpy.typing import NDArray

from engine.align.track.attacks import peaks, refine

RATE = 44_100
LENGTH = RATE


def burst(start: int, kind: str) -> NDArray[np.float32]:
    """One sound that begins exactly at frame `start` of a second of quiet noise."""
    rng = np.random.default_rng(start)
    t = np.arange(LENGTH - start) / RATE
    sounds = {
        "click": (t < 1 / RATE) * 1.0,
        "snare": rng.standard_normal(len(t)) * np.exp(-t / 0.05),
        "kick": np.cos(2 * np.pi * 55 * t) * np.exp(-t / 0.1),
        "pluck": np.sin(2 * np.pi * 440 * t + 1) * np.clip(t / 0.002, 0, 1) * np.exp(-t / 0.3),
    }
    samples = rng.standard_normal(LENGTH) * 1e-4
    samples[start:] += 0.5 * sounds[kind]
    return samples.astype(np.float32)


@pytest.mark.parametrize(("kind", "most_ms"), [("click", 0.05), ("snare", 0.05), ("kick", 0.05), ("pluck", 1.0)])
@pytest.mark.parametrize("off_ms", [-12, -3, 0, 5, 12])
def test_an_attack_is_found_to_a_fraction_of_a_millisecond(kind: str, most_ms: float, off_ms: int) -> None:
    start = 20_123
    frames, contrast = refine(burst(start, kind), np.array([start + off_ms * RATE // 1000]), RATE)
    assert abs(frames[0] - start) * 1000 / RATE <= most_ms
    assert contrast[0] > 2.0


def test_an_attack_over_a_held_tone_is_found_too() -> None:
    start = 22_222
    tone = 0.1 * np.sin(2 * np.pi * 110 * np.arange(LENGTH) / RATE).astype(np.float32)
    frames, _contrast = refine(burst(start, "snare") + tone, np.array([start + 200]), RATE)
    assert abs(frames[0] - start) <= 3


def test_silence_has_no_contrast_and_no_peaks() -> None:
    _frames, contrast = refine(np.zeros(LENGTH, np.float32), np.array([20_000]), RATE)
    assert contrast[0] == pytest.approx(0.0, abs=1e-6)
    assert len(peaks(np.zeros(100, np.float32))) == 0
    assert len(peaks(np.zeros(0, np.float32))) == 0


def test_peaks_stand_apart() -> None:
    strength = np.zeros(100, np.float32)
    strength[[10, 12, 50, 90]] = [1.0, 0.9, 0.8, 0.01]
    assert peaks(strength).tolist() == [10, 50]
