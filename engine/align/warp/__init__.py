"""Time-stretching of audio along a warp map, with the same decisions for all channels of all stems.

1. A map that only shifts the audio is followed by copying, bit for bit, shifted by whole frames.
2. A map that changes the speed by no more than `VARISPEED_CENTS` is followed by resampling (`varispeed`).
3. Every other map, and every pitch shift, uses the phase vocoder: attacks are found (`attacks`), the map is made
   rigid around them (`lock`), and two bands (`split`, `twoband`) are rebuilt along it (`vocoder`). For a pitch shift
   the audio is stretched by the pitch ratio and then played faster by it (`pitch`); formants move with the pitch.

All three are linear operators with the same parameters for all channels: the sum of the warped stems is the warped
mix. Must not live here: the origin of the map, or assumptions about the audio's content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from engine.align.warp.attacks import find_attacks
from engine.align.warp.choose import WarpMethod, choose_method
from engine.align.warp.pitch import pitch_ratio, speed_up
from engine.align.warp.source import ArraySource, FileSource
from engine.align.warp.twoband import two_bands
from engine.align.warp.varispeed import varispeed
from engine.align.warpmap import WarpMap
from engine.errors import InvalidValue

if TYPE_CHECKING:
    from engine.contract import Audio, Source

__all__ = [
    "ArraySource",
    "FileSource",
    "WarpMethod",
    "choose_method",
    "warp",
    "warp_blocks",
]

_COPY_BLOCK = 65536


def warp(
    audio: Audio,
    warp_map: WarpMap,
    sample_rate: int,
    frames: int,
    pitch_semitones: float = 0.0,
    *,
    report: Callable[[float], None] = lambda _: None,
) -> Audio:
    """Return `frames` frames of `audio` along `warp_map`, float32 [shape=(frames, channels)].

    `audio`: float32 [shape=(any, channels)] with all stems side by side, finite; silence outside. `report` is called
    with the fraction done, 0–1.

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
        report(done / max(1, frames))
    return result


def warp_blocks(
    source: Source, warp_map: WarpMap, sample_rate: int, frames: int, pitch_semitones: float = 0.0
) -> Iterator[Audio]:
    """Yield the result of `warp` a few seconds at a time, in memory that does not grow with the length.

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
    """Yield the unchanged frames, shifted by the nearest whole number of frames."""
    shift = round(float(warp_map.to_source(np.zeros(1))[0]) * sample_rate)
    for start in range(0, frames, _COPY_BLOCK):
        yield source.read(start + shift, min(start + _COPY_BLOCK, frames) + shift)


def _vocoded(source: Source, warp_map: WarpMap, sample_rate: int, frames: int, ratio: Fraction) -> Iterator[Audio]:
    """Yield the vocoder's output, made `ratio` times as long and then played faster by `ratio`."""
    longer = WarpMap(warp_map.source_s, warp_map.target_s * float(ratio))
    blocks = two_bands(source, longer, find_attacks(source, sample_rate), sample_rate)
    if ratio != 1:
        yield from speed_up(blocks, ratio, frames)
        return
    while frames > 0:
        block = next(blocks)[:frames]
        frames -= len(block)
        yield block
