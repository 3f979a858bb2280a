"""The MIDI page: open ports, state of the clock, bindings of pads and knobs, and learning a new binding."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QDialog, QListWidget, QSpinBox, QVBoxLayout, QWidget

from bridge.desktop.controls.widgets import button, inset, label, restyle, row
from bridge.doors.midi.status import MidiReport
from bridge.request.block import SPEC

if TYPE_CHECKING:
    from bridge.desktop.adapter import Adapter

ACTIONS = {
    "generate": "Generate",
    "regenerate": "Generate again with a new seed",
    "again": "Make exactly the same again",
    "cancel": "Cancel",
    "next_variation": "Next variation",
    "accept": "Bring the take in once more",
    "set": "Set a value",
}
"""Action of a binding → its label for users."""
PRESS = "Press the pad, key or switch now, or move the knob…"
SIZE_PX = (600, 560)


class MidiPage(QDialog):
    """The page; it is updated by every report while it is open."""

    def __init__(self, adapter: Adapter, report: MidiReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("MIDI")
        self.resize(*SIZE_PX)
        self._adapter = adapter
        self._map = adapter.handle.options.folders.midi_map
        self._waiting: Future[str] | None = None
        self.state, self.clock = label("", wrap=True), label("", "dim", wrap=True)
        self.problem = label("", "bad", wrap=True)
        self.bindings = QListWidget()
        self.bindings.setAccessibleName("What each pad, switch and knob does")
        self.action, self.parameter, self.bars = QComboBox(), QComboBox(), inset(QSpinBox())
        self.learn = button("Learn", self.toggle_learning)
        self.learned = label("", "dim", wrap=True)
        self._fill()
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 18)
        box.setSpacing(10)
        box.addWidget(label("MIDI", "hero"))
        for widget in (self.state, self.clock, self.problem):
            box.addWidget(widget)
        box.addSpacing(6)
        box.addWidget(label("Teach a pad", "title"))
        box.addLayout(row(self.action, self.bars, self.parameter, None, self.learn, spacing=8))
        box.addWidget(self.learned)
        box.addSpacing(6)
        box.addWidget(label("What pads, switches and knobs do", "title"))
        box.addWidget(self.bindings, 1)
        own = button("Open midi.toml", self._open_map, tip=f"Your map, as text: {self._map}")
        box.addLayout(row(own, None, button("Close", self.close)))
        adapter.midi.connect(self.show_report)
        self.show_report(report)
        self._choose()

    def _fill(self) -> None:
        for name, text in ACTIONS.items():
            self.action.addItem(text, name)
        self.action.setAccessibleName("Action")
        for parameter in SPEC.values():
            if parameter.kind in ("number", "integer"):
                self.parameter.addItem(parameter.name.replace("_", " "), parameter.name)
        self.parameter.setAccessibleName("Value that the knob sets")
        self.bars.setRange(0, 512)
        self.bars.setSpecialValueText("as the DAW says")
        self.bars.setSuffix(" bars")
        self.bars.setAccessibleName("Length in bars")
        self.action.currentIndexChanged.connect(lambda _: self._choose())

    @Slot(object)
    def show_report(self, report: MidiReport) -> None:
        """Show the state of MIDI."""
        self.state.setText(report.state)
        restyle(self.state, role="" if report.available else "warn")
        tempo = f" ({report.tempo_bpm:g} BPM)" if report.tempo_bpm is not None else ""
        self.clock.setText(f"Clock: {report.clock}{tempo}.")
        self.problem.setText(report.problem)
        self.problem.setVisible(bool(report.problem))
        self.bindings.clear()
        self.bindings.addItems(report.bindings)
        self.learn.setEnabled(report.available)

    def toggle_learning(self) -> None:
        """Start waiting for a pad to bind, or stop waiting."""
        if self._waiting is not None:
            self._forget("Nothing was learned.")
            return
        name = str(self.action.currentData())
        extra: dict[str, object] = {}
        if name == "generate" and self.bars.value():
            extra["bars"] = self.bars.value()
        if name == "set":
            extra["parameter"] = self.parameter.currentData()
        self._waiting = self._adapter.handle.learn(name, extra)
        self.learn.setText("Cancel")
        self._say(PRESS, "warn")
        self._adapter.when_done(self._waiting, self._done, self._failed, self)

    def done(self, code: int) -> None:
        """Close the page and stop waiting for a pad."""
        if self._waiting is not None:
            self._forget("")
        super().done(code)

    def _done(self, words: str) -> None:
        self._end()
        self._say(f"Learned: {words}", "good")

    def _failed(self, sentence: str) -> None:
        self._end()
        self._say(sentence, "bad")

    def _forget(self, sentence: str) -> None:
        waiting = self._waiting
        self._end()
        if waiting is not None:
            waiting.cancel()
        self._adapter.when_done(self._adapter.handle.stop_learning(), lambda _: None, lambda _: None, self)
        self._say(sentence, "dim")

    def _end(self) -> None:
        self._waiting = None
        self.learn.setText("Learn")

    def _say(self, sentence: str, role: str) -> None:
        self.learned.setText(sentence)
        restyle(self.learned, role=role)

    def _choose(self) -> None:
        name = self.action.currentData()
        self.bars.setVisible(name == "generate")
        self.parameter.setVisible(name == "set")

    def _open_map(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._map))):
            self._say(f"No program opened it; the map is {self._map}.", "warn")
