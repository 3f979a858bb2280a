"""A take onto the project's grid: track, fit, warp, cut, and prove the result.

1. Every stem is checked, cleaned of samples that are no numbers, and laid side by side with the others.
2. Beats are tracked over all stems and fitted to the grid (`track`, `fit`); a map may also be given.
3. One warp for all stems, the mix with them (`warp`).
4. Whole bars from the first downbeat (`cut`), exactly as many frames as the grid has.
5. The result's error, measured by a tracker that had no part in step 2 (`proof`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from engine.align.cut import Ending, cut, room
from engine.align.fit import Fit, fit_map
from engine.align.measure import GridError
from engine.align.proof import prove
from engine.align.track import Beats, track_beats
from engine.align.warp import Method, choose_method, warp
from engine.align.warp.source import without_broken_samples
from engine.align.warpmap import WarpMap
from engine.errors import InvalidValue

if TYPE_CHECKING:
    from engine.music import Meter, TempoMap
    from engine.seam import Audio

_HIGHEST_RATE = 384_000
_LOWEST_RATE = 4_000


@dataclass(frozen=True, slots=True)
class Grid:
    """Where a take has to lie: `length_beats` quarter notes of `tempo_map` from its first downbeat, in `meter`."""

    tempo_map: TempoMap
    meter: Meter
    length_beats: Fraction

    @property
    def bars(self) -> float:
        """Length in bars."""
        return float(self.length_beats / self.meter.bar_beats)


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """How a take got onto its grid.

    Attributes:
        error: what the finished audio measures; for the manifest's `alignment`.
        warp_map: from the take's own time to the project's.
        method: how the warp followed it: "copy", "varispeed" or "vocoder".
        model: how bent the map is: "identity", "constant", "linear", "smooth", or "given".
        residual_ms: spread of the take's attacks around the map; None if nothing was tracked.
        beats: what was tracked; None for a given map.
        notices: plain sentences the user should read.
    """

    error: GridError
    warp_map: WarpMap
    method: Method
    model: str
    residual_ms: float | None
    beats: Beats | None
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Conformed:
    """A take on its grid: stems by name and the mix, float32 [shape=(frames, channels)], and how it got there."""

    stems: dict[str, Audio]
    mix: Audio
    report: Report


def conform(
    stems: Mapping[str, Audio],
    sample_rate: int,
    grid: Grid,
    model_bpm: float,
    *,
    mix: Audio | None = None,
    pitch_semitones: float = 0.0,
    ending: Ending = "loop",
    keep_tail: bool = False,
    warp_map: WarpMap | None = None,
) -> Conformed:
    """Return `stems` on `grid`, float32 [shape=(frames, channels)] each, shorter ones padded with silence.

    `model_bpm` is the tempo that the take was meant to have, in quarter notes per minute. Without `mix` it is the
    stems' sum, whose channels must agree then. With `warp_map` nothing is tracked. `ending` and `keep_tail` are those
    of `cut`.

    Raises
    ------
    InvalidValue
        If there is no stem, or a shape, the rate, the length or the pitch shift cannot be used.
    """
    frames = _check(stems, mix, sample_rate, grid)
    joined, counts, notices = _side_by_side(stems, mix)
    audio = dict(zip(stems, np.split(joined, np.cumsum(counts), axis=1), strict=False))
    found = _find_map(audio, sample_rate, grid, model_bpm, warp_map)
    layout = room(frames, sample_rate)
    shifted = found.warp_map.shifted(layout.lead / sample_rate)
    method = choose_method(shifted, layout.total / sample_rate, pitch_semitones != 0)
    warped = warp(joined, shifted, sample_rate, layout.total, pitch_semitones)
    result = cut(warped, layout, sample_rate, ending, keep_tail)
    parts = np.split(result, np.cumsum(counts)[:-1], axis=1)
    finished = dict(zip(stems, parts, strict=False))
    final_mix = parts[-1] if mix is not None else _sum(parts)
    before = joined[:, -counts[-1] :] if mix is not None else _sum(np.split(joined, len(counts), axis=1))
    error = prove(final_mix[:frames], sample_rate, grid.tempo_map, grid.meter, before=before)
    report = Report(
        error, found.warp_map, method, found.model, found.residual_ms, found.beats, (*notices, *found.notices)
    )
    return Conformed({name: np.ascontiguousarray(part) for name, part in finished.items()}, final_mix, report)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    warp_map: WarpMap
    model: str
    residual_ms: float | None = None
    beats: Beats | None = None
    notices: tuple[str, ...] = ()


def _find_map(
    stems: Mapping[str, Audio], sample_rate: int, grid: Grid, model_bpm: float, given: WarpMap | None
) -> _Found:
    if given is not None:
        return _Found(given, "given")
    beats = track_beats(stems, sample_rate, model_bpm, grid.meter)
    fit: Fit = fit_map(beats, grid.tempo_map, grid.bars)
    return _Found(fit.map, fit.model, fit.residual_ms, beats, fit.notices)


def _check(stems: Mapping[str, Audio], mix: Audio | None, sample_rate: int, grid: Grid) -> int:
    """Return the result's length in frames, if everything is such that there can be one."""
    if not stems:
        raise InvalidValue("stems", "none", "one stem or more")
    if not _LOWEST_RATE <= sample_rate <= _HIGHEST_RATE:
        raise InvalidValue("sample_rate", sample_rate, f"{_LOWEST_RATE}–{_HIGHEST_RATE} Hz")
    for name, audio in [*stems.items(), *([] if mix is None else [("mix", mix)])]:
        if audio.ndim != 2 or audio.shape[1] == 0:
            raise InvalidValue(f"stem {name}", str(audio.shape), "an array of frames × channels")
    if mix is None and len({audio.shape[1] for audio in stems.values()}) > 1:
        raise InvalidValue("stems", "with different numbers of channels", "of equally many channels, or with a mix")
    frames = grid.tempo_map.frames(grid.length_beats, sample_rate)
    if frames < 1:
        raise InvalidValue("length", str(grid.length_beats), "long enough for one frame")
    return frames


def _side_by_side(stems: Mapping[str, Audio], mix: Audio | None) -> tuple[Audio, list[int], list[str]]:
    """Return all channels [shape=(frames, channels)], how many each stem has (the mix last), and notices."""
    everything = [*stems.items(), *([] if mix is None else [("mix", mix)])]
    length = max(len(audio) for _, audio in everything)
    counts = [audio.shape[1] for _, audio in everything]
    joined = np.zeros((length, sum(counts)), np.float32)
    notices = []
    for (name, audio), stop in zip(everything, np.cumsum(counts), strict=True):
        clean, broken = without_broken_samples(np.asarray(audio, dtype=np.float32))
        joined[: len(audio), stop - audio.shape[1] : stop] = clean
        if broken:
            notices.append(f"{broken} samples of {name} were no numbers; they were made silent.")
    return joined, counts, notices


def _sum(parts: Sequence[Audio]) -> Audio:
    total = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total
