"""The preset menu: apply, save, rename, remove, share as a JSON block, paste one."""

from __future__ import annotations

import json
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu, QPushButton

from bridge.home.messages import Messages
from bridge.request.block import check_block, parse_json_block
from bridge.request.presets.presets import Presets, apply_preset
from engine.errors import StemBridgeError


class PresetMenu(QPushButton):
    """The button; `chosen(block)` is emitted with the whole block to show.

    Attributes:
        applied: the values of the preset that was applied last.
    """

    chosen = Signal(object)

    def __init__(self, presets: Presets, messages: Messages, block: Callable[[], dict[str, object]]) -> None:
        super().__init__("Presets")
        self.setAccessibleName("Presets")
        self.setToolTip("Choose, save, rename, share or paste a preset")
        self._presets, self._messages, self._block = presets, messages, block
        self.applied: dict[str, object] = {}
        self.clicked.connect(lambda: self.open())

    def open(self) -> None:
        """Show the menu under the button."""
        self.build_menu().popup(self.mapToGlobal(self.rect().bottomLeft()))

    def build_menu(self) -> QMenu:
        """Return the menu, with the presets that are on disk now."""
        menu = QMenu(self)
        group = ""
        for preset in self._presets.all():
            if preset.group != group:
                group = preset.group
                menu.addSeparator()
                menu.addAction(group.capitalize()).setEnabled(
                    False
                )  # a style sheet would not draw the title of a section
            action = menu.addAction(preset.name)
            action.setToolTip(preset.description)
            action.triggered.connect(lambda _=False, name=preset.name: self.apply(name))
        menu.addSeparator()
        menu.addAction("Save as preset…").triggered.connect(lambda: self._ask("Save preset", self.save))
        own = [preset.name for preset in self._presets.all() if preset.origin == "user"]
        if own:
            for title, work in (("Rename", self._ask_rename), ("Remove", self.remove)):
                sub = menu.addMenu(title)
                for name in own:
                    sub.addAction(name).triggered.connect(lambda _=False, n=name, w=work: w(n))
        menu.addSeparator()
        menu.addAction("Copy block as JSON").triggered.connect(lambda: self.share())
        menu.addAction("Paste block").triggered.connect(lambda: self.paste())
        return menu

    def apply(self, name: str) -> None:
        """Apply a preset to the request."""

        def work() -> None:
            preset = self._presets.get(name)
            self.applied = preset.block
            self.chosen.emit(apply_preset(self._block(), preset))

        self._try(work)

    def save(self, name: str) -> None:
        """Save the request as a user preset; one of that name is replaced."""
        self._try(lambda: self._presets.save(name, self._block(), replace=True))

    def rename(self, old: str, new: str) -> None:
        """Rename a user preset."""

        def work() -> None:
            self._presets.save(new, self._presets.get(old).block)
            self._presets.remove(old)

        self._try(work)

    def remove(self, name: str) -> None:
        """Delete a user preset."""
        self._try(lambda: self._presets.remove(name))

    def share(self) -> None:
        """Copy the request to the clipboard as a JSON block."""
        QApplication.clipboard().setText(json.dumps(self._block(), indent=2, ensure_ascii=False))
        self._messages.info("The block is on the clipboard.", topic="preset")

    def paste(self) -> None:
        """Show the block on the clipboard as the request; post an error if it is invalid."""
        text = QApplication.clipboard().text()

        def work() -> None:
            block = check_block(parse_json_block(text))
            self.applied = {}
            self.chosen.emit(block)

        self._try(work)

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except StemBridgeError as error:
            self._messages.error(str(error), topic="preset")

    def _ask(self, title: str, work: Callable[[str], None], text: str = "") -> None:
        name, agreed = QInputDialog.getText(self, title, "Name", text=text)
        if agreed:
            work(name)

    def _ask_rename(self, old: str) -> None:
        self._ask("Rename preset", lambda new: self.rename(old, new), old)
