"""Genres: free words, with chips that put common ones in or take them out again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from bridge.desktop.controls.flow import FlowLayout

SUGGESTIONS = (
    *("funk", "house", "rock", "lofi", "techno", "hip hop", "jazz", "ambient", "pop", "drum and bass"),
    *("warm", "dark", "driving", "dusty drums", "slap bass", "electric piano", "strings", "instrumental"),
)


class Genres(QWidget):
    """The text with its chips; `changed` says that the words are others."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = QPlainTextEdit()
        self.text.setFixedHeight(64)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Genres, instruments and mood")
        self.text.setPlaceholderText("Styles, instruments, mood. Empty: chosen by tempo and key")
        self.text.textChanged.connect(self._typed)
        self.chips: dict[str, QPushButton] = {}
        holder = QWidget()
        flow = FlowLayout(holder)
        for word in SUGGESTIONS:
            chip = QPushButton(word)
            chip.setCheckable(True)
            chip.setProperty("role", "chip")
            chip.setAccessibleName(f"Genre {word}")
            chip.clicked.connect(lambda on, word=word: self._chip(word, on))
            self.chips[word] = chip
            flow.addWidget(chip)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.text)
        box.addWidget(holder)

    def words(self) -> list[str]:
        """Return the words between the commas."""
        return [word.strip() for word in self.text.toPlainText().split(",") if word.strip()]

    def _chip(self, word: str, on: bool) -> None:
        words = [other for other in self.words() if other.lower() != word]
        self.text.setPlainText(", ".join([*words, word] if on else words))

    def _typed(self) -> None:
        there = {word.lower() for word in self.words()}
        for word, chip in self.chips.items():
            chip.setChecked(word in there)
        self.changed.emit()
