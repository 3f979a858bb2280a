"""Signals emitted from other threads, also when their source has gone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject, Signal
from shiboken6 import delete

from bridge.desktop.post import post


class Source(QObject):
    changed = Signal(int, str)


def test_the_values_arrive() -> None:
    source, received = Source(), []
    source.changed.connect(lambda *values: received.append(values))
    post(source.changed.emit, 7, "x")
    assert received == [(7, "x")]


def test_a_deleted_source_is_no_error() -> None:
    source = Source()
    emit = source.changed.emit
    delete(source)
    with pytest.raises(RuntimeError):
        emit(7, "x")
    post(emit, 7, "x")
