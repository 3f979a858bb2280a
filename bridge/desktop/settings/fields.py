"""A field for each kind of setting; it calls back with the value when the user has finished editing."""

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

OnChange = Callable[[object], object]
NUMBER_PX = 130


class FolderField(QWidget):
    """The path of a folder, typed or picked."""

    def __init__(self, setting: Setting, value: str, on_change: OnChange) -> None:
        super().__init__()
        self._on_change = on_change
        self.line = QLineEdit(value)
        self.line.setAccessibleName(setting.label)
        self.line.setAccessibleDescription(setting.doc)
        self.line.editingFinished.connect(lambda: on_change(self.line.text().strip()))
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.line, 1)
        box.addWidget(button("Choose…", self._pick, f"Choose {setting.label.lower()}"))
        self.setFocusProxy(self.line)

    def _pick(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.line.accessibleName(), self.line.text())
        if folder:
            self.line.setText(folder)
            self._on_change(folder)


class DeviceField(QComboBox):
    """A sound device: one of the list, or part of a device's name."""

    def __init__(self, value: str, on_change: OnChange) -> None:
        super().__init__()
        self.setEditable(True)
        self.setEditText(value)
        line = self.lineEdit()
        assert line is not None
        line.setPlaceholderText("System default")
        line.editingFinished.connect(lambda: on_change(self.currentText().strip()))
        self.activated.connect(lambda _: on_change(self.currentText().strip()))

    def offer(self, names: list[str]) -> None:
        """List the available devices; the text in the field stays."""
        text = self.currentText()
        self.clear()
        self.addItems(["", *names])
        self.setEditText(text)


def make_field(setting: Setting, value: SettingValue, on_change: OnChange) -> QWidget:
    """Return the field for a setting, showing `value`; `on_change(value)` is called when the user has changed it."""
    makers: dict[str, Callable[[], QWidget]] = {
        "boolean": lambda: _check(bool(value), on_change),
        "choice": lambda: _choice(setting, str(value), on_change),
        "integer": lambda: _number(setting, value, on_change),
        "number": lambda: _number(setting, value, on_change),
        "text": lambda: _text(str(value), on_change),
        "secret": lambda: _secret(str(value), on_change),
        "folder": lambda: FolderField(setting, str(value), on_change),
        "device": lambda: DeviceField(str(value), on_change),
    }
    field = makers[setting.kind]()
    field.setAccessibleName(setting.label)
    field.setAccessibleDescription(setting.doc)
    return field


def _check(on: bool, on_change: OnChange) -> QCheckBox:
    field = QCheckBox()
    field.setChecked(on)
    field.toggled.connect(on_change)
    return field


def _choice(setting: Setting, value: str, on_change: OnChange) -> QComboBox:
    field = QComboBox()
    for choice, text in zip(setting.choices, setting.choice_labels or setting.choices, strict=True):
        field.addItem(text, choice)
    field.setCurrentIndex(field.findData(value))
    field.currentIndexChanged.connect(lambda _: on_change(field.currentData()))
    return field


def _number(setting: Setting, value: SettingValue, on_change: OnChange) -> QWidget:
    field = inset(QSpinBox() if setting.kind == "integer" else QDoubleSpinBox())
    field.setRange(setting.low, setting.high)  # type: ignore[arg-type]
    field.setValue(value)  # type: ignore[arg-type]
    if isinstance(field, QDoubleSpinBox):
        field.setDecimals(1)
    field.setSuffix(f" {setting.unit}" if setting.unit else "")
    field.setFixedWidth(NUMBER_PX)
    field.editingFinished.connect(lambda: on_change(field.value()))
    return field


def _text(value: str, on_change: OnChange) -> QLineEdit:
    field = QLineEdit(value)
    field.editingFinished.connect(lambda: on_change(field.text().strip()))
    return field


def _secret(value: str, on_change: OnChange) -> QLineEdit:
    field = _text(value, on_change)
    field.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
    return field
