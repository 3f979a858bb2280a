"""Maps MIDI events to actions: bindings, their conditions, and the edges and times that they depend on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bridge.doors.midi.actions import PadAction
from bridge.doors.midi.messages import MidiEvent, MidiKind
from bridge.doors.midi.port_names import matches

BUTTON_AT = 64
"""A controller used as a switch is on from this value (MIDI 1.0's rule for pedals)."""
RELEASE_SHARE = 0.1
"""A bend triggers again after the wheel has gone back below its threshold by this share of the range."""
FULL_BEND = 8192


@dataclass(frozen=True, slots=True)
class Binding:
    """One message that triggers one action.

    Attributes:
        action: the action that it triggers.
        kind: the kind of message.
        number: note, controller, program, MMC command or song position; −1 if the kind has none.
        threshold: share of the wheel's range, −1–1, that a pitch bend has to reach.
        channel: 1–16; 0 = any.
        velocity: lowest and highest velocity that triggers.
        debounce_s: the time after an action in which the same binding does not trigger again.
        port: pattern of the port's name; empty = any.
    """

    action: PadAction
    kind: MidiKind
    number: int = -1
    threshold: float = 0.0
    channel: int = 0
    velocity: tuple[int, int] = (1, 127)
    debounce_s: float = 0.0
    port: str = ""

    def is_for(self, event: MidiEvent, port: str) -> bool:
        """Return whether this binding is for `event` of `port`, whatever its value."""
        return (
            event.kind is self.kind
            and self.number in (-1, event.number)
            and self.channel in (0, event.channel)
            and (not self.port or matches(self.port, port))
        )

    @property
    def source(self) -> str:
        """The message in words."""
        number = f" {self.number}" if self.number >= 0 else f" {self.threshold:g}"
        channel = f", channel {self.channel}" if self.channel else ""
        return f"{self.kind}{number}{channel}"

    def __str__(self) -> str:
        on = f" on {self.port}" if self.port else ""
        return f"{self.source}{on} → {self.action}"


@dataclass(frozen=True, slots=True)
class TriggeredAction:
    """An action that has been triggered, with the parameter's value where it sets one."""

    action: PadAction
    value: object = None


class Matcher:
    """Finds the actions that events trigger; remembers the edges and times that this depends on."""

    def __init__(self, bindings: Sequence[Binding]) -> None:
        self._bindings: dict[MidiKind, list[tuple[int, Binding]]] = {}
        for index, binding in enumerate(bindings):
            self._bindings.setdefault(binding.kind, []).append((index, binding))
        self._on: set[tuple[int, str]] = set()  # (binding, port) of switches and bends past their threshold
        self._last_s: dict[int, float] = {}

    def triggered(self, event: MidiEvent, port: str, at_s: float) -> Iterator[TriggeredAction]:
        """Yield the actions that `event` triggers at `at_s` (seconds of a steady clock)."""
        for index, binding in self._bindings.get(event.kind, ()):
            if not binding.is_for(event, port):
                continue
            if binding.action.name == "set":
                yield TriggeredAction(binding.action, binding.action.value_at(_share(event)))
            elif self._fires(index, binding, event, port) and self._settled(index, binding, at_s):
                yield TriggeredAction(binding.action)

    def _fires(self, index: int, binding: Binding, event: MidiEvent, port: str) -> bool:
        if event.kind is MidiKind.NOTE:
            return binding.velocity[0] <= event.value <= binding.velocity[1]
        if event.kind is MidiKind.CC:
            return self._rises((index, port), event.value >= BUTTON_AT, event.value < BUTTON_AT)
        if event.kind is MidiKind.BEND:
            side = -1 if binding.threshold < 0 else 1
            share, limit = side * event.value / FULL_BEND, side * binding.threshold
            # The wheel's upper end is one step short of its full range.
            return self._rises((index, port), share >= min(limit, 1 - 1 / FULL_BEND), share < limit - RELEASE_SHARE)
        return True

    def _rises(self, switch: tuple[int, str], on: bool, off: bool) -> bool:
        """Return whether a switch has just gone on; between on and off it keeps its state."""
        rose = on and switch not in self._on
        if on:
            self._on.add(switch)
        elif off:
            self._on.discard(switch)
        return rose

    def _settled(self, index: int, binding: Binding, at_s: float) -> bool:
        last_s = self._last_s.get(index)
        if last_s is not None and at_s - last_s < binding.debounce_s:
            return False
        self._last_s[index] = at_s
        return True


def _share(event: MidiEvent) -> float:
    """Return the position of a controller as a share (0–1) of its range."""
    if event.kind is MidiKind.BEND:
        return (event.value + FULL_BEND) / (2 * FULL_BEND - 1)
    return (event.number if event.kind is MidiKind.PROGRAM else event.value) / 127
