"""One window per user and home folder: a second start raises the first one's window and ends."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_MS = 500


class SingleInstance(QObject):
    """The first instance listens; `raised` says that another one was started."""

    raised = Signal()

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._name = f"stembridge-{hashlib.sha256(str(home).encode()).hexdigest()[:16]}"
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._called)

    def is_first(self) -> bool:
        """Become the first instance, or tell the one that is there; False in that case."""
        probe = QLocalSocket()
        probe.connectToServer(self._name)
        if probe.waitForConnected(WAIT_MS):
            probe.disconnectFromServer()
            return False
        QLocalServer.removeServer(self._name)  # what a crash has left
        return self._server.listen(self._name)

    def close(self) -> None:
        """Be the first no longer."""
        self._server.close()

    def _called(self) -> None:
        connection = self._server.nextPendingConnection()
        if connection is not None:
            connection.disconnected.connect(connection.deleteLater)
        self.raised.emit()
