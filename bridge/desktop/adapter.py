"""From the companion's thread to Qt's: events, messages and answers become signals, delivered on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from bridge.app.events import CoreFailed, CoreReady, DawChanged, Event, JobChanged
from bridge.app.handle import AppHandle
from bridge.messages import Message
from engine.errors import StemBridgeError

Done = Callable[[Any], object]


class Adapter(QObject):
    """Signals of one `AppHandle`.

    Signals:
        ready(CoreReady), failed(CoreFailed), daw(DawChanged), job(JobChanged), message(Message).
    """

    ready = Signal(object)
    failed = Signal(object)
    daw = Signal(object)
    job = Signal(object)
    message = Signal(object)
    _arrived = Signal(object)
    _answered = Signal(object, object)

    def __init__(self, handle: AppHandle) -> None:
        super().__init__()
        self.handle = handle
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._answered.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        handle.subscribe(self._arrived.emit)
        handle.messages.subscribe(self._arrived.emit)

    def when_done(self, future: Future[Any], done: Done) -> None:
        """Call `done(result)` on the GUI thread; an error becomes a message instead."""
        future.add_done_callback(lambda finished: self._answered.emit(finished, done))

    @Slot(object)
    def _deliver(self, event: Event | Message) -> None:
        signals = {CoreReady: self.ready, CoreFailed: self.failed, DawChanged: self.daw, JobChanged: self.job}
        signals.get(type(event), self.message).emit(event)

    @Slot(object, object)
    def _answer(self, future: Future[Any], done: Done) -> None:
        error = future.exception()
        if error is None:
            done(future.result())
        elif isinstance(error, StemBridgeError):
            self.handle.messages.error(str(error), topic="answer")
        else:
            self.handle.messages.error(f"That did not work ({type(error).__name__}: {error}).", topic="answer")
