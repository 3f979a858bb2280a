"""The meters of a request: which source says them, and lengths in the bars that they make."""

from __future__ import annotations

from collections.abc import Mapping

from bridge.request.layers import Layers
from bridge.request.midi_meters import meters_of_midi_part
from bridge.request.session_state import SessionState
from engine.music import Meter, MeterMap
from engine.origin import Origin


def settled_meters(own: Layers, state: SessionState, block: Layers, word: object) -> tuple[MeterMap | None, Origin]:
    """Return the meters of the first source that says any, and who said them; None if nobody did.

    That is: the request's `own` keys, the session, the block of the client and its preset, a `word` in the genres,
    and the MIDI file that the request plays.
    """
    session = state.meter_map or (MeterMap.constant(state.meter) if state.meter else None)
    in_words = MeterMap.constant(Meter.parse(str(word))) if word else None
    said = (
        (said_meters(own), _origin(own)),
        (session, state.origin_of("time_signature")),
        (said_meters(block), _origin(block)),
        (in_words, Origin.USER),
    )
    first = next(((meters, origin) for meters, origin in said if meters is not None), None)
    if first is not None:
        return first
    played = meters_of_midi_part(block)
    return played, Origin.USER if played else Origin.DEFAULT


def _origin(layers: Layers) -> Origin:
    name = "meter_map" if layers.get("meter_map") else "time_signature"
    return layers.origin.get(name, Origin.USER)


def said_meters(block: Mapping[str, object]) -> MeterMap | None:
    """Return what a checked block says of the meter, its map before its time signature; None if nothing."""
    if block.get("meter_map"):
        return MeterMap.parse(block["meter_map"])
    signature = block.get("time_signature")
    return MeterMap.constant(Meter.parse(signature)) if signature else None


def meters_block(meters: MeterMap, bars: float) -> dict[str, object]:
    """Return the keys of the block that hold `meters` for music of `bars` bars."""
    held = meters.until(meters.beats(bars))
    return {"time_signature": str(held.first), **({} if held.is_constant else {"meter_map": held.to_json()})}


def bars_of(meters: MeterMap, beats: float) -> float:
    """Return a length of `beats` quarter notes in bars."""
    return float(meters.bars(beats))


def whole_bars_of(meters: MeterMap, beats: float) -> float:
    """Return a length of `beats` quarter notes in the nearest number of whole bars, at least one."""
    return float(max(1, round(meters.bars(beats))))
