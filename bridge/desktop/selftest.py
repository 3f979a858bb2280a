"""Opens the window with its companion, checks its picture, and closes it: `python -m bridge.desktop.selftest`."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.settings import SettingsFile
from engine.errors import StemBridgeError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

READY_TIMEOUT_S = 60.0
MIN_COLOURS = 8


def main() -> int:
    """Print a summary and return 0; return 1 if the window was not shown or stayed empty, or no companion started."""
    from PySide6.QtWidgets import QApplication

    from bridge.desktop.display import problem
    from bridge.desktop.start import open_window

    if obstacle := problem():
        return _fail(obstacle)
    app = QApplication(sys.argv[:1])
    folders = Folders.of_user()
    events: list[object] = []
    try:
        desktop = open_window(app, LaunchOptions(folders, osc_port=0, http_port=0), SettingsFile(folders.settings))
    except StemBridgeError as error:
        return _fail(str(error))
    desktop.window.adapter.ready.connect(events.append)
    desktop.window.adapter.failed.connect(events.append)
    end_s = time.monotonic() + READY_TIMEOUT_S
    while not (events and _is_on_screen(desktop.window)) and time.monotonic() < end_s:
        app.processEvents()
        time.sleep(0.02)
    is_shown = _is_on_screen(desktop.window)
    image = desktop.window.grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    desktop.close()
    if not events or type(events[0]).__name__ != "CoreReady":
        return _fail(f"the companion did not start behind the window: {events}")
    if not is_shown:
        return _fail(f"the screen ({app.platformName()}) did not show the window within {READY_TIMEOUT_S:g} s")
    if len(colours) < MIN_COLOURS:
        return _fail(f"the window is empty: {len(colours)} colours")
    print(f"{image.width()} × {image.height()} pixels, {len(colours)} colours, {app.platformName()}; {events[0]}")
    return 0


def _is_on_screen(window: QWidget) -> bool:
    """Return whether the window system has said that it shows the window."""
    handle = window.windowHandle()
    return handle is not None and handle.isExposed()


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
