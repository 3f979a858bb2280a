"""The transport over a real player without sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from bridge.app.player.output import SilentOutput
from bridge.app.player.player import TakePlayer
from bridge.desktop.player.transport import FRAME_MS, IDLE_MS, Transport
from tests.helpers.players import make_player
from tests.helpers.take_files import RATE, write_take


@pytest.fixture
def player(tmp_path: Path) -> Iterator[TakePlayer]:
    """A player with two bars of 2 s loaded."""
    made = make_player(lambda rate, _: SilentOutput(rate))
    made.load(write_take(tmp_path / "take"))
    yield made
    made.unload()


@pytest.fixture
def transport(player: TakePlayer, qtbot: QtBot) -> Transport:
    made = Transport(lambda: player)
    qtbot.addWidget(made)
    return made


def test_without_a_take_nothing_can_be_played(qtbot: QtBot) -> None:
    for player in (None, make_player()):
        transport = Transport(lambda player=player: player)
        qtbot.addWidget(transport)
        transport.refresh()
        assert not any(
            widget.isEnabled() for widget in (transport.play, transport.start, transport.loop, transport.metronome)
        )
        assert (transport.clock.text(), transport.name.text()) == ("1.1   0:00.0", "")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "1.1   0:00.0"), (0.5, "1.2   0:00.5"), (1.9999, "1.4   0:02.0"), (2.0, "2.1   0:02.0")],
)
def test_the_position_is_in_bars_and_beats_and_in_time(
    transport: Transport, player: TakePlayer, seconds: float, text: str
) -> None:
    player.seek(int(seconds * RATE))
    transport.refresh()
    assert transport.clock.text() == text


def test_a_take_in_other_eighths_counts_its_own_beats(tmp_path: Path, qtbot: QtBot) -> None:
    player = make_player()
    player.load(write_take(tmp_path / "take", time_signature="7/8"))
    transport = Transport(lambda: player)
    qtbot.addWidget(transport)
    player.seek(2 * RATE)  # four quarter notes are eight eighths: the second of bar 2
    transport.refresh()
    assert transport.clock.text() == "2.2   0:02.0"
    player.unload()


def test_each_refresh_moves_the_playhead(transport: Transport, player: TakePlayer, qtbot: QtBot) -> None:
    player.seek(1234)
    with qtbot.waitSignal(transport.moved) as moved:
        transport.refresh()
    assert moved.args == [1234]
    assert transport.name.text() == "funk"


def test_while_it_plays_the_button_pauses_and_the_clock_is_fast(transport: Transport, player: TakePlayer) -> None:
    transport.refresh()
    assert (transport.play.property("sign"), transport._timer.interval()) == ("play", IDLE_MS)
    before = transport.play.icon().pixmap(QSize(16, 16)).toImage()
    player.play()
    transport.refresh()
    assert (transport.play.property("sign"), transport._timer.interval()) == ("pause", FRAME_MS)
    assert transport.play.icon().pixmap(QSize(16, 16)).toImage() != before
    player.pause()
    transport.refresh()
    assert (transport.play.property("sign"), transport._timer.interval()) == ("play", IDLE_MS)


def test_stop_returns_to_the_start(transport: Transport, player: TakePlayer) -> None:
    transport.refresh()
    player.seek(5_000)
    transport.start.click()
    assert player.position == 0
    assert not player.is_playing


def test_the_volume_is_the_mixers(transport: Transport, player: TakePlayer) -> None:
    transport.volume.setValue(-12)
    assert player.mixer is not None
    assert player.mixer.volume_db == -12.0


def test_buttons_have_their_signals(transport: Transport, qtbot: QtBot) -> None:
    transport.refresh()
    with qtbot.waitSignal(transport.toggled):
        transport.play.click()
    with qtbot.waitSignal(transport.looped) as looped:
        transport.loop.click()
    with qtbot.waitSignal(transport.metronome_toggled) as metronome:
        transport.metronome.click()
    assert looped.args == metronome.args == [True]
    assert not transport.swap.isEnabled()
    transport.swap.setEnabled(True)
    with qtbot.waitSignal(transport.swapped):
        transport.swap.click()
