"""The lyrics, with buttons for structure tags, and their language."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QVBoxLayout, QWidget

from bridge.desktop.controls.flow import FlowLayout
from bridge.desktop.controls.widgets import button, label, row

TAGS = ("Intro", "Verse", "Pre-Chorus", "Chorus", "Bridge", "Outro")
LANGUAGES = ("", "en", "de", "fr", "es", "pt", "it", "ja", "ko", "zh")


class Lyrics(QWidget):
    """The editor; `changed` is emitted when the text or the language changes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = QPlainTextEdit()
        self.text.setMinimumHeight(110)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Lyrics")
        self.text.setPlaceholderText("Empty makes an instrumental")
        self.text.textChanged.connect(self.changed)
        self.language = QComboBox()
        self.language.setEditable(True)
        self.language.addItems(LANGUAGES)
        self.language.setAccessibleName("Language of the lyrics")
        self.language.setToolTip("Language of the lyrics; empty lets the engine find out")
        self.language.setFixedWidth(90)
        self.language.currentTextChanged.connect(self.changed)
        holder = QWidget()
        flow = FlowLayout(holder, spacing=4)
        for tag in TAGS:
            chip = button(tag, partial(self._insert, tag), f"Insert {tag}")
            chip.setProperty("role", "chip")
            flow.addWidget(chip)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(holder)
        box.addWidget(self.text)
        box.addLayout(row(label("Language", "dim"), self.language, None))

    def _insert(self, tag: str) -> None:
        cursor = self.text.textCursor()
        start = "" if cursor.atBlockStart() else "\n"
        cursor.insertText(f"{start}[{tag}]\n")
        self.text.setFocus()
