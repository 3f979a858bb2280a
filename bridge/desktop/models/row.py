"""One model on the models page: description, status, progress and actions."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QVBoxLayout, QWidget

from bridge.app.events import ModelWork
from bridge.app.models import ModelState
from bridge.desktop.controls.widgets import button, label, restyle, row
from bridge.desktop.models.words import ability, progress, size, status_text


class ModelRow(QFrame):
    """One model.

    Signals:
        requested(str): "download", "folder", "verify", "remove" or "cancel".
    """

    requested = Signal(str)

    def __init__(self, state: ModelState) -> None:
        super().__init__()
        self.setObjectName("card")
        self.state = state
        entry = state.entry
        self.setAccessibleName(f"Model {entry.label}")
        self.title = label(entry.label, "title", wrap=True)
        self.suits = label("suits this computer", "badge")
        self.suits.setVisible(False)
        self.status = label("")
        self.buttons = {
            "download": self._button("Download…", "download"),
            "folder": self._button("From a folder…", "folder"),
            "verify": self._button("Check", "verify"),
            "remove": self._button("Remove", "remove"),
        }
        facts = f"{ability(state)}.   {size(entry.size_bytes)}   licence {entry.licence}   from {entry.repository}"
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(f"Progress of {entry.label}")
        self.words = label("", "dim", wrap=True)
        self.stop = self._button("Cancel", "cancel")
        self._answers: list[QPushButton] = []
        tail = row(self.words, self.stop, spacing=8)
        tail.setStretch(0, 1)
        self._question = row(None, spacing=8)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 10, 14, 12)
        box.setSpacing(6)
        head = row(self.title, self.suits, self.status, *self.buttons.values(), spacing=8)
        head.setStretch(0, 1)
        box.addLayout(head)
        box.addWidget(label(facts, "dim", wrap=True))
        box.addWidget(self.bar)
        box.addLayout(tail)
        box.addLayout(self._question)
        self.say("")
        self.refresh(state, None)

    def refresh(self, state: ModelState, work: ModelWork | None) -> None:
        """Show the model's status and the progress of `work` on it, if any; the sentence in the row stays."""
        self.state = state
        text, role = status_text(state)
        self.status.setText(text)
        restyle(self.status, role=role)
        here, begun = state.installed is not None, state.partial_bytes > 0
        busy = work is not None and work.name == state.entry.name
        self.buttons["download"].setText("Go on…" if begun else "Download…")
        for name, useful in (
            ("download", not here),
            ("folder", not here),
            ("verify", here),
            ("remove", here or begun),
        ):
            self.buttons[name].setVisible(useful and not busy)
            self.buttons[name].setEnabled(work is None)
        self.bar.setVisible(busy)
        self.stop.setVisible(busy)
        if work is not None and busy:
            self._forget_question()
            self.bar.setValue(round(work.share * 1000))
            self.say(progress(work))

    def say(self, text: str, role: str = "dim") -> None:
        """Show a sentence under the model; an empty one hides the line."""
        self.words.setText(text)
        self.words.setVisible(bool(text))
        restyle(self.words, role=role)

    def recommend(self, reason: str) -> None:
        """Mark this model as the one that suits this machine; the reason is the tooltip."""
        self.suits.setVisible(True)
        self.suits.setToolTip(reason)
        self.suits.setAccessibleDescription(reason)

    def ask(self, text: str, agree: str, work: Callable[[], object], refuse: str = "Not now") -> None:
        """Ask before `work` is done, with a button for each answer below the question."""
        self._forget_question()
        self.say(text)
        yes = button(agree, lambda: self._answer(work), f"{agree}: {self.state.entry.label}")
        yes.setProperty("role", "go")
        no = button(refuse, lambda: self._answer(None))
        for made in (no, yes):
            self._question.addWidget(made)
        self._answers = [no, yes]
        yes.setFocus()

    def _answer(self, work: Callable[[], object] | None) -> None:
        self._forget_question()
        self.say("")
        if work is not None:
            work()

    def _forget_question(self) -> None:
        for made in self._answers:
            made.hide()
            made.deleteLater()
        self._answers = []

    def answers(self) -> list[QWidget]:
        """Return the buttons of the open question: no, yes; empty without a question."""
        return list(self._answers)

    def _button(self, text: str, action: str) -> QPushButton:
        return button(text, lambda: self.requested.emit(action), f"{text.rstrip('…')}: {self.state.entry.label}")
