"""Lights on controllers: a note or controller value for each status of the newest job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bridge.doors.midi.map_values import check_number
from bridge.jobs.job import State
from engine.errors import InvalidValue

STATUSES = ("idle", "working", "done", "failed")
STATUS_OF = {
    State.QUEUED: "working",
    State.RUNNING: "working",
    State.DONE: "done",
    State.FAILED: "failed",
    State.CANCELLED: "idle",
}
_VALUES = {"idle": 0, "working": 64, "done": 127, "failed": 1}


@dataclass(frozen=True, slots=True)
class Light:
    """One light: a note's velocity (which pads show as colour or brightness) or a controller's value.

    Attributes:
        status: 0x90 for a note, 0xB0 for a controller, without the channel.
        number: 0–127.
        channel: 1–16.
        values: the velocity or value for each of `STATUSES`.
    """

    status: int
    number: int
    channel: int
    values: Mapping[str, int]

    def message(self, status: str) -> list[int]:
        """Return the bytes that show `status`."""
        return [self.status | (self.channel - 1), self.number, self.values[status]]


def read_light(table: Mapping[str, object]) -> Light:
    """Return the light in one [[light]] table.

    Raises
    ------
    InvalidValue
        If a key or value in it is invalid.
    """
    known = ("note", "cc", "channel", *STATUSES)
    for name in table:
        if name not in known:
            raise InvalidValue("a light's key", name, f"one of {', '.join(known)}")
    if ("note" in table) == ("cc" in table):
        raise InvalidValue("a light", "with both or neither", "a note or a cc")
    source = "note" if "note" in table else "cc"
    return Light(
        status=0x90 if source == "note" else 0xB0,
        number=check_number(source, table[source], 0, 127),
        channel=check_number("channel", table.get("channel", 1), 1, 16),
        values={name: check_number(name, table.get(name, _VALUES[name]), 0, 127) for name in STATUSES},
    )
