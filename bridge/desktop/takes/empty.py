"""What the board shows while there is no take on it: where to begin."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from bridge.desktop.controls.widgets import label
from bridge.desktop.look.icons import pixmap
from bridge.desktop.look.style import tokens

SIGN_PX = 56
NOTHING = ("No takes yet", "Say what you want on the left, then press Generate (Ctrl+Enter).")
NO_FAVOURITES = ("No favourites here", "Mark a take with the star, or show all of them.")


class Empty(QWidget):
    """A sign and two lines in the middle."""

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
        self.redress()

    def say(self, filtered: bool) -> None:
        """Say why nothing is here: nothing was made, or no take is a favourite."""
        title, words = NO_FAVOURITES if filtered else NOTHING
        self.title.setText(title)
        self.words.setText(words)

    def redress(self) -> None:
        """Draw the sign in the colours that hold now."""
        ratio = self.devicePixelRatioF()
        picture = pixmap("logo", round(SIGN_PX * ratio), tokens().faint)
        picture.setDevicePixelRatio(ratio)
        self._sign.setPixmap(picture)
