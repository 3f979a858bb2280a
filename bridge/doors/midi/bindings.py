"""From events to actions: which message does what, under which conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bridge.doors.midi.actions import Action
from bridge.doors.midi.messages import Event, Kind
from bridge.doors.midi.port_names import matches

BUTTON_AT = 64
"""A controller used as a switch is on from here (MIDI 1.0's own border for pedals)."""
RELEASE_SHARE = 0.1
"""A bend threshold is armed again when the wheel has gone back below it by this share of its way."""
FULL_BEND = 8192


@dataclass(frozen=True, slots=True)
class Binding:
    """One message that does one thing.

    Attributes:
        action: what it does.
        kind: the message that it listens to.
        number: note, controller, program, MMC command or song position; −1 where there is none.
        threshold: share of the wheel's way, −1–1, that a pitch bend has to pass.
        channel: 1–16; 0 = any.
        velocity: lowest and highest velocity that counts.
        debounce_s: after an action the same binding is deaf for so long.
        port: pattern of the port's name; empty = any.
    """

    action: Action
    kind: Kind
    number: int = -1
    threshold: float = 0.0
    channel: int = 0
    velocity: tuple[int, int] = (1, 127)
    debounce_s: float = 0.0
    port: str = ""

    def hears(self, event: Event, port: str) -> bool:
        """Tell if `event` of `port` is the one that this binding is for, whatever its value."""
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

    action: Action
    value: object = None


class Matcher:
    """Holds what bindings have to remember from event to event: edges and times."""

    def __init__(self, bindings: Sequence[Binding]) -> None:
        self._bindings: dict[Kind, list[tuple[int, Binding]]] = {}
        for index, binding in enumerate(bindings):
            self._bindings.setdefault(binding.kind, []).append((index, binding))
        self._on: set[tuple[int, str]] = set()  # switches and bends that are past their threshold, by port
        self._last_s: dict[int, float] = {}

    def hits(self, event: Event, port: str, at_s: float) -> Iterator[TriggeredAction]:
        """Yield what `event` triggers at `at_s` (seconds of a steady clock)."""
        for index, binding in self._bindings.get(event.kind, ()):
            if not binding.hears(event, port):
                continue
            if binding.action.name == "set":
                yield TriggeredAction(binding.action, binding.action.value_at(_share(event)))
            elif self._fires(index, binding, event, port) and self._settled(index, binding, at_s):
                yield TriggeredAction(binding.action)

    def _fires(self, index: int, binding: Binding, event: Event, port: str) -> bool:
        if event.kind is Kind.NOTE:
            return binding.velocity[0] <= event.value <= binding.velocity[1]
        if event.kind is Kind.CC:
            return self._rises((index, port), event.value >= BUTTON_AT, event.value < BUTTON_AT)
        if event.kind is Kind.BEND:
            side = -1 if binding.threshold < 0 else 1
            way, limit = side * event.value / FULL_BEND, side * binding.threshold
            # The wheel's upper end is one step short of its full way.
            return self._rises((index, port), way >= min(limit, 1 - 1 / FULL_BEND), way < limit - RELEASE_SHARE)
        return True

    def _rises(self, switch: tuple[int, str], on: bool, off: bool) -> bool:
        """Tell if a switch has just gone on; between on and off it stays what it was."""
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


def _share(event: Event) -> float:
    """Return where on its way (0–1) the controller stands."""
    if event.kind is Kind.BEND:
        return (event.value + FULL_BEND) / (2 * FULL_BEND - 1)
    return (event.number if event.kind is Kind.PROGRAM else event.value) / 127
