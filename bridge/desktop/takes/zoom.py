"""Which part of a take is in sight: zooming and scrolling as arithmetic, without Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bridge.app.player import BUCKET_FRAMES

LEAD = 0.1
"""Where the playhead stands, as a share of the width, after the view has turned its page to follow it."""


@dataclass(frozen=True, slots=True)
class View:
    """A stretch of a take on a widget.

    Attributes:
        frames: the take's length.
        width_px: the widget's width.
        start: the first frame in sight.
        frames_per_px: how many frames a pixel stands for.
    """

    frames: int
    width_px: float
    start: float
    frames_per_px: float

    @classmethod
    def fit(cls, frames: int, width_px: float) -> View:
        """Return the view of the whole take."""
        width_px = max(1.0, width_px)
        return cls(frames, width_px, 0.0, frames / width_px)

    @property
    def is_whole(self) -> bool:
        """True if all of the take is in sight."""
        return self.frames_per_px >= self.frames / self.width_px

    @property
    def end(self) -> float:
        """The first frame that is no longer in sight."""
        return self.start + self.width_px * self.frames_per_px

    def x(self, frame: float) -> float:
        """Return where a frame is, in px; outside of the widget if it is out of sight."""
        return (frame - self.start) / self.frames_per_px

    def frame(self, x: float) -> int:
        """Return the frame at `x` px, kept inside the take."""
        return int(min(max(0.0, self.start + x * self.frames_per_px), self.frames - 1))

    def shows(self, frame: float) -> bool:
        """Tell if a frame is in sight."""
        return self.start <= frame < self.end

    def zoomed(self, factor: float, x: float) -> View:
        """Return a view that shows `factor` times as much detail, what is at `x` px staying there.

        Closer than one stretch of the stored peaks a pixel it does not go: there is nothing more to see.
        """
        whole = self.frames / self.width_px
        scale = min(max(self.frames_per_px / factor, min(BUCKET_FRAMES, whole)), whole)
        return replace(self, start=self.start + x * (self.frames_per_px - scale), frames_per_px=scale)._inside()

    def scrolled(self, px: float) -> View:
        """Return the view `px` further on."""
        return replace(self, start=self.start + px * self.frames_per_px)._inside()

    def resized(self, width_px: float) -> View:
        """Return the view on a widget of another width: all of it stays all of it, else the scale stays."""
        whole = View.fit(self.frames, width_px)
        if self.is_whole or self.frames_per_px >= whole.frames_per_px:
            return whole
        return replace(self, width_px=whole.width_px)._inside()

    def turned_to(self, frame: float) -> View:
        """Return a view in which a frame is in sight: this one if it is already."""
        if self.shows(frame):
            return self
        return replace(self, start=frame - LEAD * self.width_px * self.frames_per_px)._inside()

    def _inside(self) -> View:
        last = max(0.0, self.frames - self.width_px * self.frames_per_px)
        return replace(self, start=min(max(0.0, self.start), last))
