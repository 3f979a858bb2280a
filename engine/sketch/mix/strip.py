"""A part's channel strip: amplifier, ducking, then tone, pan, width and room; dry middle and side in, stereo out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import fft
from scipy.signal import firwin, upfirdn

from engine.sketch.composition import PartMix
from engine.sketch.mix.note_placement import Loop
from engine.sketch.mix.tone import MixDesk, strip, tail_frames
from engine.sketch.synth.voice import Drive, Sound, Voice
from engine.sketch.work import WorkProgress

_HALF_TAPS = 16
_CHUNK_FRAMES = 2**17
DUCK_DB = 16.0


def drive(middle: Sound, amplifier: Drive, rate: int, work: WorkProgress, goes_round: bool = True) -> None:
    """Distort `middle` [shape=(frames,)] in place by the amplifier's curve, oversampled and wrapped round the loop.

    The oversampling filters are symmetrical and their delay is compensated: nothing moves in time.
    """
    played = middle[np.abs(middle) > 1e-4]
    if not played.size:
        return
    loud = float(np.sqrt(np.mean(np.square(played))))
    gain = np.float32(amplifier.gain * 0.3 / loud)
    rest = np.float32(np.tanh(amplifier.bias))
    times = 4 if rate < 64_000 else 2
    taps = firwin(2 * _HALF_TAPS * times + 1, 0.9 / times, window=("kaiser", 7.0)).astype(np.float32)
    # Up and down each delay by `_HALF_TAPS` frames; each needs as many on either side.
    pad = 2 * _HALF_TAPS
    source = middle.copy()
    for start in range(0, middle.size, _CHUNK_FRAMES):
        count = min(_CHUNK_FRAMES, middle.size - start)
        dense = upfirdn(taps * np.float32(times), _stretch(source, start - pad, count + 2 * pad, goes_round), times)
        bent = np.tanh(gain * dense + np.float32(amplifier.bias)) - rest
        back = upfirdn(taps, bent, 1, times)
        middle[start : start + count] = back[2 * pad : 2 * pad + count] * np.float32(0.25)
        work.advance(0.1 * count / middle.size)


def duck(bed: Sound, kicks: Sequence[int], depth: float, rate: int, goes_round: bool = True) -> None:
    """Duck `bed` [shape=(2, frames)] in place at every frame of `kicks`; it recovers within about 0.22 s."""
    if not kicks or depth <= 0.0:
        return
    down, hold, back = round(0.003 * rate), round(0.04 * rate), round(0.18 * rate)
    curve_db = np.concatenate(
        [np.sin(np.linspace(0, np.pi / 2, down + 1)), np.ones(hold), 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, back))]
    )
    curve = 10.0 ** (curve_db * (-DUCK_DB * min(1.0, depth) / 20.0))
    gain = np.ones(bed.shape[1], np.float32)
    for kick in kicks:
        part = curve if goes_round else curve[: gain.size - kick]
        _take_lower(gain, kick, part.astype(np.float32))
    bed *= gain


def _take_lower(loop: Sound, start: int, curve: Sound) -> None:
    """Set `loop` to the smaller of itself and `curve` from frame `start` on, wrapping as often as needed."""
    done = 0
    while done < curve.size:
        count = min(curve.size - done, loop.size - start)
        np.minimum(loop[start : start + count], curve[done : done + count], out=loop[start : start + count])
        done += count
        start = 0


def through_strip(bed: Sound, voice: Voice, mix: PartMix, desk: MixDesk, loop: Loop, work: WorkProgress) -> Sound:
    """Return the part in stereo [shape=(frames, 2)] after tone, pan, width and room, by overlap-save on the loop.

    A piece that ends is faded here: before the master, so that its loudness is that of what is heard.
    """
    overlap, size = _block(loop, tail_frames(mix, desk, loop.rate))
    to_middle, to_side, own_side = strip(voice, mix, desk, size, loop.rate)
    has_side = bool(bed[1].any())
    mono = to_side is None and not has_side
    source = bed if has_side else bed[:1]
    out = np.empty((loop.frames, 2), np.float32)
    fresh = size - overlap
    for start in range(0, loop.frames, fresh):
        count = min(fresh, loop.frames - start)
        spectra = fft.rfft(_stretch(source, start - overlap, size, loop.goes_round), axis=1)
        middle = fft.irfft(spectra[0] * to_middle, size)[overlap : overlap + count]
        side = np.zeros(1, np.float32)
        if not mono:
            sideways = own_side * spectra[1] if has_side else np.zeros(1, np.complex64)
            if to_side is not None:
                sideways = sideways + to_side * spectra[0]
            side = fft.irfft(sideways, size)[overlap : overlap + count]
        np.add(middle, side, out=out[start : start + count, 0])
        np.subtract(middle, side, out=out[start : start + count, 1])
        work.advance(0.4 * count / loop.frames)
    _fade(out[loop.fade_start :])
    return out


def _fade(tail: Sound) -> None:
    """Fade `tail` [shape=(frames, 2)] in place from full level to silence; in its middle half the level is left."""
    turn = np.linspace(0.0, np.pi / 2, len(tail), dtype=np.float64)
    tail *= np.square(np.cos(turn)).astype(np.float32)[:, None]


def _block(loop: Loop, overlap: int) -> tuple[int, int]:
    """Return overlap and size of the cheapest blocks; a loop that fits into one block is circular: no overlap."""
    sizes = [fft.next_fast_len(times * overlap, real=True) for times in (2, 3, 4, 5, 6)]
    if loop.frames <= sizes[2] and loop.goes_round:
        return 0, loop.frames
    return overlap, min(sizes, key=lambda size: -(-loop.frames // (size - overlap)) * size)


def _stretch(piece: Sound, start: int, count: int, goes_round: bool) -> Sound:
    """Return `count` frames of the piece from frame `start`, as `window`; silence outside a piece that ends."""
    if goes_round:
        return window(piece, start, count)
    first, stop = max(0, start), min(piece.shape[-1], start + count)
    out = np.zeros((*piece.shape[:-1], count), piece.dtype)
    out[..., first - start : stop - start] = piece[..., first:stop]
    return out


def window(loop: Sound, start: int, count: int) -> Sound:
    """Return `count` frames of a loop from frame `start`, which may be negative [shape=(…, count)]."""
    total = loop.shape[-1]
    first = start % total
    if first + count <= total:
        return loop[..., first : first + count]
    pieces = [loop[..., first:]]
    missing = count - (total - first)
    pieces += [loop] * (missing // total)
    pieces.append(loop[..., : missing % total])
    return np.concatenate(pieces, axis=-1)
