"""Aligns a take of any length as `conform` does, reading and writing the stems a few seconds at a time.

The warped take is kept in a temporary file; only its two ends, which the cut joins, are in memory at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.align.conform import FIRST_PASS, SECOND_PASS, AlignmentReport, TargetGrid, check_take, find_map
from engine.align.cut import CutLayout, Ending, cut, cut_layout
from engine.align.proof import find_onsets, prove_onsets
from engine.align.warp import WarpMethod, choose_method, warp_blocks
from engine.align.warp.source import padded
from engine.rawfile import RawFile
from engine.stems import StemSource

if TYPE_CHECKING:
    from engine.align.measure import GridError
    from engine.align.warpmap import WarpMap
    from engine.contract import Audio, Source

_LEAST_END_S = 1.0  # of the bars before the tail, which the cut needs to judge the tail by


@dataclass(frozen=True, slots=True, eq=False)
class Streamed:
    """An aligned take.

    Attributes:
        stems: the stems on the grid; readable as long as the temporary file exists.
        report: the record of the alignment.
    """

    stems: StemSource
    report: AlignmentReport


def conform_stream(
    stems: StemSource,
    grid: TargetGrid,
    model_bpm: float,
    scratch: Path,
    *,
    pitch_semitones: float = 0.0,
    ending: Ending = "loop",
    keep_tail: bool = False,
    report: Callable[[float], None] = lambda _: None,
) -> Iterator[Streamed]:
    """Yield the aligned take of `stems` once; its samples are in the file `scratch` until the iterator ends.

    For `contextlib.contextmanager`; arguments and errors are those of `conform`.
    """
    frames = check_take(stems.names, stems.sample_rate, grid)
    rate, length_s = stems.sample_rate, frames / stems.sample_rate
    report(0.0)
    onsets_before = find_onsets(stems.mix(), rate)
    chosen = find_map(stems.views(), rate, grid, model_bpm)
    layout = cut_layout(frames, rate)
    with ExitStack() as stack:

        def finished(along: WarpMap, share: tuple[float, float]) -> tuple[StemSource, WarpMethod, GridError]:
            """Warp, cut and measure along a map; return the stems, the warp method and the measured error."""
            shifted = along.shifted(layout.lead / rate)
            method = choose_method(shifted, layout.total / rate, pitch_semitones != 0)
            warped = stack.enter_context(RawFile(scratch, stems.source.channels))
            blocks = warp_blocks(stems.source, shifted, rate, layout.total, pitch_semitones)
            warped.fill(blocks, lambda done: report(share[0] + share[1] * done / layout.total))
            source = _cut_out(warped, layout, rate, ending, keep_tail)
            onsets = find_onsets(StemSource(stems.names, _SourceStart(source, frames), rate).mix(), rate)
            error = prove_onsets(onsets, length_s, grid.tempo_map, grid.meter, meter_map=grid.meter_map)
            return StemSource(stems.names, source, rate), method, error

        final, method, error = finished(chosen.warp_map, FIRST_PASS)
        simpler = chosen.simpler(error, onsets_before, grid, length_s)
        if simpler is not None:
            chosen = simpler
            stack.close()
            final, method, error = finished(chosen.warp_map, SECOND_PASS)
        report(1.0)
        yield Streamed(
            final,
            AlignmentReport(
                chosen.judged(error, grid),
                chosen.warp_map,
                method,
                chosen.model,
                chosen.residual_ms,
                chosen.beats,
                chosen.all_notices,
            ),
        )


def _cut_out(warped: Source, layout: CutLayout, rate: int, ending: Ending, keep_tail: bool) -> Source:
    """Return the bars of `warped`; `cut` works on its two ends put together."""
    reach = layout.tail + round(_LEAST_END_S * rate)
    head = min(reach, layout.frames)
    end = min(reach, layout.frames - head)
    parts = [
        warped.read(0, layout.lead + head),
        warped.read(layout.lead + layout.frames - end, layout.total),
    ]
    made = cut(np.concatenate(parts), CutLayout(layout.lead, head + end, layout.tail), rate, ending, keep_tail)
    return _JoinedSource(made[:head], warped, layout.lead, layout.frames - head - end, made[head:])


class _JoinedSource:
    """A source whose ends are in memory and whose middle is read from `source`, from frame `lead` + len(head) on."""

    def __init__(self, head: Audio, source: Source, lead: int, middle: int, end: Audio) -> None:
        self._head, self._source, self._lead, self._middle, self._end = head, source, lead, middle, end
        self.channels = head.shape[1]
        self.frames = len(head) + middle + len(end)

    def read(self, start: int, stop: int) -> Audio:
        """Return frames `start` to `stop`, silence outside."""
        turn = len(self._head) + self._middle
        head = padded(self._head[max(0, start) : max(0, stop)], start, stop)
        end = padded(self._end[max(0, start - turn) : max(0, stop - turn)], start - turn, stop - turn)
        result = head + end
        first, last = max(start, len(self._head)), min(stop, turn)
        if first < last:
            result[first - start : last - start] = self._source.read(first + self._lead, last + self._lead)
        return result


class _SourceStart:
    """The first frames of a source."""

    def __init__(self, source: Source, frames: int) -> None:
        self.read = source.read
        self.frames, self.channels = frames, source.channels
