"""A quiet mark beside a value: one word on who said it; a click gives a value that was set by hand back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from bridge.desktop.controls.widgets import restyle
from engine.origin import Origin

WORDS = {
    Origin.USER: ("you", "set by hand"),
    Origin.DAW: ("DAW", "from the DAW"),
    Origin.PRESET: ("preset", "from the preset"),
    Origin.STYLE: ("style", "from the style, as nobody says it"),
    Origin.MODEL: ("model", "the model's own"),
    Origin.DEFAULT: ("usual", "what is usual, as nobody says it"),
}
"""Origin → the mark, and the words of its tooltip."""
GIVEN = frozenset({Origin.USER, Origin.PRESET})
"""Origins of values that can be given back."""


class OriginMark(QToolButton):
    """The mark; it is a button while the value can be given back."""

    def __init__(self, name: str, back: str, give_back: Callable[[], object]) -> None:
        """Mark the value `name` (for users); `back` says what holds once it is given back ("as the DAW says")."""
        super().__init__()
        self._name, self._back = name, back
        self.setProperty("role", "mark")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(lambda: give_back())
        self.show_origin(Origin.DEFAULT)

    def show_origin(self, origin: Origin) -> None:
        """Show who said the value."""
        word, words = WORDS[origin]
        can_give_back = origin in GIVEN
        self.setText(word)
        self.setToolTip(f"{self._name}: {words}" + (f". Click: {self._back}" if can_give_back else ""))
        self.setAccessibleName(f"{self._name} {words}" + (f"; press for {self._back}" if can_give_back else ""))
        self.setEnabled(can_give_back)
        restyle(self, given=can_give_back)
