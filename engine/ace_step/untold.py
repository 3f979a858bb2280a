"""Sentences on values that ACE-Step cannot be told, or has no use for in a task."""

from __future__ import annotations

from engine.ace_step.conditions import METERS, keyscale
from engine.contract import GenerationRequest
from engine.music import Key, Meter, MeterMap

FROM_WORDS = "text2music"
WITH_REGION = ("repaint", "lego")
"""Tasks that work on a `region` of the source."""
SOURCE_UNUSED = "source_audio was not used: text2music and audio_codes take none."


def region_unused(task: str) -> str:
    """Return the sentence on a `region` in a task without one."""
    return f"region was not used: {task} has none."


def untold_meter(meter: Meter) -> str:
    """Return the sentence on a meter that the model has no word for; "" if it has one."""
    if meter.numerator in METERS:
        return ""
    return (
        f"ACE-Step cannot be told the time signature {meter}: what it plays need not have it. "
        "The sketch engine plays every meter."
    )


def untold_key(key: Key) -> str:
    """Return the sentence on a key that the model has no word for; "" if it has one."""
    if keyscale(key):
        return ""
    return f"ACE-Step cannot be told the key {key}: it chose a key itself. The sketch engine plays in every mode."


def untold_changes(meters: MeterMap) -> str:
    """Return the sentence on changes of meter; "" if there are none."""
    if meters.is_constant:
        return ""
    change = meters.points[1]
    return (
        f"ACE-Step can be told one meter only, {meters.first}: what it plays need not have the "
        f"{change.meter} of your project from bar {change.bar + 1} on. The sketch engine plays every meter."
    )


def untold_of(request: GenerationRequest) -> list[str]:
    """Return the sentences on the meters of a request, and on its key."""
    key = untold_key(request.key) if request.key else ""
    return [*filter(None, (untold_meter(request.meters.first), key, untold_changes(request.meters)))]
