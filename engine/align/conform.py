"""Aligns a take to the project's grid: track, fit, warp, cut, and measure the result.

1. Every stem is checked, NaN and ±∞ samples are silenced, and all stems are put side by side.
2. Beats are tracked over all stems and fitted to the grid (`track`, `fit`); a map may also be given.
3. All stems, and the mix with them, are warped in one pass (`warp`).
4. Whole bars are cut out from the first downbeat on (`cut`), exactly as many frames as the grid has.
5. The error of the result is measured by a detector that had no part in step 2 (`proof`). If the plain tempo ratio
   would have measured better than the beats, it is taken instead (`fallback`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from engine.align.beat_doubt import doubt_of, own_tempo
from engine.align.cut import SEAM_S, Ending, cut, cut_layout
from engine.align.fallback import clearly_better, simpler_map
from engine.align.fit import MapFit, fit_map
from engine.align.measure import GridError
from engine.align.proof import Onsets, find_onsets, prove_onsets
from engine.align.track import Beats, track_beats
from engine.align.warp import WarpMethod, choose_method, warp
from engine.align.warp.source import without_broken_samples
from engine.align.warpmap import WarpMap
from engine.errors import InvalidValue

if TYPE_CHECKING:
    from engine.contract import Audio
    from engine.music import Meter, MeterMap, TempoMap

_HIGHEST_RATE = 384_000
_LOWEST_RATE = 4_000
FIRST_PASS, SECOND_PASS = (0.25, 0.6), (0.85, 0.14)
"""(start, share) of a warp pass in the whole progress; the second pass is rarely needed."""


@dataclass(frozen=True, slots=True)
class TargetGrid:
    """The grid to align to: `length_beats` quarter notes of `tempo_map` from the first downbeat on, in `meter`.

    `meter_map` begins in `meter`; None = it never changes.
    """

    tempo_map: TempoMap
    meter: Meter
    length_beats: Fraction
    meter_map: MeterMap | None = None

    @property
    def bars(self) -> float:
        """Length in bars of the first meter."""
        return float(self.length_beats / self.meter.bar_beats)


@dataclass(frozen=True, slots=True, eq=False)
class AlignmentReport:
    """The record of one alignment.

    Attributes:
        error: the measured error of the finished audio; for the manifest's `alignment`.
        warp_map: from the take's own time to the project's.
        method: the warp's method: "copy", "varispeed" or "vocoder".
        model: the tempo model of the map: "identity", "constant", "linear", "smooth", or "given".
        residual_ms: spread of the take's attacks around the map; None if nothing was tracked.
        beats: the tracked beats; None for a given map.
        notices: plain sentences the user should read.
    """

    error: GridError
    warp_map: WarpMap
    method: WarpMethod
    model: str
    residual_ms: float | None
    beats: Beats | None
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Conformed:
    """An aligned take: stems by name and the mix, float32 [shape=(frames, channels)], with the report."""

    stems: dict[str, Audio]
    mix: Audio
    report: AlignmentReport


def conform(
    stems: Mapping[str, Audio],
    sample_rate: int,
    grid: TargetGrid,
    model_bpm: float,
    *,
    mix: Audio | None = None,
    pitch_semitones: float = 0.0,
    ending: Ending = "loop",
    keep_tail: bool = False,
    fade_s: float = SEAM_S,
    warp_map: WarpMap | None = None,
    report: Callable[[float], None] = lambda _: None,
) -> Conformed:
    """Return `stems` on `grid`, float32 [shape=(frames, channels)] each, shorter ones padded with silence.

    `model_bpm` is the take's nominal tempo in quarter notes per minute. Without `mix`, the mix is the sum of the
    stems, which must then have equally many channels. With `warp_map` nothing is tracked. `ending`, `keep_tail` and
    `fade_s` are passed to `cut`. `report` is called with the fraction done, 0–1, and may raise `Cancelled`.

    Raises
    ------
    InvalidValue
        If there is no stem, or a shape, the rate, the length or the pitch shift cannot be used.
    Cancelled
        Out of `report`.
    """
    frames = _check(stems, mix, sample_rate, grid)
    report(0.0)
    joined, counts, notices = _side_by_side(stems, mix)
    audio = dict(zip(stems, np.split(joined, np.cumsum(counts), axis=1), strict=False))
    before = joined[:, -counts[-1] :] if mix is not None else _sum(np.split(joined, len(counts), axis=1))
    onsets_before = find_onsets(before, sample_rate)
    chosen = find_map(audio, sample_rate, grid, model_bpm, warp_map)

    def finished(along: WarpMap, share: tuple[float, float]) -> _FinishedTake:
        layout = cut_layout(frames, sample_rate)
        shifted = along.shifted(layout.lead / sample_rate)
        method = choose_method(shifted, layout.total / sample_rate, pitch_semitones != 0)
        warped = warp(
            joined,
            shifted,
            sample_rate,
            layout.total,
            pitch_semitones,
            report=lambda done: report(share[0] + share[1] * done),
        )
        parts = np.split(cut(warped, layout, sample_rate, ending, keep_tail, fade_s), np.cumsum(counts)[:-1], axis=1)
        total = parts[-1] if mix is not None else _sum(parts)
        onsets = find_onsets(total[:frames], sample_rate)
        error = prove_onsets(onsets, frames / sample_rate, grid.tempo_map, grid.meter, meter_map=grid.meter_map)
        return _FinishedTake(parts, total, method, error)

    result = finished(chosen.warp_map, FIRST_PASS)
    simpler = chosen.simpler(result.error, onsets_before, grid, frames / sample_rate)
    if simpler is not None:
        again = finished(simpler.warp_map, SECOND_PASS)
        if not clearly_better(result.error, again.error):
            chosen, result = simpler, again
    report(1.0)
    named = {name: np.ascontiguousarray(part) for name, part in zip(stems, result.parts, strict=False)}
    return Conformed(named, result.mix, chosen.report(result, grid, notices))


@dataclass(frozen=True, slots=True, eq=False)
class _FinishedTake:
    """A warped and cut take: stems in order, their mix, the warp method, and the measured error."""

    parts: list[Audio]
    mix: Audio
    method: WarpMethod
    error: GridError


@dataclass(frozen=True, slots=True, eq=False)
class ChosenMap:
    """A warp map with the evidence for it.

    `doubt` is a reason why another note than the quarter may have been taken for the beat, empty if there is none;
    the other attributes are those of `AlignmentReport`.
    """

    warp_map: WarpMap
    model: str
    residual_ms: float | None = None
    beats: Beats | None = None
    notices: tuple[str, ...] = ()
    doubt: str = ""

    def simpler(self, error: GridError, onsets: Onsets, grid: TargetGrid, length_s: float) -> ChosenMap | None:
        """Return a simpler map if the take would come out clearly better with it, else None."""
        if self.beats is None or self.model == "identity":
            return None
        better = simpler_map(error, onsets, self.beats, grid.tempo_map, grid.meter, length_s, grid.meter_map)
        if better is None:
            return None
        notice = (
            f"Following this clip's beats left it {_in_ms(error)} off the grid, its plain tempo {_in_ms(better[1])}; "
            "so it was only cut and brought to its tempo."
        )
        return ChosenMap(better[0], "constant", None, self.beats, (*self.notices, notice), self.doubt)

    @property
    def all_notices(self) -> tuple[str, ...]:
        """The notices, with the doubt about the beat if there is one."""
        return (*self.notices, self.doubt) if self.doubt else self.notices

    def judged(self, error: GridError, grid: TargetGrid) -> GridError:
        """Return a measured error with the clip's own tempo, and not called tight if that may be the wrong one."""
        own = self._own_tempo(grid.tempo_map)
        return replace(error, tempo_before=own, verdict="loose" if self._is_doubtful(error) else error.verdict)

    def _own_tempo(self, tempo_map: TempoMap) -> float | None:
        """Return the clip's mean tempo: along the map if that follows its beats, finer than from two beats."""
        own = own_tempo(self.beats)
        if own is None or self.beats is None or self.residual_ms is None:
            return own
        start_s = max(self.beats.first_sound_s, float(self.warp_map.to_source(np.zeros(1))[0]))
        ends_s = self.warp_map.to_target(np.array([start_s, self.beats.length_s]))
        beats = tempo_map.beats(float(ends_s[1])) - tempo_map.beats(max(0.0, float(ends_s[0])))
        return 60.0 * beats / (self.beats.length_s - start_s) if self.beats.length_s > start_s else own

    def _is_doubtful(self, error: GridError) -> bool:
        return bool(self.doubt) and error.verdict == "tight"

    def report(self, result: _FinishedTake, grid: TargetGrid, notices: Sequence[str]) -> AlignmentReport:
        """Return the alignment's report, with `notices` before those of the fit."""
        everything = (*notices, *self.all_notices)
        return AlignmentReport(
            self.judged(result.error, grid),
            self.warp_map,
            result.method,
            self.model,
            self.residual_ms,
            self.beats,
            everything,
        )


def _in_ms(error: GridError) -> str:
    return "farther" if error.error_ms_median is None else f"{error.error_ms_median:.1f} ms"


def find_map(
    stems: Mapping[str, Audio], sample_rate: int, grid: TargetGrid, model_bpm: float, given: WarpMap | None = None
) -> ChosenMap:
    """Return the map that puts `stems` on `grid`: the `given` one, or the one fitted to their tracked beats."""
    if given is not None:
        return ChosenMap(given, "given")
    beats = track_beats(stems, sample_rate, model_bpm, grid.meter, grid.meter_map)
    fit: MapFit = fit_map(beats, grid.tempo_map, grid.bars)
    return ChosenMap(fit.map, fit.model, fit.residual_ms, beats, fit.notices, doubt_of(beats, grid.meter))


def _check(stems: Mapping[str, Audio], mix: Audio | None, sample_rate: int, grid: TargetGrid) -> int:
    for name, audio in [*stems.items(), *([] if mix is None else [("mix", mix)])]:
        if audio.ndim != 2 or audio.shape[1] == 0:
            raise InvalidValue(f"stem {name}", str(audio.shape), "an array of frames × channels")
    if mix is None and len({audio.shape[1] for audio in stems.values()}) > 1:
        raise InvalidValue("stems", "with different numbers of channels", "of equally many channels, or with a mix")
    return check_take(tuple(stems), sample_rate, grid)


def check_take(names: Sequence[str], sample_rate: int, grid: TargetGrid) -> int:
    """Return the result's length in frames after checking the request.

    Raises
    ------
    InvalidValue
        If there is no stem, or the rate or the length cannot be used.
    """
    if not names:
        raise InvalidValue("stems", "none", "one stem or more")
    if not _LOWEST_RATE <= sample_rate <= _HIGHEST_RATE:
        raise InvalidValue("sample_rate", sample_rate, f"{_LOWEST_RATE}–{_HIGHEST_RATE} Hz")
    frames = grid.tempo_map.frames(grid.length_beats, sample_rate)
    if frames < 1:
        raise InvalidValue("length", str(grid.length_beats), "long enough for one frame")
    return frames


def _side_by_side(stems: Mapping[str, Audio], mix: Audio | None) -> tuple[Audio, list[int], list[str]]:
    """Return all channels [shape=(frames, channels)], the channel count of each stem (the mix last), and notices."""
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
