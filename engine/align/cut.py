"""Cuts whole bars out of a warped take: exact length, a seamless loop, a faded ending for a one-shot.

A loop's end is joined to its start in one of three ways:

1. The music ended and still rings after the last bar: the tail is added over the start, as if the loop had repeated.
2. The music goes on after the last bar: the last 10 ms cross-fade into the audio just before the first downbeat, or
   fade out if there is none.
3. The audio ends with the last bar: nothing is changed.

Cross-fades have equal power, because the two signals at a seam are not correlated.
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
_AUDIBLE = 10 ** (-66 / 20)  # amplitude, relative to the take's peak
_ATTACK_GUARD_S = 0.03
_FADES = 0.5  # a ringing tail's second half has at most this share of the energy of its first


@dataclass(frozen=True, slots=True)
class CutLayout:
    """The parts of a warped take: `lead` frames before the first downbeat, `frames` of bars, `tail` after them."""

    lead: int
    frames: int
    tail: int

    @property
    def total(self) -> int:
        """The sum of the three."""
        return self.lead + self.frames + self.tail


def cut_layout(frames: int, sample_rate: int) -> CutLayout:
    """Return the layout that has to be warped so that `frames` frames of bars can be cut out of it."""
    seam = min(round(SEAM_S * sample_rate), frames // 2)
    return CutLayout(seam, frames, min(round(MAX_TAIL_S * sample_rate), frames))


def cut(
    audio: Audio,
    layout: CutLayout,
    sample_rate: int,
    ending: Ending = "loop",
    keep_tail: bool = False,
    fade_s: float = SEAM_S,
) -> Audio:
    """Return the bars of `audio`, float32 [shape=(layout.total, channels)], with their end joined or faded.

    [shape=(layout.frames, channels)]; with `keep_tail` a one-shot is longer by its ringing tail. A one-shot whose
    music goes on after its end fades out for `fade_s`; what only rings there fades for a quarter of that.
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
    if ending == "loop":
        return _joined(body, audio[:start])
    return _faded_out(body, max(layout.lead, round((fade_s / 4 if rings else fade_s) * sample_rate)))


def _ring(audio: Audio, tail: Audio, sample_rate: int) -> tuple[bool, int]:
    """Return whether `tail` only rings (it fades and ends, with no attack), and the number of its audible frames."""
    level = np.abs(tail).max(axis=1, initial=0.0)
    audible = np.flatnonzero(level > _AUDIBLE * peak(audio))
    length = int(audible[-1]) + 1 if audible.size else 0
    # A ringing tail decays; a sustained sound that merely stops is music that went on.
    power = np.square(tail[:length], dtype=np.float64)
    fades = power[length // 2 :].sum() <= _FADES * power[: length // 2].sum()
    return bool(0 < length < len(tail) and fades) and not _attacked(audio, len(tail), sample_rate), length


def _attacked(audio: Audio, tail_frames: int, sample_rate: int) -> bool:
    """Return whether a sound begins in the last `tail_frames` of `audio`."""
    # With the music before it, so that the tail's own beginning is not taken for an attack.
    before = min(len(audio) - tail_frames, sample_rate)
    attacks = find_attacks(ArraySource(audio[len(audio) - tail_frames - before :]), sample_rate).times_s
    return bool((attacks > before / sample_rate + _ATTACK_GUARD_S).any())


def _joined(body: Audio, lead: Audio) -> Audio:
    """Cross-fade the end of `body` into `lead`, the audio before its start."""
    count = len(lead)
    turn = (np.arange(count, dtype=np.float32) + 0.5)[:, None] * np.float32(np.pi / 2 / max(1, count))
    end = len(body) - count
    body[end:] = body[end:] * np.cos(turn) + lead * np.sin(turn)
    return body


def _faded_out(audio: Audio, count: int) -> Audio:
    count = min(count, len(audio))
    return _joined(audio, np.zeros((count, audio.shape[1]), np.float32))
