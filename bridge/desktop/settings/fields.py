"""A field for each kind of setting; it tells of a value as soon as its user is done with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from bridge.desktop.controls.widgets import button, inset
from bridge.settings import Setting
from bridge.settings.setting import SettingValue

Told = Callable[[object], object]
NUMBER_PX = 130


class FolderField(QWidget):
    """The path of a folder, typed or picked."""

    def __init__(self, setting: Setting, value: str, told: Told) -> None:
        super().__init__()
        self._told = told
        self.line = QLineEdit(value)
        self.line.setAccessibleName(setting.label)
        self.line.setAccessibleDescription(setting.doc)
        self.line.editingFinished.connect(lambda: told(self.line.text().strip()))
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.line, 1)
        box.addWidget(button("Choose…", self._pick, f"Choose {setting.label.lower()}"))
        self.setFocusProxy(self.line)

    def _pick(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.line.accessibleName(), self.line.text())
        if folder:
            self.line.setText(folder)
            self._told(folder)


class DeviceField(QComboBox):
    """A sound device: one of those that are here, or a part of a name."""

    def __init__(self, value: str, told: Told) -> None:
        super().__init__()
        self.setEditable(True)
        self.setEditText(value)
        line = self.lineEdit()
        assert line is not None
        line.setPlaceholderText("System default")
        line.editingFinished.connect(lambda: told(self.currentText().strip()))
        self.activated.connect(lambda _: told(self.currentText().strip()))

    def offer(self, names: list[str]) -> None:
        """List the devices that are here; what stands there stays."""
        text = self.currentText()
        self.clear()
        self.addItems(["", *names])
        self.setEditText(text)


def make_field(setting: Setting, value: SettingValue, told: Told) -> QWidget:
    """Return the field for a setting, with `value` in it; `told(value)` is called when its user has changed it."""
    makers: dict[str, Callable[[], QWidget]] = {
        "boolean": lambda: _check(bool(value), told),
        "choice": lambda: _choice(setting, str(value), told),
        "integer": lambda: _number(setting, value, told),
        "number": lambda: _number(setting, value, told),
        "text": lambda: _text(str(value), told),
        "secret": lambda: _secret(str(value), told),
        "folder": lambda: FolderField(setting, str(value), told),
        "device": lambda: DeviceField(str(value), told),
    }
    field = makers[setting.kind]()
    field.setAccessibleName(setting.label)
    field.setAccessibleDescription(setting.doc)
    return field


def _check(on: bool, told: Told) -> QCheckBox:
    field = QCheckBox()
    field.setChecked(on)
    field.toggled.connect(told)
    return field


def _choice(setting: Setting, value: str, told: Told) -> QComboBox:
    field = QComboBox()
    for choice, text in zip(setting.choices, setting.choice_labels or setting.choices, strict=True):
        field.addItem(text, choice)
    field.setCurrentIndex(field.findData(value))
    field.currentIndexChanged.connect(lambda _: told(field.currentData()))
    return field


def _number(setting: Setting, value: SettingValue, told: Told) -> QWidget:
    field = inset(QSpinBox() if setting.kind == "integer" else QDoubleSpinBox())
    field.setRange(setting.low, setting.high)  # type: ignore[arg-type]
    field.setValue(value)  # type: ignore[arg-type]
    if isinstance(field, QDoubleSpinBox):
        field.setDecimals(1)
    field.setSuffix(f" {setting.unit}" if setting.unit else "")
    field.setFixedWidth(NUMBER_PX)
    field.editingFinished.connect(lambda: told(field.value()))
    return field


def _text(value: str, told: Told) -> QLineEdit:
    field = QLineEdit(value)
    field.editingFinished.connect(lambda: told(field.text().strip()))
    return field


def _secret(value: str, told: Told) -> QLineEdit:
    field = _text(value, told)
    field.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
    return field
