"""Delivers what other threads report (events, messages, results of futures) as Qt signals on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from bridge.app.events import AppEvent, CoreFailed, CoreReady, DawChanged, JobChanged, ModelWork
from bridge.app.handle import AppHandle
from bridge.desktop.post import post
from bridge.doors.midi.status import MidiReport
from bridge.home.messages import Message, MessageAction
from engine.errors import EngineUnavailable, StemBridgeError

OnResult = Callable[[Any], object]
OnError = Callable[[str], object]


class Adapter(QObject):
    """Signals of one `AppHandle`.

    Signals:
        ready(CoreReady), failed(CoreFailed), daw(DawChanged), job(JobChanged), model(ModelWork), midi(MidiReport),
        message(Message).
    """

    ready = Signal(object)
    failed = Signal(object)
    daw = Signal(object)
    job = Signal(object)
    model = Signal(object)
    midi = Signal(object)
    message = Signal(object)
    _arrived = Signal(object)
    _answered = Signal(object, object, object, object)

    def __init__(self, handle: AppHandle) -> None:
        super().__init__()
        self.handle = handle
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._answered.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        handle.subscribe(self._receive)
        handle.messages.subscribe(self._receive)

    def when_done(
        self, future: Future[Any], done: OnResult, failed: OnError | None = None, owner: QObject | None = None
    ) -> None:
        """Call `done(result)` on the GUI thread; an error becomes a message, or `failed(sentence)` if given.

        With an `owner`, nothing is called once that has been deleted: a page may be closed before the result arrives.
        """
        future.add_done_callback(lambda finished: post(self._answered.emit, finished, done, failed, owner))

    def _receive(self, event: AppEvent | Message) -> None:
        """Take an event on any thread."""
        post(self._arrived.emit, event)

    def close(self) -> None:
        """Deliver nothing from now on: the window is closing."""
        self._closed = True

    @Slot(object)
    def _deliver(self, event: AppEvent | Message) -> None:
        if self._closed:
            return
        signals = {
            CoreReady: self.ready,
            CoreFailed: self.failed,
            DawChanged: self.daw,
            JobChanged: self.job,
            ModelWork: self.model,
            MidiReport: self.midi,
        }
        signals.get(type(event), self.message).emit(event)

    @Slot(object, object, object, object)
    def _answer(self, future: Future[Any], done: OnResult, failed: OnError | None, owner: QObject | None) -> None:
        if self._closed or future.cancelled() or (owner is not None and not isValid(owner)):
            return
        error = future.exception()
        if error is None:
            done(future.result())
            return
        is_expected = isinstance(error, StemBridgeError)
        sentence = str(error) if is_expected else f"That did not work ({type(error).__name__}: {error})."
        if failed is not None:
            failed(sentence)
        else:
            action = MessageAction("Models…", "models") if isinstance(error, EngineUnavailable) else None
            self.handle.messages.error(sentence, action, topic="answer")
