"""Whole bars: exact lengths, inaudible seams, and tails that are kept."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.align.cut import cut, cut_layout

Audio = NDArray[np.float32]
RATE = 8_000
FRAMES = 2 * RATE


def layout_of(lead: float, body: float, tail: float) -> Audio:
    """Constant levels for the three parts, stereo."""
    parts = cut_layout(FRAMES, RATE)
    levels = np.concatenate([np.full(parts.lead, lead), np.full(FRAMES, body), np.full(parts.tail, tail)])
    return np.repeat(levels[:, None], 2, axis=1).astype(np.float32)


def ringing(frames: int) -> Audio:
    """A tone that rings for `frames` after the last bar."""
    parts = cut_layout(FRAMES, RATE)
    audio = np.zeros((parts.total, 2), np.float32)
    t = np.arange(parts.total - parts.lead)
    tone = np.sin(2 * np.pi * 200 * t / RATE) * np.minimum(1.0, np.exp(-(t - FRAMES) / (frames / 7)))
    audio[parts.lead :] = (0.3 * tone)[:, None]
    audio[parts.lead + FRAMES + frames :] = 0.0
    return audio


def test_audio_that_ends_with_the_last_bar_is_not_touched() -> None:
    audio = layout_of(0.2, 0.5, 0.0)
    parts = cut_layout(FRAMES, RATE)
    assert np.array_equal(cut(audio, parts, RATE), audio[parts.lead : parts.lead + FRAMES])


def test_a_loop_whose_music_goes_on_crosses_into_what_was_before_its_start() -> None:
    rng = np.random.default_rng(1)
    parts = cut_layout(FRAMES, RATE)
    audio = rng.standard_normal((parts.total, 2)).astype(np.float32) * 0.1
    loop = cut(audio, parts, RATE)
    assert loop.shape == (FRAMES, 2)
    assert np.array_equal(loop[: -parts.lead], audio[parts.lead : FRAMES])
    assert np.allclose(loop[-1], audio[parts.lead - 1], atol=0.03)


def test_a_seam_keeps_the_power_of_unlike_signals() -> None:
    rng = np.random.default_rng(2)
    parts = cut_layout(FRAMES, RATE)
    ends = []
    for _ in range(40):
        audio = rng.standard_normal((parts.total, 2)).astype(np.float32)
        ends.append(cut(audio, parts, RATE)[-parts.lead :])
    assert np.std(np.concatenate(ends)) == pytest.approx(1.0, abs=0.05)


def test_what_rings_after_the_last_bar_is_laid_over_the_start_of_a_loop() -> None:
    audio, parts = ringing(RATE // 2), cut_layout(FRAMES, RATE)
    loop = cut(audio, parts, RATE)
    body, tail = audio[parts.lead : parts.lead + FRAMES], audio[parts.lead + FRAMES :]
    assert np.allclose(loop[: RATE // 2] - body[: RATE // 2], tail[: RATE // 2], atol=0.001)
    assert np.array_equal(loop[RATE:], body[RATE:])
    assert abs(loop[0, 0] - loop[-1, 0]) < 0.05


def test_a_new_attack_after_the_last_bar_is_no_tail() -> None:
    audio, parts = ringing(RATE // 2), cut_layout(FRAMES, RATE)
    at = parts.lead + FRAMES + RATE // 4
    audio[at : at + 400] += np.random.default_rng(0).standard_normal((400, 2)).astype(np.float32) * 0.4
    loop = cut(audio, parts, RATE)
    assert np.array_equal(loop[:RATE], audio[parts.lead : parts.lead + RATE])


def test_a_one_shot_whose_music_goes_on_fades_for_as_long_as_it_is_told() -> None:
    audio = layout_of(0.5, 0.5, 0.5)
    made = cut(audio, cut_layout(FRAMES, RATE), RATE, "one_shot", fade_s=0.5)
    assert made.shape == (FRAMES, 2)
    assert np.array_equal(made[: FRAMES - RATE // 2], audio[: FRAMES - RATE // 2])
    assert (np.diff(made[FRAMES - RATE // 2 :, 0]) < 0).all()
    assert made[-1, 0] < 0.001


def test_a_one_shot_that_only_rings_fades_for_a_quarter_of_that() -> None:
    parts = cut_layout(FRAMES, RATE)
    audio = ringing(RATE // 2)
    made = cut(audio, parts, RATE, "one_shot", fade_s=0.4)
    kept = FRAMES - RATE // 10
    assert np.array_equal(made[:kept], audio[parts.lead : parts.lead + kept])
    assert np.abs(made[-8:]).max() < 0.02


def test_a_one_shot_fades_out_and_keeps_its_tail_only_when_asked() -> None:
    audio, parts = ringing(RATE // 2), cut_layout(FRAMES, RATE)
    short = cut(audio, parts, RATE, "one_shot")
    assert len(short) == FRAMES
    assert abs(short[-1, 0]) < 0.01
    long = cut(audio, parts, RATE, "one_shot", keep_tail=True)
    assert FRAMES + RATE // 4 < len(long) <= FRAMES + RATE // 2
    assert np.array_equal(long[:FRAMES], audio[parts.lead : parts.lead + FRAMES])


@pytest.mark.parametrize("frames", [1, 2, 3, 50])
def test_even_a_few_frames_can_be_cut(frames: int) -> None:
    parts = cut_layout(frames, RATE)
    audio = np.ones((parts.total, 1), np.float32)
    assert cut(audio, parts, RATE).shape == (frames, 1)
    assert len(cut(audio, parts, RATE, "one_shot", keep_tail=True)) >= frames
