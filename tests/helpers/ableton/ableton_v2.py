"""The part of Ableton's script framework that AbletonOSC uses: a control surface with a song and a scheduler."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class ControlSurface:
    instance: Any = None

    def __init__(self, c_instance: Any) -> None:  # noqa: ANN401
        ControlSurface.instance = self
        self._c_instance = c_instance
        self._scheduled: list[Callable[[], None]] = []

    @property
    def song(self) -> Any:  # noqa: ANN401
        return self._c_instance.song()

    def show_message(self, text: str) -> None:
        self._c_instance.show_message(text)

    def schedule_message(self, _ticks: int, callback: Callable[[], None]) -> None:
        self._scheduled.append(callback)

    @contextmanager
    def component_guard(self) -> Iterator[None]:
        yield

    def update_display(self) -> None:
        due, self._scheduled = self._scheduled, []
        for callback in due:
            callback()

    def receive_midi(self, _message: object) -> None:
        """Nothing is mapped."""

    def refresh_state(self) -> None:
        """Nothing is shown."""

    def disconnect(self) -> None:
        self._scheduled = []


class Component:
    @property
    def song(self) -> Any:  # noqa: ANN401
        return ControlSurface.instance.song


@contextmanager
def framework() -> Iterator[None]:
    """Make the framework importable under Ableton's names."""
    contents: dict[str, dict[str, object]] = {
        "ableton": {},
        "ableton.v2": {},
        "ableton.v2.control_surface": {"ControlSurface": ControlSurface},
        "ableton.v2.control_surface.component": {"Component": Component},
        "_Framework": {},
        "_Framework.EncoderElement": {"EncoderElement": object},
    }
    for name, members in contents.items():
        module = sys.modules[name] = ModuleType(name)
        module.__path__ = []  # type: ignore[attr-defined]
        vars(module).update(members)
    try:
        yield
    finally:
        for name in contents:
            del sys.modules[name]
