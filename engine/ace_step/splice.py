"""Joining new music into old: outside a region every sample stays what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.contract import Audio

FADE_S = 0.04
"""A crossfade of this length hides a jump without smearing a drum hit."""


def splice(source: Audio, made: Audio, start: int, end: int, rate: int) -> Audio:
    """Return `source` with `made` between the frames `start` and `end`; both [shape=(frames, 2)], float32.

    The crossfades lie inside the region and sum to 1: on both sides is the same music, as the model has heard the
    source around the region, so that a fade of equal power would swell. At an end of the source there is none.
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
