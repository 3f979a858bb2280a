"""A stand-in for `AppHandle` without a companion: it records calls, and answers as it is set."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from bridge.app.models import ModelDesk
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.home.messages import Messages


class FakeHandle:
    """Records every call; `answers` has the result, or the error, of the futures by method, else they stay open.

    Attributes:
        calls: every call, as the method's name with its arguments.
        futures: the last future that each method has returned.
    """

    def __init__(self, folders: Folders) -> None:
        self.options = LaunchOptions(folders)
        self.messages = Messages()
        self.calls: list[tuple[Any, ...]] = []
        self.answers: dict[str, object] = {}
        self.futures: dict[str, Future[Any]] = {}
        self._listeners: list[Callable[[Any], None]] = []
        self.models = ModelDesk(folders.models, self.tell)

    def subscribe(self, listener: Callable[[Any], None]) -> None:
        self._listeners.append(listener)

    def tell(self, event: object) -> None:
        """Deliver an event, as the companion's thread does."""
        for listener in self._listeners:
            listener(event)

    def called(self, name: str) -> list[tuple[Any, ...]]:
        """Return the arguments of every call of a method."""
        return [arguments for called, *arguments in self.calls if called == name]  # type: ignore[misc]

    def __getattr__(self, name: str) -> Callable[..., Future[Any]]:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*arguments: object, **changes: object) -> Future[Any]:
            self.calls.append((name, *arguments, *([changes] if changes else [])))
            future = self.futures[name] = Future()
            if name in self.answers:
                answer = self.answers[name]
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
            return future

        return call
