"""The transport at the bottom of the window: play, loop, metronome, position, volume, A/B."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QPushButton, QSlider, QWidget

from bridge.desktop.controls.widgets import button, label, row, tool
from bridge.desktop.look.icons import icon
from bridge.desktop.look.style import mono

if TYPE_CHECKING:
    from bridge.app.player.player import TakePlayer

FRAME_MS = 16
IDLE_MS = 250


class Transport(QWidget):
    """Controls of the player.

    Signals:
        toggled(): play or pause. looped(bool), metronome_toggled(bool): loop and metronome are on. swapped(): A to B
        or back. moved(int): the playhead is at this frame now.
    """

    toggled = Signal()
    looped = Signal(bool)
    metronome_toggled = Signal(bool)
    swapped = Signal()
    moved = Signal(int)

    def __init__(self, player: Callable[[], TakePlayer | None]) -> None:
        super().__init__()
        self.setObjectName("transport")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._player = player
        self.play = tool("play", "Play or pause", self.toggled.emit, tip="Play or pause (Space)")
        self.start = tool("stop", "Stop and return to the start", self._return_to_start)
        self.loop = tool("loop", "Loop", checkable=True, tip="Loop the take or the marked bars (L)")
        self.loop.toggled.connect(self.looped)
        self.metronome = tool("metronome", "Metronome", checkable=True, tip="Metronome (K)")
        self.metronome.toggled.connect(self.metronome_toggled)
        self.clock = label("1.1   0:00.0")
        self.clock.setFont(mono(15, bold=True))
        self.clock.setStyleSheet("font-size: 15px;")
        self.clock.setAccessibleName("Position in bars and beats, and in time")
        self.name = label("", "dim")
        self.swap: QPushButton = button("A / B", self.swapped.emit, "Switch between take A and take B")
        self.swap.setToolTip("Play the other take from the same bar (B)")
        self.swap.setEnabled(False)
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setRange(-60, 0)
        self.volume.setFixedWidth(110)
        self.volume.setAccessibleName("Volume in dB")
        self.volume.valueChanged.connect(self._set_volume)
        layout = row(self.start, self.play, self.loop, self.metronome, self.clock, self.name, None, spacing=8)
        for widget in (self.swap, label("Volume", "faint"), self.volume):
            layout.addWidget(widget)
        layout.setContentsMargins(14, 8, 14, 8)
        self.setLayout(layout)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(IDLE_MS)

    def refresh(self) -> None:
        """Show the player's state and position; poll every frame while it plays, slowly while not."""
        player = self._player()
        playing = player is not None and player.is_playing
        if self._timer.interval() != (FRAME_MS if playing else IDLE_MS):
            self._timer.start(FRAME_MS if playing else IDLE_MS)
        sign = "pause" if playing else "play"
        if self.play.property("sign") != sign:
            self.play.setProperty("sign", sign)
            self.play.setIcon(icon(sign))
        take = player.take if player is not None else None
        for widget in (self.play, self.start, self.loop, self.metronome):
            widget.setEnabled(take is not None)
        if player is None or take is None:
            self.clock.setText("1.1   0:00.0")
            self.name.setText("")
            return
        frame = player.position
        seconds = frame / take.sample_rate
        bar, beat = take.meters.count_at(take.tempo_map.beats(seconds))
        self.clock.setText(f"{bar + 1}.{beat + 1}   {int(seconds // 60)}:{seconds % 60:04.1f}")
        self.name.setText(take.title[:40])
        self.moved.emit(frame)

    def _return_to_start(self) -> None:
        player = self._player()
        if player is not None:
            player.pause()
            player.seek(0)

    def _set_volume(self, level_db: int) -> None:
        player = self._player()
        if player is not None and player.mixer is not None:
            player.mixer.volume_db = float(level_db)
