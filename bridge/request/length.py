"""The length of a take in bars, and how it ends: as a loop, or as a piece with a last chord."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from bridge.request.layers import Layers
from bridge.request.meters import bars_of, whole_bars_of
from bridge.request.trigger import Trigger
from engine.contract import AUTO, ENDS, LOOPS
from engine.music import MeterMap, TempoMap
from engine.origin import Origin

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
        origin: who said the length.
        notices: a sentence for the user where the length is not the one asked for.
    """

    bars: float
    ending: str
    origin: Origin
    notices: tuple[str, ...] = ()


def settle_length(
    block: Layers,
    tempo_map: TempoMap,
    meters: MeterMap,
    trigger: Trigger,
    *,
    loop: tuple[float, Origin] | None = None,
    usual: float = DEFAULT_DAW_BARS,
) -> Length:
    """Return the length of a request: its bars, those of the DAW's loop, those of its seconds, or the `usual` ones.

    `loop` is the length in beats of the loop that the take fills, if it fills one, and who said it. A loop becomes
    whole bars, and seconds do unless the trigger keeps them. What was asked in seconds ends, what was asked in bars
    loops, unless the block says otherwise.
    """
    if loop is not None:
        beats, origin = loop
        return Length(whole_bars_of(meters, beats), _ending(block, LOOPS), origin)
    if "bars" in block:
        return Length(_number(block["bars"]), _ending(block, LOOPS), block.origin["bars"])
    if "output_seconds" not in block:
        origin = Origin.DEFAULT if usual == DEFAULT_DAW_BARS else Origin.STYLE
        return Length(float(usual), _ending(block, LOOPS), origin)
    seconds, origin = _number(block["output_seconds"]), block.origin["output_seconds"]
    ending = _ending(block, ENDS)
    if not trigger.whole_bars:
        return Length(bars_of(meters, tempo_map.beats(seconds)), ending, origin)
    bars = nearest_bars(seconds, tempo_map, meters)
    told = block.asked("output_seconds") and block.get("task") not in _AS_LONG_AS_SOURCE
    return Length(float(bars), ending, origin, _notices(seconds, bars, tempo_map, meters) if told else ())


def nearest_bars(seconds: float, tempo_map: TempoMap, meters: MeterMap) -> int:
    """Return the number of whole bars, at least 1, that lasts nearest to `seconds`; of two equally near the even."""
    below = max(1, int(bars_of(meters, tempo_map.beats(seconds))))
    away = {bars: abs(meters.exact_seconds(bars, tempo_map) - Fraction(seconds)) for bars in (below, below + 1)}
    return min(away, key=lambda bars: (away[bars], bars % 2))


def _notices(seconds: float, bars: int, tempo_map: TempoMap, meters: MeterMap) -> tuple[str, ...]:
    lasts_s = float(meters.exact_seconds(bars, tempo_map))
    if abs(lasts_s - seconds) < _SAME_S:
        return ()
    count = "1 bar" if bars == 1 else f"{bars} bars"
    held = meters.until(meters.beats(bars))
    of = f" of {held.first}" if held.is_constant else ""
    return (f"Asked for {seconds:g} s; made {count}{of}, {lasts_s:.3f} s, so that it ends on a bar line.",)


def _ending(block: Mapping[str, object], usual: str) -> str:
    asked = str(block.get("ending", AUTO))
    return usual if asked == AUTO else asked


def _number(value: object) -> float:
    """Return a value of a checked block as float."""
    assert isinstance(value, int | float)
    return float(value)
