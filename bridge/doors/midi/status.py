"""What is to be said of MIDI now: frozen values that may cross threads."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.doors.midi.clock import ClockState


@dataclass(frozen=True, slots=True)
class MidiReport:
    """How it stands with MIDI.

    Attributes:
        state: a sentence: which ports are open, or why there is no MIDI.
        available: False where this machine has no MIDI just now.
        inputs, outputs: the ports that are listened to, and those that lights go to.
        clock, tempo_bpm: what the clock does, and the tempo that holds by it; None before one is known.
        problem: what is wrong with the user's map, empty if nothing is.
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
