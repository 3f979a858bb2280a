"""MIDI learn: makes a [[binding]] of the pad, switch or knob that is moved."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from bridge.doors.midi.bindings import BUTTON_AT, FULL_BEND
from bridge.doors.midi.messages import MMC_COMMANDS, MidiEvent, MidiKind, MidiReader

DEBOUNCE_MS = 150
BEND_THRESHOLD = 0.5


def learned(event: MidiEvent, port: str, action: str) -> dict[str, object] | None:
    """Return the table that binds `action` to the control moved at `port`; None if `event` is not a move of one."""
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
    """Return a port's name without ALSA's numbers at its end, which change when it is plugged in again."""
    return re.sub(r"\s+\d+:\d+$", "", port)


def _source(event: MidiEvent, action: str) -> dict[str, object] | None:
    if event.kind in (MidiKind.NOTE, MidiKind.PROGRAM):
        return {str(event.kind): event.number}
    if event.kind is MidiKind.CC and (action == "set" or event.value >= BUTTON_AT):
        return {"cc": event.number}
    if event.kind is MidiKind.BEND and abs(event.value) >= BEND_THRESHOLD * FULL_BEND:
        return {"bend": BEND_THRESHOLD if event.value > 0 else -BEND_THRESHOLD}
    if event.kind is MidiKind.MMC:
        return {"mmc": MMC_COMMANDS[event.number]}
    return None


class Learner:
    """Waits for one pad, switch or knob to be moved; ignores everything else."""

    def __init__(self, action: str, extra: Mapping[str, object], found: Callable[[dict[str, object]], None]) -> None:
        """Call `found(table)` with the table of a binding of `action`, the keys of `extra` added."""
        self._action, self._extra, self._found = action, dict(extra), found
        self._readers: dict[str, MidiReader] = {}

    def take(self, port: str, data: Sequence[int]) -> bool:
        """Take bytes from a port; return whether they were the awaited move, which must trigger nothing else."""
        for event in self._readers.setdefault(port, MidiReader()).feed(data):
            table = learned(event, port, self._action)
            if table is not None:
                self._found({**table, **self._extra})
                return True
        return False
