"""Splices new music into a region of existing audio; outside the region every sample is unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.contract import Audio

FADE_S = 0.04
"""The length of a crossfade: long enough to hide a jump, short enough not to smear a drum hit."""


def splice(source: Audio, made: Audio, start: int, end: int, rate: int) -> Audio:
    """Return `source` with `made` between the frames `start` and `end`; both [shape=(frames, 2)], float32.

    The crossfades lie inside the region and their gains sum to 1: both sides are correlated, as the model was given
    the source around the region, so an equal-power fade would swell. There is none at an end of the source.
    """
    import numpy as np

    result = source.copy()
    fade = min(round(FADE_S * rate), (end - start) // 2)
    weight = np.ones((end - start, 1), np.float32)
    rise = (np.sin(np.linspace(0.0, np.pi / 2, fade + 2)[1:-1]) ** 2).astype(np.float32)[:, None]
    if start > 0:
        weight[:fade] = rise
    if end < source.shape[0]:
        weight[(end - start) - fade :] = rise[::-1]
    result[start:end] = source[start:end] * (1 - weight) + made[start:end] * weight
    return result
