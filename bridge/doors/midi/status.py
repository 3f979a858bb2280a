"""The report on MIDI for the window: a frozen value that may cross threads."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.doors.midi.clock import ClockState


@dataclass(frozen=True, slots=True)
class MidiReport:
    """The status of MIDI.

    Attributes:
        state: a sentence: the open ports, or why there is no MIDI.
        available: False if this machine has no MIDI at present.
        inputs, outputs: the open input ports, and the ports that lights are sent to.
        clock, tempo_bpm: the clock's state, and its tempo, None before one is known.
        problem: the faults in the user's map, empty if there are none.
        bindings: every binding in words, the user's own first.
    """

    state: str
    available: bool
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    clock: ClockState = ClockState.SILENT
    tempo_bpm: float | None = None
    problem: str = ""
    bindings: tuple[str, ...] = ()
