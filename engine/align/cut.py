"""Whole bars out of a warped take: exact length, no seam in a loop, an ending for a one-shot.

A loop's end is joined to its start in one of three ways:

1. The music ended and still rings after the last bar: the ring is laid over the start, as in a loop that goes round.
2. The music goes on after the last bar: the last 10 ms cross into what was heard just before the first downbeat, or
   fade out if there was nothing.
3. The audio ends with the last bar: nothing is touched.

Crossfades have equal power: what meets at a seam is not the same wave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.align.warp import ArraySource
from engine.align.warp.attacks import find_attacks
from engine.levels import peak

if TYPE_CHECKING:
    from engine.contract import Audio

Ending = Literal["loop", "one_shot"]

SEAM_S = 0.01
MAX_TAIL_S = 4.0
_AUDIBLE = 10 ** (-66 / 20)  # of the take's peak
_ATTACK_GUARD_S = 0.03
_FADES = 0.5  # energy of a ring's second half against its first, at most


@dataclass(frozen=True, slots=True)
class Room:
    """How a warped take is laid out: `lead` frames before the first downbeat, `frames` of bars, `tail` after them."""

    lead: int
    frames: int
    tail: int

    @property
    def total(self) -> int:
        """All frames together."""
        return self.lead + self.frames + self.tail


def room(frames: int, sample_rate: int) -> Room:
    """Return how much has to be warped to cut `frames` out of it."""
    seam = min(round(SEAM_S * sample_rate), frames // 2)
    return Room(seam, frames, min(round(MAX_TAIL_S * sample_rate), frames))


def cut(audio: Audio, layout: Room, sample_rate: int, ending: Ending = "loop", keep_tail: bool = False) -> Audio:
    """Return the bars of `audio`, float32 [shape=(layout.total, channels)], with their end made good.

    [shape=(layout.frames, channels)]; with `keep_tail` a one-shot is as much longer as it rings.
    """
    start, stop = layout.lead, layout.lead + layout.frames
    body, tail = audio[start:stop].copy(), audio[stop:]
    rings, length = _ring(audio, tail, sample_rate)
    if length == 0:
        return body
    if ending == "one_shot" and keep_tail:
        return _faded_out(np.concatenate([body, tail[:length]]), layout.lead)
    if ending == "loop" and rings:
        body[:length] += tail[:length]
        return body
    return _joined(body, audio[:start]) if ending == "loop" else _faded_out(body, layout.lead)


def _ring(audio: Audio, tail: Audio, sample_rate: int) -> tuple[bool, int]:
    """Return whether `tail` only rings (it fades and ends, with no attack), and how many of its frames are heard."""
    level = np.abs(tail).max(axis=1, initial=0.0)
    heard = np.flatnonzero(level > _AUDIBLE * peak(audio))
    length = int(heard[-1]) + 1 if heard.size else 0
    # What rings dies away; a sustained sound that merely stops is music that went on.
    power = np.square(tail[:length], dtype=np.float64)
    fades = power[length // 2 :].sum() <= _FADES * power[: length // 2].sum()
    return bool(0 < length < len(tail) and fades) and not _attacked(audio, len(tail), sample_rate), length


def _attacked(audio: Audio, tail_frames: int, sample_rate: int) -> bool:
    """Return whether anything begins in the last `tail_frames` of `audio`."""
    # Music before it, so that the tail's own beginning is not taken for an attack.
    before = min(len(audio) - tail_frames, sample_rate)
    attacks = find_attacks(ArraySource(audio[len(audio) - tail_frames - before :]), sample_rate).times_s
    return bool((attacks > before / sample_rate + _ATTACK_GUARD_S).any())


def _joined(body: Audio, lead: Audio) -> Audio:
    """Cross the end of `body` into `lead`, what was heard before its start."""
    count = len(lead)
    turn = (np.arange(count, dtype=np.float32) + 0.5)[:, None] * np.float32(np.pi / 2 / max(1, count))
    end = len(body) - count
    body[end:] = body[end:] * np.cos(turn) + lead * np.sin(turn)
    return body


def _faded_out(audio: Audio, count: int) -> Audio:
    return _joined(audio, np.zeros((count, audio.shape[1]), np.float32))
