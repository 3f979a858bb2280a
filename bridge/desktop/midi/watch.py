"""Reports MIDI faults as they happen: a lost port, a clock that has dropped out, a broken map."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from bridge.doors.midi.clock import ClockState
from bridge.doors.midi.port_names import OWN_NAME
from bridge.doors.midi.status import MidiReport
from bridge.home.messages import Message, MessageAction, Messages

PAGE = MessageAction("MIDI…", "midi")


class MidiWatch(QObject):
    """Compares each report with the one before, and posts messages about what has changed.

    Signals:
        resolved(str): messages of this topic are outdated. tempo(object): the clock's tempo in BPM, None without one.
    """

    resolved = Signal(str)
    tempo = Signal(object)

    def __init__(self, messages: Messages) -> None:
        super().__init__()
        self._messages = messages
        self.report = MidiReport("MIDI is being looked for.", False)

    @Slot(object)
    def receive(self, now: MidiReport) -> None:
        """Compare a new report with the last one."""
        before, self.report = self.report, now
        gone = set(before.inputs) - set(now.inputs) - {OWN_NAME} if now.available else set()
        for port in gone:
            self._warn(f"The MIDI port “{port}” has gone; it is taken up again as soon as it is back.", port)
        for port in set(now.inputs) - set(before.inputs):
            self.resolved.emit(_topic(port))
        if before.available and not now.available:
            self._warn(f"{now.state} It is taken up again as soon as it is back.", "system")
        elif now.available:
            self.resolved.emit(_topic("system"))
        self._compare_clocks(before, now)
        if now.problem and now.problem != before.problem:
            self._messages.error(now.problem, PAGE, _topic("map"))
        elif not now.problem:
            self.resolved.emit(_topic("map"))
        self.tempo.emit(now.tempo_bpm)

    def _compare_clocks(self, before: MidiReport, now: MidiReport) -> None:
        if now.clock is ClockState.HOLDING and before.clock is not ClockState.HOLDING:
            tempo = f", {now.tempo_bpm:g} BPM," if now.tempo_bpm is not None else ""
            self._warn(f"The MIDI clock has dropped out; its last tempo{tempo} holds.", "clock")
        elif now.clock is not ClockState.HOLDING:
            self.resolved.emit(_topic("clock"))

    def _warn(self, sentence: str, what: str) -> None:
        self._messages.post(Message("warning", sentence, PAGE, _topic(what)))


def _topic(what: str) -> str:
    return f"midi {what}"
