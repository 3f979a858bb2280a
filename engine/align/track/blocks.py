"""Mixes audio in blocks of any size to one channel, and cuts it into pieces with context on both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import InvalidValue

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.contract import Audio

    Mono = NDArray[np.float32]

MIN_RATE_HZ, MAX_RATE_HZ = 4_000, 384_000
DRUM_NAMES = ("drum", "perc", "beat")
_DRUM_GAIN = 3.0
_CHANNEL_FALL = 0.8
_BLOCK_S = 10.0


@dataclass(frozen=True, slots=True)
class AnalysisPiece:
    """A piece of a long signal, with context.

    Attributes:
        samples: float32 [shape=(margin + core + margin,)], zeros where there is no signal.
        start: frame in the whole signal at which the core begins.
        core: frames in the core; the last piece's may be fewer than the others'.
        margin: frames of context on either side.
    """

    samples: Mono
    start: int
    core: int
    margin: int


def blocks_of(audio: Audio | Mapping[str, Audio], sample_rate: int) -> Iterator[Audio]:
    """Yield `audio` in blocks of ten seconds; stems by name are mixed, with the drums louder.

    Raises
    ------
    InvalidValue
        If stems have different lengths, or there are none.
    """
    if isinstance(audio, Mapping):
        yield from _mixed_blocks(audio, sample_rate)
        return
    size = max(1, round(_BLOCK_S * sample_rate))
    for start in range(0, len(audio), size):
        yield audio[start : start + size]


def _mixed_blocks(stems: Mapping[str, Audio], sample_rate: int) -> Iterator[Audio]:
    lengths = {len(audio) for audio in stems.values()}
    if len(lengths) != 1:
        raise InvalidValue("stems", f"lengths {sorted(lengths)}", "one or more, all of the same length")
    gains = {name: _DRUM_GAIN if any(word in name.lower() for word in DRUM_NAMES) else 1.0 for name in stems}
    size = max(1, round(_BLOCK_S * sample_rate))
    for start in range(0, lengths.pop(), size):
        parts = [gains[name] * mono(audio[start : start + size]) for name, audio in stems.items()]
        yield np.stack(parts).sum(axis=0)[:, None]


def mono(block: Audio) -> Mono:
    """Return `block` [shape=(frames, channels) or (frames,)] as one channel, float32.

    Each channel has a slightly lower weight than the one before, so that channels in opposite phase do not cancel.

    Raises
    ------
    InvalidValue
        If it has another shape, or samples that are not finite numbers.
    """
    samples = np.asarray(block, dtype=np.float32)
    if samples.ndim == 1:
        samples = samples[:, None]
    if samples.ndim != 2 or not samples.shape[1]:
        raise InvalidValue("audio", f"an array of shape {samples.shape}", "of shape (frames, channels)")
    weights = _CHANNEL_FALL ** np.arange(samples.shape[1], dtype=np.float32)
    weights /= weights.sum()
    mixed: Mono = samples[:, 0] * weights[0]
    for channel, weight in zip(samples.T[1:], weights[1:], strict=True):
        mixed += channel * weight
    if not np.isfinite(mixed).all():
        raise InvalidValue("audio", "samples that are not finite", "finite samples only")
    return mixed


def check_rate(sample_rate: int) -> None:
    """Raise InvalidValue unless audio at `sample_rate` frames per second can be analysed."""
    if isinstance(sample_rate, bool) or not MIN_RATE_HZ <= sample_rate <= MAX_RATE_HZ:
        raise InvalidValue("sample_rate", sample_rate, f"{MIN_RATE_HZ}–{MAX_RATE_HZ} Hz")


def pieces(blocks: Iterable[Audio], lead: int, core: int, margin: int) -> Iterator[AnalysisPiece]:
    """Yield the signal in `blocks` as pieces of `core` frames; `lead` frames of silence are put before frame 0.

    The first piece starts at frame −`lead`. One piece and one block are in memory at a time.
    """
    held: Mono = np.zeros(margin + lead, np.float32)
    start = -lead
    for block in blocks:
        held = np.concatenate([held, mono(block)])
        while len(held) >= core + 2 * margin:
            yield AnalysisPiece(held[: core + 2 * margin], start, core, margin)
            held, start = held[core:], start + core
    rest = len(held) - margin
    held = np.concatenate([held, np.zeros(margin, np.float32)])
    while rest > 0:
        size = min(core, rest)
        yield AnalysisPiece(held[: size + 2 * margin], start, size, margin)
        held, start, rest = held[size:], start + size, rest - size
