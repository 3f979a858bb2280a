"""Analyses audio of any length in one pass: band levels, pitch classes and refined attacks, for beat tracking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.align.track.attacks import TrackedAttacks, peaks, refine
from engine.align.track.bands import band_powers, hop_frames, pitch_classes, rises, window_frames
from engine.align.track.blocks import AnalysisPiece, check_rate, pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.contract import Audio

    Values = NDArray[np.float32]

LEAD_HOPS = 200
CHROMA_HOPS = 20
_CORE_HOPS = 4000
_SAME_S = 0.002  # two coarse onsets refined to within this distance are one attack


@dataclass(frozen=True, slots=True)
class Analysis:
    """The analysis of a signal.

    Attributes:
        powers: power of each band at each hop [shape=(hops, bands)]; `LEAD_HOPS` hops of silence come before frame 0,
            so that an onset there is a rise like any other.
        chroma: pitch classes at every `CHROMA_HOPS`-th hop [shape=(n, 12)].
        attacks: refined beginnings of sounds.
        hop_rate_hz: hops per second.
        length_s: length of the signal.
    """

    powers: Values
    chroma: Values
    attacks: TrackedAttacks
    hop_rate_hz: float
    length_s: float


def analyse(blocks: Iterable[Audio], sample_rate: int) -> Analysis:
    """Return the analysis of one signal that comes in `blocks` [shape=(frames, channels) each, any sizes].

    Only the result grows with the length of the signal, by about 0.6 MB a minute.

    Raises
    ------
    InvalidValue
        If the sample rate or the samples cannot be used.
    """
    check_rate(sample_rate)
    hop = hop_frames(sample_rate)
    margin = hop * int(np.ceil(max(window_frames(sample_rate) / hop, 0.08 * sample_rate / hop, 30)))
    parts = [_Part(piece, sample_rate) for piece in pieces(blocks, LEAD_HOPS * hop, _CORE_HOPS * hop, margin)]
    frames = max(0, sum(part.frames for part in parts) - LEAD_HOPS * hop)
    return Analysis(
        powers=np.concatenate([part.powers for part in parts]),
        chroma=np.concatenate([part.chroma for part in parts]),
        attacks=_joined([part.attacks for part in parts]),
        hop_rate_hz=sample_rate / hop,
        length_s=frames / sample_rate,
    )


class _Part:
    """The analysis of one piece; its samples are not kept."""

    def __init__(self, piece: AnalysisPiece, sample_rate: int) -> None:
        hop = hop_frames(sample_rate)
        context, count = piece.margin // (2 * hop), -(-piece.core // hop)
        first_hop = piece.start // hop + LEAD_HOPS
        samples = np.concatenate([piece.samples, np.zeros(2 * hop, np.float32)])
        powers = band_powers(samples, sample_rate, piece.margin - context * hop, count + 2 * context)
        strength = rises(powers).sum(axis=1)
        found = peaks(strength)
        found = found[(found >= context) & (found < context + count)] - context
        self.frames = piece.core
        self.powers = powers[context : context + count]
        chroma_at = np.arange(-first_hop % CHROMA_HOPS, count, CHROMA_HOPS)
        self.chroma = pitch_classes(samples, sample_rate, piece.margin + chroma_at * hop)
        times, contrast = refine(samples, piece.margin + found * hop, sample_rate)
        times_s = (times - piece.margin + piece.start) / sample_rate
        new = np.diff(times_s, prepend=-np.inf) > _SAME_S
        self.attacks = TrackedAttacks(times_s[new], contrast[new], (found + first_hop)[new])


def _joined(parts: list[TrackedAttacks]) -> TrackedAttacks:
    return TrackedAttacks(
        np.concatenate([part.times_s for part in parts]),
        np.concatenate([part.contrast for part in parts]),
        np.concatenate([part.hops for part in parts]),
    )
