"""A request to generate, as a door decodes it: the keys of this request alone, and its position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trigger:
    """One request to generate.

    Attributes:
        block: checked keys of this request alone.
        start_beat: start in quarter-note beats; None = the playhead.
        start_seconds: the same position in seconds, if known.
        whole_bars: a length in seconds becomes the nearest number of whole bars; False keeps the seconds.
        seconds_by_default: a request without any length lasts `output_seconds`' default instead of eight bars.
        into: folder for the take instead of the project's.
        follows: `PLAYHEAD` or `LOOP` if `start_beat` is where the song was at that moment, "" if it was named.
    """

    block: Mapping[str, object]
    start_beat: float | None = None
    start_seconds: float | None = None
    whole_bars: bool = True
    seconds_by_default: bool = False
    into: str | None = None
    follows: str = ""
