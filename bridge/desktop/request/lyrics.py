"""The lyrics, with buttons for structure tags, and their language."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QVBoxLayout, QWidget

from bridge.desktop.controls.capability_tip import show_capability
from bridge.desktop.controls.flow import FlowLayout
from bridge.desktop.controls.widgets import button, label, row
from engine.capability import Capabilities

TAGS = ("Intro", "Verse", "Pre-Chorus", "Chorus", "Bridge", "Outro")
LANGUAGES = ("", "en", "de", "fr", "es", "pt", "it", "ja", "ko", "zh")

LANGUAGE_TIP = "Language of the lyrics; empty lets the engine find out"
EMPTY = "Empty makes an instrumental"


class Lyrics(QWidget):
    """The editor; `changed` is emitted when the text or the language changes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = QPlainTextEdit()
        self.text.setMinimumHeight(110)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Lyrics")
        self.text.setPlaceholderText(EMPTY)
        self.text.textChanged.connect(self.changed)
        self.language = QComboBox()
        self.language.setEditable(True)
        self.language.addItems(LANGUAGES)
        self.language.setAccessibleName("Language of the lyrics")
        self.language.setToolTip(LANGUAGE_TIP)
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

    def know(self, keys: Capabilities) -> None:
        """Say what the chosen engine makes of lyrics, and grey out the language if it has no use for one."""
        lyrics = keys.get("lyrics")
        show_capability(self.text, "", lyrics)
        limit = f"\nUsed here within: {lyrics.within}" if lyrics is not None and lyrics.within else ""
        self.text.setPlaceholderText(EMPTY + limit)
        show_capability(self.language, LANGUAGE_TIP, keys.get("language"))

    def _insert(self, tag: str) -> None:
        cursor = self.text.textCursor()
        start = "" if cursor.atBlockStart() else "\n"
        cursor.insertText(f"{start}[{tag}]\n")
        self.text.setFocus()
