"""The settings page, made from the table of settings; every change holds at once and is kept."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QGridLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from bridge.desktop.controls.basics import button, label, row
from bridge.messages import Messages
from bridge.settings import SETTINGS, Setting, SettingsFile
from engine.errors import StemBridgeError


class SettingsPage(QDialog):
    """The page; `changed(key)` says that a setting is another one."""

    changed = Signal(str)

    def __init__(self, settings: SettingsFile, messages: Messages, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setMinimumWidth(560)
        self._settings, self._messages = settings, messages
        self.fields: dict[str, QWidget] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 20)
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setColumnStretch(1, 1)
        box.addLayout(grid)
        group, line = "", 0
        for setting in SETTINGS.values():
            if setting.group != group:
                group = setting.group
                grid.addWidget(label(group.upper(), "heading"), line, 0)
                line += 1
            field = self.fields[setting.key] = self._field(setting)
            field.setAccessibleName(setting.label)
            field.setAccessibleDescription(setting.doc)
            grid.addWidget(label(setting.label), line, 0)
            grid.addWidget(field, line, 1)
            words = setting.doc + (" Holds from the next start on." if setting.restarts else "")
            grid.addWidget(label(words, "faint", wrap=True), line + 1, 1)
            line += 2
        box.addLayout(row(label(f"Kept in {settings.path}", "faint", wrap=True), None, button("Close", self.accept)))

    def _field(self, setting: Setting) -> QWidget:
        key, value = setting.key, self._settings[setting.key]
        if setting.kind == "boolean":
            check = QCheckBox()
            check.setChecked(bool(value))
            check.toggled.connect(lambda on: self._set(key, on))
            return check
        if setting.kind == "choice":
            choice = QComboBox()
            choice.addItems(setting.choices)
            choice.setCurrentText(str(value))
            choice.currentTextChanged.connect(lambda text: self._set(key, text))
            return choice
        if setting.kind in ("integer", "number"):
            number = QSpinBox() if setting.kind == "integer" else QDoubleSpinBox()
            number.setRange(setting.low, setting.high)  # type: ignore[arg-type]
            number.setValue(value)  # type: ignore[arg-type]
            number.setSuffix(f" {setting.unit}" if setting.unit else "")
            number.editingFinished.connect(lambda: self._set(key, number.value()))
            return number
        text = QLineEdit(str(value))
        if setting.kind == "secret":
            text.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        text.editingFinished.connect(lambda: self._set(key, text.text().strip()))
        return text

    def _set(self, key: str, value: object) -> None:
        if self._settings[key] == value:
            return
        try:
            self._settings.set(key, value)
        except StemBridgeError as error:
            self._messages.error(str(error), topic="settings")
            return
        self.changed.emit(key)
