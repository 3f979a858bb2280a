"""A field for each kind of setting."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bridge.desktop.settings.fields import DeviceField, FolderField, make_field
from bridge.settings import SETTINGS, Setting

NUMBER = Setting("level", "number", -9.0, "Sound", "Level", "How loud.", -40, 0, unit="dB")
WHOLE = Setting("port", "integer", 9124, "Net", "Port", "The port.", 0, 65_535)
CHOICE = Setting("place", "choice", "a", "Takes", "Place", "Where.", choices=("a", "b"), choice_labels=("One", "Two"))
BARE = Setting("place", "choice", "a", "Takes", "Place", "Where.", choices=("a", "b"))
SWITCH = Setting("on", "boolean", False, "Takes", "On", "Yes or no.")
TEXT = Setting("host", "text", "", "Net", "Host", "The host.")
SECRET = Setting("key", "secret", "", "Net", "Key", "The key.")
FOLDER = Setting("project", "folder", "", "Takes", "Project folder", "Where to.")
DEVICE = Setting("device", "device", "", "Sound", "Device", "The device.")


@pytest.fixture
def changes() -> list[object]:
    return []


def finish(field: QWidget) -> None:
    """End the editing as Return does."""
    line = field if isinstance(field, QLineEdit) else field.lineEdit()  # type: ignore[attr-defined]
    line.editingFinished.emit()


@pytest.mark.parametrize("key", SETTINGS)
def test_every_setting_has_a_field_that_is_named_and_described(qtbot: QtBot, key: str) -> None:
    setting = SETTINGS[key]
    field = make_field(setting, setting.default, pytest.fail)
    qtbot.addWidget(field)
    assert field.accessibleName() == setting.label
    assert field.accessibleDescription() == setting.doc


def test_a_number_has_range_unit_and_one_decimal_and_is_told_when_editing_ends(
    qtbot: QtBot, changes: list[object]
) -> None:
    field = make_field(NUMBER, -9.0, changes.append)
    qtbot.addWidget(field)
    assert isinstance(field, QDoubleSpinBox)
    assert (field.minimum(), field.maximum(), field.suffix(), field.text()) == (-40, 0, " dB", "-9.0 dB")
    field.setValue(-3.5)
    assert changes == [], "not while the user turns it"
    field.editingFinished.emit()
    assert changes == [-3.5]


def test_a_whole_number_has_no_decimals(qtbot: QtBot, changes: list[object]) -> None:
    field = make_field(WHOLE, 9124, changes.append)
    qtbot.addWidget(field)
    assert isinstance(field, QSpinBox)
    assert (field.maximum(), field.suffix(), field.value()) == (65_535, "", 9124)


@pytest.mark.parametrize(("setting", "texts"), [(CHOICE, ["One", "Two"]), (BARE, ["a", "b"])])
def test_a_choice_shows_labels_and_tells_values(
    qtbot: QtBot, changes: list[object], setting: Setting, texts: list[str]
) -> None:
    field = make_field(setting, "b", changes.append)
    qtbot.addWidget(field)
    assert isinstance(field, QComboBox)
    assert [field.itemText(row) for row in range(field.count())] == texts
    assert field.currentData() == "b"
    field.setCurrentIndex(0)
    assert changes == ["a"]


def test_a_switch_tells_at_once(qtbot: QtBot, changes: list[object]) -> None:
    field = make_field(SWITCH, True, changes.append)
    qtbot.addWidget(field)
    assert isinstance(field, QCheckBox)
    field.click()
    assert changes == [False]


@pytest.mark.parametrize("setting", [TEXT, SECRET])
def test_text_is_told_without_the_blanks_around_it(qtbot: QtBot, changes: list[object], setting: Setting) -> None:
    field = make_field(setting, "old", changes.append)
    qtbot.addWidget(field)
    assert isinstance(field, QLineEdit)
    field.setText("  new ")
    finish(field)
    assert changes == ["new"]
    assert (field.echoMode() is QLineEdit.EchoMode.Normal) == (setting is TEXT)


def test_a_secret_is_not_shown(qtbot: QtBot) -> None:
    field = make_field(SECRET, "sesame", pytest.fail)
    qtbot.addWidget(field)
    assert isinstance(field, QLineEdit)
    assert "sesame" not in field.displayText()


def test_a_folder_is_typed_or_picked(qtbot: QtBot, changes: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    field = make_field(FOLDER, "/old", changes.append)
    qtbot.addWidget(field)
    assert isinstance(field, FolderField)
    field.line.setText(" /typed ")
    finish(field.line)
    button = field.findChild(QPushButton)
    assert button.accessibleName() == "Choose project folder"
    for picked in ("", "/picked"):
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, picked=picked: picked)
        button.click()
    assert changes == ["/typed", "/picked"]
    assert field.line.text() == "/picked"


def test_a_device_is_one_of_the_list_or_a_part_of_a_name(qtbot: QtBot, changes: list[object]) -> None:
    field = make_field(DEVICE, "Scarlett", changes.append)
    qtbot.addWidget(field)
    assert isinstance(field, DeviceField)
    field.offer(["Built-in", "Scarlett 2i2"])
    assert field.currentText() == "Scarlett"
    assert [field.itemText(row) for row in range(field.count())] == ["", "Built-in", "Scarlett 2i2"]
    field.setCurrentIndex(1)
    field.activated.emit(1)
    field.setEditText(" 2i2 ")
    finish(field)
    assert changes == ["Built-in", "2i2"]
