"""One window per user and home folder: a second start raises the first one's window and ends."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_MS = 500


class SingleInstance(QObject):
    """A lock with a local socket: the first instance listens; `raised` is emitted when another one was started."""

    raised = Signal()

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._name = f"stembridge-{hashlib.sha256(str(home).encode()).hexdigest()[:16]}"
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def is_first(self) -> bool:
        """Become the first instance and return True; if there is one, raise its window and return False."""
        probe = QLocalSocket()
        probe.connectToServer(self._name)
        if probe.waitForConnected(WAIT_MS):
            probe.disconnectFromServer()
            return False
        QLocalServer.removeServer(self._name)  # left behind by a crash
        return self._server.listen(self._name)

    def close(self) -> None:
        """Stop listening; the next start becomes the first instance."""
        self._server.close()

    def _on_connection(self) -> None:
        connection = self._server.nextPendingConnection()
        if connection is not None:
            connection.disconnected.connect(connection.deleteLater)
        self.raised.emit()
