"""A take's bars and beats: the lines and numbers drawn at a zoom, and snapping of frames to bar lines. Without Qt."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bridge.desktop.takes.zoom import Zoom

MIN_LINE_PX, MIN_BEAT_PX, MIN_NUMBER_PX = 7.0, 14.0, 40.0
MIN_LABEL_PX = 64.0
"""Room for a number with a time signature."""
Region = tuple[int, int]


@dataclass(frozen=True, slots=True)
class BarLines:
    """Bar lines and beats of a take, in frames.

    Attributes:
        bars: the first frame of every bar.
        beats: the first frame of every beat, bar lines among them.
        frames: the take's length, which is the last bar's end.
        signatures: the new time signature by bar, from 0, where the meter changes.
        narrowest_bar, narrowest_beat: the shortest of each; which lines are drawn depends on these alone, so that it
            does not change while the waveform scrolls.
    """

    bars: Sequence[int]
    beats: Sequence[int]
    frames: int
    signatures: Mapping[int, str] = field(default_factory=dict)
    narrowest_bar: int = field(init=False)
    narrowest_beat: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "narrowest_bar", _narrowest(self.bars, self.frames))
        object.__setattr__(self, "narrowest_beat", _narrowest(self.beats, self.frames))

    @property
    def edges(self) -> list[int]:
        """All bar lines, including the end."""
        return [*self.bars, self.frames]

    def bar_of(self, frame: int) -> int:
        """Return the bar, from 0, that a frame lies in."""
        return max(0, bisect.bisect_right(self.bars, frame) - 1)

    def nearest_edge(self, frame: int) -> int:
        """Return the bar line nearest to a frame."""
        return min(self.edges, key=lambda edge: abs(edge - frame))

    def step(self, frame: int, bars: int) -> int:
        """Return the bar line `bars` bars after (or, if negative, before) the one at or before a frame."""
        edges = self.edges
        return edges[min(len(edges) - 1, max(0, bisect.bisect_right(edges, frame) - 1 + bars))]

    def whole_bars(self, one: int, other: int) -> Region:
        """Return the region of whole bars from the bar of one frame to the bar of the other."""
        first, last = sorted((one, other))
        return self.bars[self.bar_of(first)], self.edges[self.bar_of(last) + 1]

    def with_edge(self, fixed: int, frame: int) -> Region:
        """Return the region between the bar line `fixed` and the one nearest to `frame`, at least one bar long."""
        edge = self.nearest_edge(frame)
        if edge == fixed:
            edge = self.step(fixed, 1 if frame >= fixed else -1)
        if edge == fixed:  # there is no bar on that side
            edge = self.step(fixed, -1 if frame >= fixed else 1)
        return min(fixed, edge), max(fixed, edge)

    def lines(self, zoom: Zoom) -> Iterator[tuple[float, bool]]:
        """Yield the position of every line in px, and True for bar lines; beats are left out where too narrow."""
        if self.narrowest_beat >= MIN_BEAT_PX * zoom.frames_per_px:
            first = set(self.bars)
            yield from ((zoom.x(frame), frame in first) for frame in self._visible(self.beats, zoom))
        else:
            every = self._every(MIN_LINE_PX * zoom.frames_per_px)
            yield from ((zoom.x(self.bars[number]), True) for number in self._numbers(zoom) if number % every == 0)

    def numbers(self, zoom: Zoom) -> Iterator[tuple[float, int]]:
        """Yield the position in px and the number (from 1) of every bar, or of every 2nd, 4th, 8th … if too narrow.

        A bar that began left of the visible part has its number at the left edge, if the next one leaves it room.
        """
        room_px = MIN_LABEL_PX if self.signatures else MIN_NUMBER_PX
        every = self._every(room_px * zoom.frames_per_px)
        found = [(zoom.x(self.bars[number]), number + 1) for number in self._numbers(zoom) if number % every == 0]
        if found and found[0][0] < 0:
            x, number = found.pop(0)
            if not found or found[0][0] >= MIN_NUMBER_PX:
                yield max(x, 0.0), number
        yield from found

    def label(self, number: int) -> str:
        """Return the text above the bar `number`, from 1: its number, and its time signature if that is new."""
        signature = self.signatures.get(number - 1)
        return f"{number}  {signature}" if signature else str(number)

    def _every(self, room_frames: float) -> int:
        every = 1
        while every * self.narrowest_bar < room_frames and every < len(self.bars):
            every *= 2
        return every

    def _numbers(self, zoom: Zoom) -> range:
        """Return the bars, from 0, that are at least partly visible."""
        first = self.bar_of(int(zoom.start))
        return range(first, bisect.bisect_left(self.bars, zoom.end))

    def _visible(self, frames: Sequence[int], zoom: Zoom) -> Sequence[int]:
        first = max(0, bisect.bisect_right(frames, zoom.start) - 1)
        return frames[first : bisect.bisect_left(frames, zoom.end)]


def _narrowest(frames: Sequence[int], whole: int) -> int:
    """Return the smallest distance between neighbours, or `whole` if there are none."""
    return min((after - before for before, after in pairwise(frames)), default=whole)
