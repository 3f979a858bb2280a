"""The genres: free text, with chips that add or remove words; while a word is typed, the chips are suggestions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from bridge.app.suggestions import matching
from bridge.desktop.controls.flow import FlowLayout

COMMON = (
    *("funk", "house", "rock", "lofi", "techno", "hip hop", "jazz", "ambient", "pop", "drum and bass"),
    *("warm", "dark", "driving", "dusty drums", "slap bass", "electric piano", "strings", "instrumental"),
)
"""The words of the chips while no word is being typed."""


class Genres(QWidget):
    """The text with its chips.

    Signals:
        changed(): the text was changed. words_requested(): the user types for the first time; `offer` is due.
    """

    changed = Signal()
    words_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._known: Sequence[str] = ()
        self._asked, self._settled = False, ""
        self.text = QPlainTextEdit()
        self.text.setFixedHeight(64)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Genres, instruments and mood")
        self.text.setPlaceholderText("Styles, instruments, mood. Empty: chosen by tempo and key")
        self.text.textChanged.connect(self._typed)
        self.chips: dict[str, QPushButton] = {}
        holder = QWidget()
        self._flow = FlowLayout(holder)
        self._show_chips(COMMON)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.text)
        box.addWidget(holder)

    def offer(self, words: Sequence[str]) -> None:
        """Set the words that suggestions are taken from."""
        self._known = words
        self._suggest()

    def words(self) -> list[str]:
        """Return the words between the commas."""
        return [word.strip() for word in self.text.toPlainText().split(",") if word.strip()]

    def _chip(self, word: str, on: bool) -> None:
        words = [other for other in self.words() if other.lower() != word]
        if on and self._suggested():
            words = words[:-1]  # the suggestion replaces the word that was being typed
        self._settled = ", ".join([*words, word] if on else words)
        self.text.setPlainText(self._settled)
        self.text.moveCursor(QTextCursor.MoveOperation.End)

    def _typed(self) -> None:
        if self.text.hasFocus() and not self._asked:
            self._asked = True
            self.words_requested.emit()
        self._suggest()
        self.changed.emit()

    def _suggested(self) -> list[str]:
        """Return the suggestions for the last word; none while no word is being typed."""
        text = self.text.toPlainText()
        if text == self._settled or not self.text.hasFocus():
            return []
        return matching(text.rpartition(",")[2], self._known)

    def _suggest(self) -> None:
        self._show_chips(self._suggested() or COMMON)
        there = {word.lower() for word in self.words()}
        for word, chip in self.chips.items():
            chip.setChecked(word in there)

    def _show_chips(self, words: Sequence[str]) -> None:
        if list(self.chips) == list(words):
            return
        while (item := self._flow.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self.chips = {}
        for word in words:
            chip = QPushButton(word)
            chip.setCheckable(True)
            chip.setProperty("role", "chip")
            chip.setAccessibleName(f"Genre {word}")
            # a click leaves the focus in the text, or the suggestions would be gone before the click is handled
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.clicked.connect(lambda on, word=word: self._chip(word, on))
            self.chips[word] = chip
            self._flow.addWidget(chip)
