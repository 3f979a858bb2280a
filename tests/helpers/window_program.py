"""The real window as a separate program, which prints the positions of its grips on the screen.

Usage: window_program.py X Y. Prints one JSON line once a take is drawn: accessible name of each grip → its centre in
pixels of the screen. After that it is an ordinary window until its standard input ends.
"""

from __future__ import annotations

import json
import sys
from threading import Thread

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from bridge.desktop.start import Desktop, open_window
from bridge.desktop.takes.drag import DragHandle
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.settings import SettingsFile

POLL_MS = 50


def grips(desktop: Desktop) -> dict[str, tuple[int, int]]:
    """Return the centres of the first take's grips by name; empty until its waveforms are drawn."""
    for card in desktop.window.take_list.cards.values():
        if card.isVisible() and card.waveform._peaks:
            handles = card.findChildren(DragHandle)
            middles = {one.accessibleName(): one.mapToGlobal(one.rect().center()) for one in handles}
            return {name: (point.x(), point.y()) for name, point in middles.items()}
    return {}


def main(x: int, y: int) -> int:
    """Show the window with its top left corner at `x`, `y` of the screen."""
    app = QApplication(sys.argv[:1])
    folders = Folders.of_user()
    desktop = open_window(
        app, LaunchOptions(folders=folders, osc_port=0, http_port=0), SettingsFile(folders.settings)
    )
    desktop.window.move(x, y)
    timer = QTimer()

    def look() -> None:
        found = grips(desktop)
        if found:
            timer.stop()
            print(json.dumps(found), flush=True)

    timer.timeout.connect(look)
    timer.start(POLL_MS)
    waiter = Thread(target=lambda: (sys.stdin.read(), app.quit()), daemon=True)
    waiter.start()
    try:
        return app.exec()
    finally:
        desktop.close()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
