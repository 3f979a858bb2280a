"""Starts the window, in this order:

1. Check for a screen, before Qt is loaded: without one, Qt ends the process.
2. Read the settings, then create the Qt application with the theme that they name.
3. If a window is open already, raise that one and end this start.
4. Show the window in its last state. Nothing heavy has been imported so far: no numpy, no web server.
5. Start the companion in its thread; its first event arrives in the window as a signal.
6. Show the first-run page, unless it was closed at an earlier start.
"""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bridge.desktop.display import HEADLESS, problem
from bridge.settings import SettingsFile
from engine.errors import StemBridgeError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QSystemTrayIcon

    from bridge.desktop.window.main_window import MainWindow
    from bridge.home.launch_options import LaunchOptions


class NoWindow(StemBridgeError):
    """Raised where no window can be shown; its sentence names the command that runs without one."""


@dataclass(slots=True)
class Desktop:
    """A window with its companion, both started; `close` ends the companion."""

    window: MainWindow
    tray: QSystemTrayIcon | None

    def close(self) -> None:
        """End the companion; the running job is stopped, waiting ones stay for the next start."""
        self.window.adapter.handle.stop()
        self.window.adapter.close()


def run(options: LaunchOptions, settings: SettingsFile, in_background: bool = False) -> int:
    """Show the window until it is closed; return the exit code. `in_background`: see `open_window`.

    Raises
    ------
    NoWindow
        If there is no screen, or Qt cannot be loaded.
    """
    obstacle = problem()
    if obstacle:
        raise NoWindow(obstacle)
    try:
        from PySide6.QtWidgets import QApplication
    except ImportError as error:
        raise NoWindow(f"The window's library cannot be loaded ({error}). {HEADLESS}") from None
    app = QApplication(sys.argv[:1])
    from bridge.desktop.single_instance import SingleInstance

    single = SingleInstance(options.folders.data)
    if not single.is_first():
        return 0
    desktop = open_window(app, options, settings, in_background)
    single.raised.connect(lambda: _raise(desktop.window))
    _end_on_signals(app, desktop.window)
    if settings["autostart"]:
        desktop.window.apply_autostart()  # the entry may still point to an older installation
    if desktop.window.pages.is_first_run and not in_background:
        desktop.window.pages.show_first_run()
    try:
        return int(app.exec())
    finally:
        desktop.close()


def open_window(
    app: QApplication, options: LaunchOptions, settings: SettingsFile, in_background: bool = False
) -> Desktop:
    """Apply the theme, show the window, start the companion.

    With `in_background` the window starts hidden in the tray, or minimised if there is no tray icon.
    """
    from bridge.app.handle import AppHandle
    from bridge.desktop.adapter import Adapter
    from bridge.desktop.look import icons, style
    from bridge.desktop.window.main_window import MainWindow

    app.setApplicationName("Stem Bridge")
    colours = style.apply(app, settings.text("theme"))
    app.setWindowIcon(icons.icon("logo", colours.accent))
    handle = AppHandle(options)
    for sentence in settings.problems:
        handle.messages.error(sentence, topic="settings")
    window = MainWindow(Adapter(handle), settings)
    tray = _tray(app, window, settings)
    if not in_background:
        window.show()
    elif tray is None:
        window.showMinimized()
    app.processEvents()
    handle.start()
    return Desktop(window, tray)


def _tray(app: QApplication, window: MainWindow, settings: SettingsFile) -> QSystemTrayIcon | None:
    from PySide6.QtWidgets import QMenu, QSystemTrayIcon

    if not settings["keep_in_tray"] or not QSystemTrayIcon.isSystemTrayAvailable():
        return None
    tray = QSystemTrayIcon(app.windowIcon(), window)
    menu = QMenu(window)
    menu.addAction("Open Stem Bridge").triggered.connect(lambda: _raise(window))
    menu.addAction("Quit").triggered.connect(lambda: _quit(app, window))
    tray.setContextMenu(menu)
    tray.activated.connect(lambda _: _raise(window))
    tray.show()
    app.setQuitOnLastWindowClosed(False)
    window.hides_on_close = True
    return tray


def _quit(app: QApplication, window: MainWindow) -> None:
    window.hides_on_close = False
    if window.close():
        app.quit()
    else:
        window.hides_on_close = True


def _end_on_signals(app: QApplication, window: MainWindow) -> None:
    """Close the window on SIGINT and SIGTERM; Python runs the handlers when the window's next timer fires."""

    def end(*_: object) -> None:
        window.close_without_asking()
        app.quit()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


def _raise(window: MainWindow) -> None:
    window.setVisible(True)
    if window.isMinimized():
        window.showNormal()
    window.raise_()
    window.activateWindow()
