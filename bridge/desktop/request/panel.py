"""The request panel: every parameter that the DAW does not provide, and the button that generates."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from bridge.app.models import ModelDesk
from bridge.desktop.controls.widgets import button, label, row, scrolled
from bridge.desktop.look.icons import icon
from bridge.desktop.request.advanced import Advanced
from bridge.desktop.request.engines import Engines
from bridge.desktop.request.genres import Genres
from bridge.desktop.request.lyrics import Lyrics
from bridge.desktop.request.preset_menu import PresetMenu
from bridge.desktop.request.shape import ShapeFields
from bridge.home.messages import Messages
from bridge.request.presets.presets import Presets
from engine.contract import EngineInfo
from engine.origin import Origin

WIDTH_PX = 350
FOLD_MARGIN_PX = 40


class RequestPanel(QWidget):
    """The panel; `generate` is emitted by its button, `changed` when the request changes."""

    generate = Signal()
    changed = Signal()

    def __init__(
        self, presets: Presets, models: ModelDesk, messages: Messages, find_engine: Callable[[str], EngineInfo]
    ) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH_PX)
        self.genres, self.shape, self.lyrics = Genres(), ShapeFields(), Lyrics()
        self.advanced, self.engines = Advanced(), Engines(models, find_engine)
        self.presets = PresetMenu(presets, messages, self.block)
        self.presets.chosen.connect(self.show_block)
        self.engines.changed.connect(self.shape.offer)
        self.shape.offer(self.engines.info)
        self.go = button("Generate", self.generate.emit, tip="Generate (Ctrl+Enter)")
        self.go.setObjectName("primary")
        body = QWidget()
        body.setObjectName("panelBody")
        inner = QVBoxLayout(body)
        inner.setContentsMargins(16, 14, 12, 14)
        inner.setSpacing(8)
        inner.addLayout(row(label("GENRES", "heading"), None, self.presets))
        inner.addWidget(self.genres)
        inner.addSpacing(6)
        inner.addWidget(self.shape)
        for title, widget, opened in (
            ("Lyrics", self.lyrics, False),
            ("Engine and model", self.engines, True),
            ("Advanced", self.advanced, False),
        ):
            head = _fold(title, widget, opened)
            head.toggled.connect(lambda on, part=widget: self._show_part(part) if on else None)
            inner.addWidget(head)
            inner.addWidget(widget)
        inner.addStretch(1)
        scroll = self._scroll = scrolled(body)
        scroll.setObjectName("panel")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(scroll, 1)
        box.addLayout(row(self.go, margins=(16, 10, 16, 14)))
        for part in (self.genres, self.shape, self.lyrics, self.advanced):
            part.changed.connect(self.changed)
        self.changed.connect(lambda: self.advanced.mark(self.origin()))
        self.engines.changed.connect(lambda _: self._offer_own())
        self._offer_own()

    def _offer_own(self) -> None:
        self.advanced.offer(self.engines.sampling())
        keys = self.engines.capabilities()
        self.advanced.know(keys)
        self.lyrics.know(keys)
        self.changed.emit()

    def _show_part(self, part: QWidget) -> None:
        """Scroll to a part that was just unfolded, after the layout has placed it."""
        QTimer.singleShot(0, part, lambda: self._scroll.ensureWidgetVisible(part, 0, FOLD_MARGIN_PX))

    def block(self) -> dict[str, object]:
        """Return the parameter block from the fields, unchecked; what nobody said is left out."""
        block: dict[str, object] = {}
        for key, text in (
            ("genres", self.genres.text.toPlainText().strip()),
            ("lyrics", self.lyrics.text.toPlainText().strip()),
            ("language", self.lyrics.language.currentText().strip()),
        ):
            if text:
                block[key] = text
        return {**block, **self.shape.values(), **self.advanced.values(), **self.engines.values()}

    def origin(self) -> dict[str, Origin]:
        """Return the origin of the block's values that are still those of the preset that was applied last."""
        block = self.block()
        return {name: Origin.PRESET for name, value in self.presets.applied.items() if block.get(name) == value}

    def show_block(self, block: dict[str, object]) -> None:
        """Show a block; keys without a field are ignored, as they come from the session."""
        self.genres.text.setPlainText(str(block.get("genres", "")))
        self.lyrics.text.setPlainText(str(block.get("lyrics", "")))
        self.lyrics.language.setCurrentText(str(block.get("language", "")))
        self.engines.show_values(block)
        self.shape.show_values(block)
        self.advanced.show_values(block)
        self.changed.emit()


def _fold(title: str, widget: QWidget, opened: bool) -> QToolButton:
    """Return a heading that folds and unfolds `widget`."""
    head = QToolButton()
    head.setText(title)
    head.setCheckable(True)
    head.setChecked(opened)
    head.setIconSize(QSize(12, 12))
    head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    head.setProperty("role", "fold")
    head.setAccessibleName(title)

    def fold(on: bool) -> None:
        widget.setVisible(on)
        head.setProperty("sign", "down" if on else "right")
        head.setIcon(icon(str(head.property("sign"))))

    fold(opened)
    head.toggled.connect(fold)
    return head
