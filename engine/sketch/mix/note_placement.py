"""Places a part's notes on the loop: start frame and sounding length of each, and its rendered sound added there.

A piece is a loop: sound that lasts past the end continues at the beginning, for as many laps as it lasts. An open
hat at the end is closed by the first closed hat of the next lap. A piece that ends fades to silence instead, and
nothing continues at its beginning.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from engine.music import TempoMap
from engine.score import Part
from engine.sketch.synth.cache import cached_sound
from engine.sketch.synth.kits import HAT_KEYS, OPEN_HAT, nearest
from engine.sketch.synth.noise import generator
from engine.sketch.synth.voice import Sound, Stroke, Voice
from engine.sketch.work import WorkProgress

_GRAIN_FRAMES = 4096
"""Strokes are rendered in multiples of this length, so that the cache can reuse them in later renders."""
_HIGHEST_HZ = 5000.0
"""Keys above this frequency sound an octave lower: no instrument reaches it, and its overtones would alias."""

_TIE_S = 0.004
"""Longest gap between tied notes."""


@dataclass(frozen=True, slots=True)
class FrameHit:
    """One note on the loop: its first frame, the frames that the key is held, key and velocity."""

    start: int
    held: int
    key: int
    velocity: int


class Loop:
    """The piece's time in frames: conversion of beats, total length, frames per second, and tuning in semitones.

    `goes_round` is False for a piece that ends; `fade_start` is then the frame from which it fades.
    """

    def __init__(
        self,
        tempo_map: TempoMap,
        length_beats: Fraction,
        rate: int,
        shift: float = 0.0,
        fade_start_beats: Fraction | None = None,
    ) -> None:
        self._tempo_map = tempo_map
        self.goes_round = fade_start_beats is None
        self._known: dict[Fraction, int] = {}
        self.frames = max(1, tempo_map.frames(length_beats, rate))
        self.rate = rate
        self.shift = shift
        self.fade_start = self.frames if fade_start_beats is None else self.frame(fade_start_beats)

    def frame(self, beats: Fraction) -> int:
        """Return the frame of `beats`, cached: many notes share one, and exact arithmetic is slow."""
        if beats not in self._known:
            self._known[beats] = self._tempo_map.frames(beats, self.rate)
        return self._known[beats]


def frame_hits(part: Part, voice: Voice, loop: Loop) -> list[FrameHit]:
    """Return the part's notes in frames, in order; starts outside the loop are wrapped round it.

    Notes of sustaining voices that are longer than the longest stroke are split into several.
    """
    found = []
    longest = round(voice.longest_s * loop.rate) if voice.sustains else None
    for note in part.notes:
        start = loop.frame(note.start_beats)
        end = loop.frame(note.start_beats + note.length_beats)
        key = nearest(note.pitch) if part.is_drums else note.pitch
        while longest and end - start > longest:
            found.append(FrameHit(start % loop.frames, longest, key, note.velocity))
            start += longest
        found.append(FrameHit(start % loop.frames, max(1, end - start), key, note.velocity))
    return sorted(found, key=lambda hit: (hit.start, hit.key, hit.velocity, hit.held))


def place(part: Part, voice: Voice, loop: Loop, seed: int, work: WorkProgress) -> Sound:
    """Return the part's dry sound as middle and side [shape=(2, loop.frames)]."""
    found = frame_hits(part, voice, loop)
    bed = np.zeros((2, loop.frames), np.float32)
    spans = _spans(found, voice, loop)
    takes = _round_robins(found, voice, generator(seed, part.stem, "takes"))
    strokes = _strokes_of(found, spans, takes, voice, loop)
    release = _release(voice, loop.rate)
    share = 0.6 / max(1, len(found))
    for hit, span, stroke in zip(found, spans, strokes, strict=True):
        loud, pan = _loud_and_pan(hit, voice)
        sound = _cut(cached_sound(voice, stroke), span, release) * np.float32(loud)
        _add(bed[0], hit.start, sound[0], loop.goes_round)
        if pan:
            _add(bed[1], hit.start, sound[0] * np.float32(-pan), loop.goes_round)
        if sound.shape[0] == 2:
            _add(bed[1], hit.start, sound[1], loop.goes_round)
        work.advance(share)
    return bed


def _spans(found: Sequence[FrameHit], voice: Voice, loop: Loop) -> list[int]:
    """Return the frames that each hit sounds before its release: to key-up, or to the hit that cuts it off."""
    longest = round(voice.longest_s * loop.rate)
    starts: dict[object, list[int]] = {}
    for hit in found:
        group = starts.setdefault(_group(hit, voice), [])
        if not group or group[-1] != hit.start:
            group.append(hit.start)
    spans = []
    for hit in found:
        group = starts[_group(hit, voice)]
        later = bisect_right(group, hit.start)
        until = (group[later] if later < len(group) else group[0] + loop.frames) - hit.start
        own = longest if not voice.gated else min(longest, hit.held)
        if voice.pieces:
            own = round(voice.pieces[hit.key].ring_s * loop.rate)
        ends = voice.gated or (bool(voice.pieces) and hit.key == OPEN_HAT)
        spans.append(min(own, until) if ends else own)
    return spans


def _group(hit: FrameHit, voice: Voice) -> object:
    """Return the choke group of a hit: the whole part, the pair of hats, or its own key."""
    if voice.mono:
        return "all"
    return "hats" if voice.pieces and hit.key in HAT_KEYS else hit.key


def _round_robins(found: Sequence[FrameHit], voice: Voice, rng: np.random.Generator) -> list[int]:
    """Return the round robin number of each hit: in turn for each key, starting at one that `rng` draws."""
    first = int(rng.integers(voice.round_robins))
    turns: dict[int, int] = {}
    takes = []
    for hit in found:
        turns[hit.key] = turns.get(hit.key, first - 1) + 1
        takes.append(turns[hit.key] % voice.round_robins)
    return takes


def _strokes_of(
    found: Sequence[FrameHit], spans: Sequence[int], takes: Sequence[int], voice: Voice, loop: Loop
) -> list[Stroke]:
    """Return the stroke of each hit; equal ones share a stroke as long as the longest of them."""
    tail = round(voice.release_s * loop.rate)
    needed_frames: dict[tuple[int, int, int, int], int] = {}
    labels = []
    before = _tied_from(found, voice, loop)
    for hit, span, take, source in zip(found, spans, takes, before, strict=True):
        label = (hit.key, min(voice.velocity_layers - 1, hit.velocity * voice.velocity_layers // 128), take, source)
        labels.append(label)
        frames = round(voice.pieces[hit.key].ring_s * loop.rate) if voice.pieces else span + tail
        needed_frames[label] = max(needed_frames.get(label, 1), frames)
    made = {}
    for (key, force, take, source), frames in needed_frames.items():
        whole = frames if voice.pieces else -(-frames // _GRAIN_FRAMES) * _GRAIN_FRAMES
        from_hz = _hz(source, loop) if source >= 0 else 0.0
        share = (force + 0.5) / voice.velocity_layers
        made[key, force, take, source] = Stroke(key, _hz(key, loop), share, take, whole, loop.rate, from_hz)
    return [made[label] for label in labels]


def _tied_from(found: Sequence[FrameHit], voice: Voice, loop: Loop) -> list[int]:
    """Return the key that each hit glides from: that of the hit before, if tied to it, else −1."""
    if not voice.glide_s:
        return [-1] * len(found)
    sources = []
    for index, hit in enumerate(found):
        if not (index or loop.goes_round):
            sources.append(-1)
            continue
        earlier = found[index - 1]
        gap = (hit.start - earlier.start) % loop.frames - earlier.held
        tied = len(found) > 1 and earlier.key != hit.key and gap < _TIE_S * loop.rate
        sources.append(earlier.key if tied else -1)
    return sources


def _hz(key: int, loop: Loop) -> float:
    hz = 440.0 * 2.0 ** ((key + loop.shift - 69.0) / 12.0)
    while hz > min(_HIGHEST_HZ, 0.2 * loop.rate):
        hz /= 2.0
    return float(hz)


def _loud_and_pan(hit: FrameHit, voice: Voice) -> tuple[float, float]:
    loud = (hit.velocity / 127.0) ** voice.dynamic
    if voice.pieces:
        piece = voice.pieces[hit.key]
        return loud * piece.level, piece.pan
    return loud, voice.spread * max(-1.0, min(1.0, (hit.key - 64) / 20.0))


def _release(voice: Voice, rate: int) -> Sound:
    """Return the fade after key-up, from 1 to 0 [shape=(release,)]; chokes of kits take 12 ms."""
    seconds = voice.release_s if voice.gated else min(voice.release_s, 0.012)
    count = max(2, round(seconds * rate))
    return (0.5 + 0.5 * np.cos(np.pi * (np.arange(count) + 1) / count)).astype(np.float32)


def _cut(sound: Sound, span: int, release: Sound) -> Sound:
    """Return a copy of `sound` that ends `release` after `span` frames [shape=(1 or 2, frames)]."""
    cut = sound[:, : span + release.size].copy()
    fading = cut.shape[1] - span
    if fading > 0:
        cut[:, span:] *= release[:fading]
    return cut


def _add(bed: Sound, start: int, sound: Sound, goes_round: bool) -> None:
    """Add `sound` to `bed` from frame `start` on, wrapping as often as needed if it goes round [shape=(frames,)]."""
    done = 0
    end = sound.size if goes_round else min(sound.size, bed.size - start)
    while done < end:
        count = min(sound.size - done, bed.size - start)
        bed[start : start + count] += sound[done : done + count]
        done += count
        start = 0
