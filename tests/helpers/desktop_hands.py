"""Actions of a user and of a DAW, for the tests of the window."""

from __future__ import annotations

import socket
from collections.abc import Callable

from pytestqt.qtbot import QtBot
from pythonosc.osc_message_builder import OscMessageBuilder

from bridge.desktop.takes.card import TakeCard
from bridge.desktop.window.main_window import MainWindow

Open = Callable[..., MainWindow]


class Daw:
    """A DAW's OSC client."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(120)
        self._to = ("127.0.0.1", port)

    def __enter__(self) -> Daw:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def say(self, address: str, *values: object) -> None:
        builder = OscMessageBuilder(f"/stembridge{address}")
        for value in values:
            builder.add_arg(value)
        self.socket.sendto(builder.build().dgram, self._to)


def make(window: MainWindow, qtbot: QtBot, genres: str = "funk, slap bass", bars: int = 2) -> TakeCard:
    """Generate as a user does; return the new card once its waveforms are drawn."""
    before = set(window.take_list.cards)
    window.session.override("tempo", 120.0)
    window.request.genres.text.setPlainText(genres)
    window.request.shape.bars.setValue(bars)
    window.request.go.click()
    qtbot.waitUntil(lambda: len(window.take_list.cards) > len(before))
    (made,) = set(window.take_list.cards) - before
    qtbot.waitUntil(lambda: bool(window.take_list.cards[made].waveform._peaks))
    return window.take_list.cards[made]
