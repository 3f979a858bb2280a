"""One road for everything a user is told: any layer may call, from any thread; only the window draws."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Level = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Action:
    """The way out that a message offers: what its button says, and the window's command behind it."""

    label: str
    command: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    Attributes:
        level: "info" goes away by itself; the others stay until they are dismissed or outdated.
        text: one sentence that says what happened and what to do.
        action: the way out, if one click can take it.
        topic: a newer message of the same topic takes this one's place; empty has none.
    """

    level: Level
    text: str
    action: Action | None = None
    topic: str = ""


Listener = Callable[[Message], None]


class Messages:
    """The road. What is posted before anybody listens is kept for the first listener."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._waiting: list[Message] = []

    def subscribe(self, listener: Listener) -> None:
        """Call `listener(message)` for every message, on the thread that posts it."""
        with self._lock:
            self._listeners.append(listener)
            waiting, self._waiting = self._waiting, []
        for message in waiting:
            listener(message)

    def post(self, message: Message) -> None:
        """Tell the user."""
        with self._lock:
            listeners = list(self._listeners)
            if not listeners:
                self._waiting.append(message)
        for listener in listeners:
            listener(message)

    def info(self, text: str, topic: str = "") -> None:
        """Tell that something went as it should."""
        self.post(Message("info", text, topic=topic))

    def error(self, text: str, action: Action | None = None, topic: str = "") -> None:
        """Tell what went wrong, with the way out."""
        self.post(Message("error", text, action, topic))
