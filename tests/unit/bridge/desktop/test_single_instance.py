"""One window per home folder, over real local sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bridge.desktop.single_instance import SingleInstance

Make = Callable[[Path], SingleInstance]


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Make]:
    made: list[SingleInstance] = []

    def one(home: Path) -> SingleInstance:
        made.append(SingleInstance(home))
        return made[-1]

    yield one
    for instance in made:
        instance.close()


def test_a_second_start_raises_the_first_window(make: Make, tmp_path: Path, qtbot: QtBot) -> None:
    first, second = make(tmp_path), make(tmp_path)
    assert first.is_first()
    with qtbot.waitSignal(first.raised):
        assert not second.is_first()


def test_each_home_has_a_window(make: Make, tmp_path: Path) -> None:
    assert make(tmp_path / "one").is_first()
    assert make(tmp_path / "two").is_first()


def test_after_the_first_was_closed_the_next_is_first(make: Make, tmp_path: Path) -> None:
    first = make(tmp_path)
    assert first.is_first()
    first.close()
    assert make(tmp_path).is_first()


def test_the_name_of_the_socket_says_nothing_of_the_home(make: Make, tmp_path: Path) -> None:
    one, same, other = make(tmp_path), make(tmp_path), make(tmp_path / "x")
    assert one._name == same._name != other._name
    assert one._name.startswith("stembridge-")
    assert len(one._name) == len("stembridge-") + 16
