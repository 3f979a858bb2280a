"""MIDI learn: from the pad, switch or knob that was moved to a [[binding]]."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from bridge.doors.midi.bindings import BUTTON_AT, FULL_BEND
from bridge.doors.midi.messages import MMC_COMMANDS, Event, Kind, Reader

DEBOUNCE_MS = 150
BEND_THRESHOLD = 0.5


def learned(event: Event, port: str, action: str) -> dict[str, object] | None:
    """Return the table of a binding of `action` to what was moved at `port`; None if `event` is no such move."""
    source = _source(event, action)
    if source is None:
        return None
    table: dict[str, object] = {"action": action, **source, "port": stable_name(port)}
    if event.channel:
        table["channel"] = event.channel
    if action != "set":
        table["debounce_ms"] = DEBOUNCE_MS
    return table


def stable_name(port: str) -> str:
    """Return a port's name without ALSA's numbers at its end, which are others the next time it is plugged in."""
    return re.sub(r"\s+\d+:\d+$", "", port)


def _source(event: Event, action: str) -> dict[str, object] | None:
    if event.kind in (Kind.NOTE, Kind.PROGRAM):
        return {str(event.kind): event.number}
    if event.kind is Kind.CC and (action == "set" or event.value >= BUTTON_AT):
        return {"cc": event.number}
    if event.kind is Kind.BEND and abs(event.value) >= BEND_THRESHOLD * FULL_BEND:
        return {"bend": BEND_THRESHOLD if event.value > 0 else -BEND_THRESHOLD}
    if event.kind is Kind.MMC:
        return {"mmc": MMC_COMMANDS[event.number]}
    return None


class Learner:
    """Waits for one pad, switch or knob; everything else passes it by."""

    def __init__(self, action: str, extra: Mapping[str, object], found: Callable[[dict[str, object]], None]) -> None:
        """Call `found(table)` with the binding of `action`, with the keys of `extra` in it."""
        self._action, self._extra, self._found = action, dict(extra), found
        self._readers: dict[str, Reader] = {}

    def take(self, port: str, data: Sequence[int]) -> bool:
        """Take bytes from a port; True if they were the move that was waited for: they do nothing else then."""
        for event in self._readers.setdefault(port, Reader()).feed(data):
            table = learned(event, port, self._action)
            if table is not None:
                self._found({**table, **self._extra})
                return True
        return False
