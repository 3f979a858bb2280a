"""The channel for messages to the user: any layer may post, from any thread; only the window shows them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Level = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class MessageAction:
    """The button that a message offers: its label, and the window's command that it runs."""

    label: str
    command: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message to the user.

    Attributes:
        level: "info" disappears by itself; the others stay until they are dismissed or replaced.
        text: one sentence that says what happened and what to do.
        action: the button that solves the problem, if one click can.
        topic: a newer message of the same topic replaces this one; messages with an empty topic are never replaced.
    """

    level: Level
    text: str
    action: MessageAction | None = None
    topic: str = ""


Listener = Callable[[Message], None]


class Messages:
    """The message channel. Messages posted before there is a listener are kept for the first one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._waiting: list[Message] = []

    def subscribe(self, listener: Listener) -> None:
        """Call `listener(message)` for every message, on the thread that posts the message."""
        with self._lock:
            self._listeners.append(listener)
            waiting, self._waiting = self._waiting, []
        for message in waiting:
            listener(message)

    def post(self, message: Message) -> None:
        """Send a message to all listeners."""
        with self._lock:
            listeners = list(self._listeners)
            if not listeners:
                self._waiting.append(message)
        for listener in listeners:
            listener(message)

    def info(self, text: str, topic: str = "") -> None:
        """Post a message that something succeeded."""
        self.post(Message("info", text, topic=topic))

    def error(self, text: str, action: MessageAction | None = None, topic: str = "") -> None:
        """Post a message that something failed, with the button that may solve it."""
        self.post(Message("error", text, action, topic))
