"""The length of a take in bars, and how it ends: as a loop, or as a piece with a last chord."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from bridge.request.block import default_of
from bridge.request.trigger import Trigger
from engine.contract import AUTO, ENDS, LOOPS
from engine.music import Meter, TempoMap

DEFAULT_DAW_BARS = 8
_AS_LONG_AS_SOURCE = ("repaint", "extract", "lego", "complete")
"""Tasks whose result is as long as `source_audio`, whatever length was asked for."""
_SAME_S = 0.0005
"""Two lengths that differ by less are told alike."""


@dataclass(frozen=True, slots=True)
class Length:
    """A settled length.

    Attributes:
        bars: bars of the meter; whole unless the request wants something else.
        ending: `LOOPS` or `ENDS`.
        notices: a sentence for the user where the length is not the one asked for.
    """

    bars: float
    ending: str
    notices: tuple[str, ...] = ()


def settle_length(
    block: Mapping[str, object], tempo_map: TempoMap, meter: Meter, trigger: Trigger, loop_beats: float | None = None
) -> Length:
    """Return the length of a request: its bars, those of the DAW's loop, or those of its seconds.

    `loop_beats` is the length of the loop that the take fills, if it fills one. A loop becomes whole bars, and
    seconds do unless the trigger keeps them. What was asked in seconds ends, what was asked in bars loops, unless the
    block says otherwise.
    """
    if loop_beats is not None:
        return Length(float(max(1, round(_bars_of(loop_beats, meter)))), _ending(block, LOOPS))
    if "bars" in block:
        return Length(_number(block["bars"]), _ending(block, LOOPS))
    if "output_seconds" not in block and not trigger.seconds_by_default:
        return Length(float(DEFAULT_DAW_BARS), _ending(block, LOOPS))
    seconds = _number(block.get("output_seconds", default_of("output_seconds")))
    ending = _ending(block, ENDS)
    if not trigger.whole_bars:
        return Length(_bars_of(tempo_map.beats(seconds), meter), ending)
    bars = nearest_bars(seconds, tempo_map, meter)
    told = "output_seconds" in block and block.get("task") not in _AS_LONG_AS_SOURCE
    return Length(float(bars), ending, _notices(seconds, bars, tempo_map, meter) if told else ())


def nearest_bars(seconds: float, tempo_map: TempoMap, meter: Meter) -> int:
    """Return the number of whole bars, at least 1, that lasts nearest to `seconds`; of two equally near the even."""
    below = max(1, int(_bars_of(tempo_map.beats(seconds), meter)))
    away = {bars: abs(_seconds_of(bars, tempo_map, meter) - Fraction(seconds)) for bars in (below, below + 1)}
    return min(away, key=lambda bars: (away[bars], bars % 2))


def _notices(seconds: float, bars: int, tempo_map: TempoMap, meter: Meter) -> tuple[str, ...]:
    lasts_s = float(_seconds_of(bars, tempo_map, meter))
    if abs(lasts_s - seconds) < _SAME_S:
        return ()
    count = "1 bar" if bars == 1 else f"{bars} bars"
    return (f"Asked for {seconds:g} s; made {count} of {meter}, {lasts_s:.3f} s, so that it ends on a bar line.",)


def _seconds_of(bars: int, tempo_map: TempoMap, meter: Meter) -> Fraction | float:
    """Return how long the first `bars` bars last: the one place, with `_bars_of`, where bars become beats."""
    return tempo_map.exact_seconds(bars * meter.bar_beats)


def _bars_of(beats: float, meter: Meter) -> float:
    return beats / float(meter.bar_beats)


def _ending(block: Mapping[str, object], usual: str) -> str:
    asked = str(block.get("ending", AUTO))
    return usual if asked == AUTO else asked


def _number(value: object) -> float:
    """Return a value of a checked block as float."""
    assert isinstance(value, int | float)
    return float(value)
