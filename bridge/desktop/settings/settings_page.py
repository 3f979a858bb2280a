"""The settings page, made from the table of settings; every change is applied and saved at once."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QVBoxLayout, QWidget

from bridge.app.background import in_thread
from bridge.app.player.output import devices
from bridge.desktop.adapter import Adapter
from bridge.desktop.controls.widgets import button, label, row, scrolled
from bridge.desktop.settings.fields import DeviceField, make_field
from bridge.home.messages import Messages
from bridge.settings import SETTINGS, Setting, SettingsFile
from engine.errors import StemBridgeError

SIZE_PX = (660, 680)
LATER = " Holds from the companion’s next start on."


class SettingsPage(QDialog):
    """The page; `changed(key)` is emitted when a setting was changed."""

    changed = Signal(str)

    def __init__(
        self, adapter: Adapter, settings: SettingsFile, messages: Messages, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.resize(*SIZE_PX)
        self._settings, self._messages = settings, messages
        self.fields: dict[str, QWidget] = {}
        body = QWidget()
        body.setObjectName("ground")
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(0, 0, 14, 0)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnMinimumWidth(0, 200)
        self._grid.setColumnStretch(1, 1)
        group = ""
        for setting in SETTINGS.values():
            self._add(setting, new_group=setting.group != group)
            group = setting.group
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        kept = label(f"Kept in {settings.path}", "faint", wrap=True)
        foot = row(kept, button("Close", self.accept), spacing=12, margins=(0, 0, 14, 0))
        foot.setStretch(0, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 10, 16)
        box.setSpacing(12)
        box.addWidget(label("Settings", "hero"))
        box.addWidget(scrolled(body), 1)
        box.addLayout(foot)
        adapter.when_done(in_thread(devices), self._offer_devices, owner=self)

    def _add(self, setting: Setting, *, new_group: bool) -> None:
        grid, line = self._grid, self._grid.rowCount()
        if new_group:
            heading = label(setting.group.upper(), "heading")
            heading.setContentsMargins(0, 12 if line > 1 else 0, 0, 4)
            grid.addWidget(heading, line, 0, 1, 2)
            line += 1
        field = make_field(setting, self._settings[setting.key], lambda value: self._set(setting.key, value))
        self.fields[setting.key] = field
        words = label(setting.doc + (LATER if setting.restarts else ""), "faint", wrap=True)
        words.setContentsMargins(0, 0, 0, 8)
        grid.addWidget(label(setting.label), line, 0)
        grid.addWidget(field, line, 1)
        grid.addWidget(words, line + 1, 1)

    def _offer_devices(self, names: list[str]) -> None:
        for field in self.fields.values():
            if isinstance(field, DeviceField):
                field.offer(names)

    def _set(self, key: str, value: object) -> None:
        if self._settings[key] == value:
            return
        try:
            self._settings.set(key, value)
        except StemBridgeError as error:
            self._messages.error(str(error), topic="settings")
            return
        self.changed.emit(key)
