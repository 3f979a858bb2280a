"""The visible part of a take: zooming and scrolling as arithmetic, without Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bridge.app.player import BUCKET_FRAMES

LEAD = 0.1
"""Position of the playhead, as a share of the width, after the view has scrolled to follow it."""


@dataclass(frozen=True, slots=True)
class Zoom:
    """The visible part of a take on a widget of some width.

    Attributes:
        frames: the take's length.
        width_px: the widget's width.
        start: the first visible frame.
        frames_per_px: the number of frames per pixel.
    """

    frames: int
    width_px: float
    start: float
    frames_per_px: float

    @classmethod
    def fit(cls, frames: int, width_px: float) -> Zoom:
        """Return the zoom that shows the whole take."""
        width_px = max(1.0, width_px)
        return cls(frames, width_px, 0.0, frames / width_px)

    @property
    def is_whole(self) -> bool:
        """True if the whole take is visible."""
        return self.frames_per_px >= self.frames / self.width_px

    @property
    def end(self) -> float:
        """The first frame right of the visible part."""
        return self.start + self.width_px * self.frames_per_px

    def x(self, frame: float) -> float:
        """Return the x of a frame in px; outside of the widget if it is not visible."""
        return (frame - self.start) / self.frames_per_px

    def frame(self, x: float) -> int:
        """Return the frame at `x` px, clamped to the take."""
        return int(min(max(0.0, self.start + x * self.frames_per_px), self.frames - 1))

    def shows(self, frame: float) -> bool:
        """Return True if a frame is visible."""
        return self.start <= frame < self.end

    def zoomed(self, factor: float, x: float) -> Zoom:
        """Return a zoom that is `factor` times as close, with the frame at `x` px staying there.

        The closest zoom is one bucket of the stored peaks per pixel: there is no finer detail.
        """
        whole = self.frames / self.width_px
        scale = min(max(self.frames_per_px / factor, min(BUCKET_FRAMES, whole)), whole)
        return replace(self, start=self.start + x * (self.frames_per_px - scale), frames_per_px=scale)._clamped()

    def scrolled(self, px: float) -> Zoom:
        """Return the zoom scrolled to the right by `px`."""
        return replace(self, start=self.start + px * self.frames_per_px)._clamped()

    def resized(self, width_px: float) -> Zoom:
        """Return the zoom on a widget of another width: the whole take stays whole, else the scale stays."""
        whole = Zoom.fit(self.frames, width_px)
        if self.is_whole or self.frames_per_px >= whole.frames_per_px:
            return whole
        return replace(self, width_px=whole.width_px)._clamped()

    def turned_to(self, frame: float) -> Zoom:
        """Return this zoom if a frame is visible, else one scrolled so that it is."""
        if self.shows(frame):
            return self
        return replace(self, start=frame - LEAD * self.width_px * self.frames_per_px)._clamped()

    def _clamped(self) -> Zoom:
        last = max(0.0, self.frames - self.width_px * self.frames_per_px)
        return replace(self, start=min(max(0.0, self.start), last))
