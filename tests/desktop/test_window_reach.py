"""Everything can be reached without a mouse and read by a screen reader, and signals do not leak."""

from __future__ import annotations

import gc
import sys

from desktop_hands import Open
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from bridge.app.events import DawChanged
from bridge.desktop.single import SingleInstance
from bridge.desktop.takes.card import TakeCard
from bridge.desktop.window.main import MainWindow
from bridge.folders import Folders
from bridge.settings import SETTINGS

CONTROLS = (QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)
QT_OWN = ("QScrollBar", "QComboBoxPrivateScroller", "ScrollLeftButton", "QLineEditIconButton")


def controls(root: QWidget) -> list[QWidget]:
    found = [widget for kind in CONTROLS for widget in root.findChildren(kind)]
    inner = (QComboBox, QAbstractSpinBox)
    return [w for w in found if type(w).__name__ not in QT_OWN and not isinstance(w.parent(), inner)]


def test_every_control_has_a_name_for_screen_readers(window: MainWindow, card: TakeCard) -> None:
    nameless = [
        (type(w).__name__, w.objectName(), w.toolTip())
        for w in controls(window)
        if not w.accessibleName() and not (isinstance(w, QAbstractButton) and w.text())
    ]
    assert nameless == []


def test_every_control_takes_the_focus_by_tab(window: MainWindow, card: TakeCard) -> None:
    deaf = [w.accessibleName() for w in controls(window) if not w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert deaf == []


def test_a_region_can_be_marked_by_keyboard(window: MainWindow, card: TakeCard, qtbot: QtBot) -> None:
    card.waveform.setFocus()
    qtbot.keyClick(card.waveform, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert card.waveform.region == (0, card.take.bar_frames()[1])
    qtbot.keyClick(card.waveform, Qt.Key.Key_Escape)
    assert card.waveform.region is None
    qtbot.keyClick(card.waveform, Qt.Key.Key_Right)
    assert window.playback.player.position == card.take.bar_frames()[1]


def test_two_thousand_signals_leave_no_reference_behind(window: MainWindow, qtbot: QtBot) -> None:
    daw = DawChanged("REAPER", "7", 120.0, "4/4", "E minor", 0.0, True, "", "", "", 0.0)
    window.adapter._deliver(daw)
    gc.collect()
    before = [sys.getrefcount(one) for one in (True, None, daw)]
    for _ in range(2_000):
        window.adapter.daw.emit(daw)
    qtbot.wait(10)
    gc.collect()
    after = [sys.getrefcount(one) for one in (True, None, daw)]
    assert all(abs(b - a) < 400 for a, b in zip(before, after, strict=True)), (before, after)


def test_a_second_start_raises_the_first_window(qtbot: QtBot, folders: Folders) -> None:
    first = SingleInstance(folders.data)
    assert first.is_first()
    with qtbot.waitSignal(first.raised, timeout=3000):
        assert not SingleInstance(folders.data).is_first()
    first.close()


def test_every_setting_has_its_field_and_a_change_is_kept(open_desktop: Open, qtbot: QtBot, folders: Folders) -> None:
    from bridge.desktop.settings.page import SettingsPage
    from bridge.settings import SettingsFile

    window = open_desktop()
    page = SettingsPage(window._settings, window._messages, window)
    assert list(page.fields) == list(SETTINGS)
    page.changed.connect(window._setting_changed)
    theme = page.fields["theme"]
    assert isinstance(theme, QComboBox)
    theme.setCurrentText("light")
    assert SettingsFile(folders.settings)["theme"] == "light"
