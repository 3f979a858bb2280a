"""The warp: any audio along a map, all channels of all stems by one and the same decision.

1. A map that only moves the audio by whole frames copies it, bit for bit.
2. One that changes the speed by no more than `VARISPEED_CENTS` is followed by resampling (`varispeed`).
3. Everything else, and every pitch shift, goes through the vocoder: attacks are found (`attacks`), the map is made
   rigid around them (`lock`), and two bands (`split`) are rebuilt along it (`vocoder`). For a pitch shift the target
   is that much longer and then played faster (`pitch`); formants move with the pitch.

All three are linear operators with one setting for all channels: the sum of the warped stems is the warped mix.
What must not live here: where the map comes from, or what the audio is.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from engine.align.warp.attacks import find_attacks
from engine.align.warp.choose import VARISPEED_CENTS, Method, choose_method
from engine.align.warp.pitch import faster, pitch_ratio
from engine.align.warp.source import ArraySource, FileSource, Source
from engine.align.warp.twoband import two_bands
from engine.align.warp.varispeed import varispeed
from engine.align.warpmap import WarpMap
from engine.errors import InvalidValue

if TYPE_CHECKING:
    from engine.contract import Audio

__all__ = [
    "VARISPEED_CENTS",
    "ArraySource",
    "FileSource",
    "Method",
    "Source",
    "choose_method",
    "warp",
    "warp_blocks",
]

_COPY_BLOCK = 65536


def warp(audio: Audio, warp_map: WarpMap, sample_rate: int, frames: int, pitch_semitones: float = 0.0) -> Audio:
    """Return `frames` frames of `audio` along `warp_map`, float32 [shape=(frames, channels)].

    `audio`: float32 [shape=(any, channels)] with all stems side by side, finite. What lies outside it is silence.

    Raises
    ------
    InvalidValue
        If `frames` is negative or the pitch shift is not −12–12 semitones.
    """
    blocks = warp_blocks(ArraySource(audio), warp_map, sample_rate, frames, pitch_semitones)
    result = np.empty((frames, audio.shape[1]), np.float32)
    done = 0
    for block in blocks:
        result[done : done + len(block)] = block
        done += len(block)
    return result


def warp_blocks(
    source: Source, warp_map: WarpMap, sample_rate: int, frames: int, pitch_semitones: float = 0.0
) -> Iterator[Audio]:
    """Yield what `warp` returns a few seconds at a time, in memory that does not grow with the length.

    Raises
    ------
    InvalidValue
        As `warp`.
    """
    if frames < 0:
        raise InvalidValue("frames", frames, "0 or more")
    ratio = pitch_ratio(pitch_semitones)
    method = choose_method(warp_map, frames / sample_rate, ratio != 1)
    if method == "copy":
        return _copied(source, warp_map, sample_rate, frames)
    if method == "varispeed":
        return varispeed(source, warp_map, sample_rate, frames)
    return _vocoded(source, warp_map, sample_rate, frames, ratio)


def _copied(source: Source, warp_map: WarpMap, sample_rate: int, frames: int) -> Iterator[Audio]:
    """Yield the frames as they are, moved by the nearest whole number of frames."""
    shift = round(float(warp_map.to_source(np.zeros(1))[0]) * sample_rate)
    for start in range(0, frames, _COPY_BLOCK):
        yield source.read(start + shift, min(start + _COPY_BLOCK, frames) + shift)


def _vocoded(source: Source, warp_map: WarpMap, sample_rate: int, frames: int, ratio: Fraction) -> Iterator[Audio]:
    """Yield the vocoder's output, `ratio` times as long and as much faster."""
    longer = WarpMap(warp_map.source_s, warp_map.target_s * float(ratio))
    blocks = two_bands(source, longer, find_attacks(source, sample_rate), sample_rate)
    if ratio != 1:
        yield from faster(blocks, ratio, frames)
        return
    while frames > 0:
        block = next(blocks)[:frames]
        frames -= len(block)
        yield block
