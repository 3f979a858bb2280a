"""A take's bars: which lines and numbers are drawn at a zoom, and what a hand that is not exact means. Without Qt."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bridge.desktop.takes.zoom import View

MIN_LINE_PX, MIN_BEAT_PX, MIN_NUMBER_PX = 7.0, 14.0, 40.0
Region = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Grid:
    """Bar lines and beats of a take, in frames.

    Attributes:
        bars: the first frame of every bar.
        beats: the first frame of every beat, bar lines among them.
        frames: the take's length, which is the last bar's end.
        narrowest_bar, narrowest_beat: the shortest of each: what there is room for must not change while it scrolls.
    """

    bars: Sequence[int]
    beats: Sequence[int]
    frames: int
    narrowest_bar: int = field(init=False)
    narrowest_beat: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "narrowest_bar", _narrowest(self.bars, self.frames))
        object.__setattr__(self, "narrowest_beat", _narrowest(self.beats, self.frames))

    @property
    def edges(self) -> list[int]:
        """All bar lines, the end too."""
        return [*self.bars, self.frames]

    def bar_of(self, frame: int) -> int:
        """Return the bar, from 0, that a frame lies in."""
        return max(0, bisect.bisect_right(self.bars, frame) - 1)

    def nearest_edge(self, frame: int) -> int:
        """Return the bar line nearest to a frame."""
        return min(self.edges, key=lambda edge: abs(edge - frame))

    def step(self, frame: int, bars: int) -> int:
        """Return the bar line that is so many bars from the one at or before a frame."""
        edges = self.edges
        return edges[min(len(edges) - 1, max(0, bisect.bisect_right(edges, frame) - 1 + bars))]

    def whole_bars(self, one: int, other: int) -> Region:
        """Return the bars from the one that holds a frame to the one that holds another."""
        first, last = sorted((one, other))
        return self.bars[self.bar_of(first)], self.edges[self.bar_of(last) + 1]

    def with_edge(self, fixed: int, frame: int) -> Region:
        """Return the bars between a bar line and the one nearest to `frame`, at least one bar."""
        edge = self.nearest_edge(frame)
        if edge == fixed:
            edge = self.step(fixed, 1 if frame >= fixed else -1)
        if edge == fixed:  # there is no bar on that side
            edge = self.step(fixed, -1 if frame >= fixed else 1)
        return min(fixed, edge), max(fixed, edge)

    def lines(self, view: View) -> Iterator[tuple[float, bool]]:
        """Yield where lines are drawn, in px, and whether each is a bar's; beats only where there is room."""
        if self.narrowest_beat >= MIN_BEAT_PX * view.frames_per_px:
            first = set(self.bars)
            yield from ((view.x(frame), frame in first) for frame in self._in_sight(self.beats, view))
        else:
            every = self._every(MIN_LINE_PX * view.frames_per_px)
            yield from ((view.x(self.bars[number]), True) for number in self._numbers(view) if number % every == 0)

    def numbers(self, view: View) -> Iterator[tuple[float, int]]:
        """Yield where bar numbers (from 1) are written, in px: every bar's, or every 2nd, 4th, 8th … as room is.

        The bar that began before what is in sight has its number at the left edge, if the next one leaves it room.
        """
        every = self._every(MIN_NUMBER_PX * view.frames_per_px)
        found = [(view.x(self.bars[number]), number + 1) for number in self._numbers(view) if number % every == 0]
        if found and found[0][0] < 0:
            x, number = found.pop(0)
            if not found or found[0][0] >= MIN_NUMBER_PX:
                yield max(x, 0.0), number
        yield from found

    def _every(self, room_frames: float) -> int:
        every = 1
        while every * self.narrowest_bar < room_frames and every < len(self.bars):
            every *= 2
        return every

    def _numbers(self, view: View) -> range:
        """Return the bars, from 0, whose numbers may be seen: the one that ends at the left edge too."""
        first = self.bar_of(int(view.start))
        return range(first, bisect.bisect_left(self.bars, view.end))

    def _in_sight(self, frames: Sequence[int], view: View) -> Sequence[int]:
        first = max(0, bisect.bisect_right(frames, view.start) - 1)
        return frames[first : bisect.bisect_left(frames, view.end)]


def _narrowest(frames: Sequence[int], whole: int) -> int:
    """Return the smallest distance between neighbours; the whole if there are none."""
    return min((after - before for before, after in pairwise(frames)), default=whole)
