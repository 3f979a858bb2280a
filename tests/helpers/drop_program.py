"""Another Qt program that accepts files: a window at X Y that prints each drop on it as one JSON line."""

from __future__ import annotations

import json
import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget


class Target(QWidget):
    """Accepts URLs, and moves files where moving is allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Accept drags with URLs."""
        event.setAccepted(event.mimeData().hasUrls())

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Print the dropped files, formats and allowed actions."""
        data = event.mimeData()
        moved = bool(event.possibleActions() & Qt.DropAction.MoveAction)
        event.acceptProposedAction()
        urls = [url.toLocalFile() for url in data.urls()]
        print(json.dumps({"files": urls, "formats": data.formats(), "may_move": moved}), flush=True)


def main(x: int, y: int) -> int:
    """Show the window until the program is ended."""
    app = QApplication(sys.argv[:1])
    target = Target()
    target.setGeometry(x, y, 400, 400)
    target.show()
    print("shown", flush=True)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
