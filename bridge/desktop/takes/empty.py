"""The hint that the list of takes shows while it is empty."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from bridge.desktop.controls.widgets import label
from bridge.desktop.look.icons import pixmap
from bridge.desktop.look.palette import tokens

SIGN_PX = 56
NOTHING = ("No takes yet", "Say what you want on the left, then press Generate (Ctrl+Enter).")
NO_FAVOURITES = ("No favourites here", "Mark a take with the star, or show all of them.")


class EmptyListHint(QWidget):
    """An icon and two lines of text, centred."""

    def __init__(self) -> None:
        super().__init__()
        self._sign = QLabel()
        self.title, self.words = label("", "hero"), label("", "dim", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 110, 0, 0)
        box.setSpacing(8)
        for widget in (self._sign, self.title, self.words):
            widget.setAlignment(Qt.AlignmentFlag.AlignCenter)
            box.addWidget(widget)
        box.addStretch(1)
        self.say(False)
        self.recolour()

    def say(self, filtered: bool) -> None:
        """Show why the list is empty: no takes yet or, if `filtered`, no favourites."""
        title, words = NO_FAVOURITES if filtered else NOTHING
        self.title.setText(title)
        self.words.setText(words)

    def recolour(self) -> None:
        """Redraw the icon in the colours in use."""
        ratio = self.devicePixelRatioF()
        picture = pixmap("logo", round(SIGN_PX * ratio), tokens().faint)
        picture.setDevicePixelRatio(ratio)
        self._sign.setPixmap(picture)
