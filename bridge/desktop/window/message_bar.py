"""Messages in the window: one strip each, with an action as a button; infos disappear after a timeout."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from bridge.desktop.controls.widgets import button, label, row, tool
from bridge.home.messages import Message

INFO_MS = 6000
MAX_SHOWN = 4


class MessageBar(QWidget):
    """The messages that are shown; `requested(command)` is emitted when a message's action is clicked."""

    requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(6)
        self._shown: list[tuple[Message, QFrame]] = []
        self.setVisible(False)

    @property
    def shown(self) -> list[Message]:
        """The messages that are shown, oldest first."""
        return [message for message, _ in self._shown]

    def show_message(self, message: Message) -> None:
        """Show a message; it replaces an older one of the same topic, and the oldest if there are too many."""
        self.clear_topic(message.topic)
        frame = self._frame(message)
        self._shown.append((message, frame))
        self._box.addWidget(frame)
        while len(self._shown) > MAX_SHOWN:
            self._remove(self._shown[0][1])
        self.setVisible(True)
        if message.level == "info":
            QTimer.singleShot(INFO_MS, frame, lambda: self._remove(frame))

    def clear_topic(self, topic: str) -> None:
        """Remove the messages of a topic, as outdated; "" removes none."""
        for message, frame in list(self._shown):
            if topic and message.topic == topic:
                self._remove(frame)

    def _frame(self, message: Message) -> QFrame:
        frame = QFrame()
        frame.setObjectName("message")
        frame.setProperty("level", message.level)
        frame.setAccessibleName(message.text)
        text = label(message.text, wrap=True)
        layout = row(margins=(12, 6, 6, 6), spacing=8)
        layout.addWidget(text, 1)
        if message.action is not None:
            command = message.action.command
            layout.addWidget(button(message.action.label, lambda: self.requested.emit(command)))
        layout.addWidget(tool("close", "Dismiss this message", lambda: self._remove(frame)))
        frame.setLayout(layout)
        return frame

    def _remove(self, frame: QFrame) -> None:
        if any(one is frame for _, one in self._shown):
            self._shown = [entry for entry in self._shown if entry[1] is not frame]
            self._box.removeWidget(frame)
            frame.deleteLater()
            self.setVisible(bool(self._shown))
