"""Connects cards, transport and player: plays one take, moves its playhead, switches between takes A and B."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from bridge.app.player.player import TakePlayer
from bridge.desktop.player.transport import Transport
from bridge.desktop.takes.card import TakeCard
from bridge.home.messages import MessageAction, Messages
from bridge.settings import SettingsFile
from engine.errors import StemBridgeError

OPEN_SETTINGS = MessageAction("Settings…", "settings")


class Playback(QObject):
    """The player of the window; `changed` is emitted, on the GUI thread, when playing starts or stops."""

    changed = Signal()

    def __init__(self, transport: Transport, settings: SettingsFile, messages: Messages) -> None:
        super().__init__()
        self.player = TakePlayer(
            on_change=self.changed.emit,
            on_problem=lambda sentence: messages.error(sentence, OPEN_SETTINGS, "sound"),
        )
        self._transport, self._settings, self._messages = transport, settings, messages
        self.card: TakeCard | None = None
        self.other: TakeCard | None = None
        self.changed.connect(self._show)
        transport.toggled.connect(self.toggle)
        transport.looped.connect(lambda _: self.apply_loop())
        transport.metronome_toggled.connect(self._metronome)
        transport.swapped.connect(self.swap)
        transport.moved.connect(self._moved)

    def load(self, card: TakeCard) -> bool:
        """Load a card's take into the player; return False, with a message shown, if it cannot be read."""
        if card is self.card and self.player.take is not None:
            return True
        try:
            self.player.load(card.take)
        except StemBridgeError as error:
            self._messages.error(str(error), topic="play")
            return False
        before, self.card = self.card, card
        if before is not None:
            before.set_current(False, False)
            if self.other is None:
                self.compare_with(before)
        self.player.device = self._settings.text("output_device")
        self.set_balance(card.strips.gains_db())
        self._metronome(self._transport.metronome.isChecked())
        self.apply_loop()
        self._show()
        return True

    def toggle(self) -> None:
        """Play, or pause."""
        if self.player.is_playing:
            self.player.pause()
        else:
            self.player.play()

    def play(self, card: TakeCard) -> None:
        """Play a card's take, or pause it if it is the one that plays."""
        if self.load(card):
            self.toggle()

    def seek(self, card: TakeCard, frame: int) -> None:
        """Load a card's take and move the playhead to `frame`."""
        if self.load(card):
            self.player.seek(frame)
            self._moved(frame)

    def compare_with(self, card: TakeCard | None) -> None:
        """Set the take that A/B switches to; None for no take."""
        for one in (self.other, card):
            if one is not None:
                one.set_compared(one is card)
        self.other = card
        self._transport.swap.setEnabled(card is not None and card is not self.card)

    def swap(self) -> None:
        """Switch to the other take at the same beat; keep playing if playing."""
        here, there = self.card, self.other
        if here is None or there is None or here is there:
            return
        beats = here.take.tempo_map.beats(self.player.position / here.take.sample_rate)
        playing = self.player.is_playing
        if self.load(there):
            self.compare_with(here)
            self.player.seek(there.take.tempo_map.frames(beats, there.take.sample_rate))
            if playing:
                self.player.play()

    def forget(self, card: TakeCard) -> None:
        """Unload a card that is about to be deleted, so that its files are closed."""
        if card is self.other:
            self.compare_with(None)
        if card is self.card:
            self.card = None
            self.player.unload()

    def set_balance(self, gains_db: dict[str, float]) -> None:
        """Set the levels, in dB by stem, of the take that is loaded."""
        mixer = self.player.mixer
        if mixer is not None:
            for name, level_db in gains_db.items():
                if name in mixer.channels:
                    mixer.channels[name].level_db = level_db

    def apply_loop(self) -> None:
        """Loop the marked bars, or the whole take, if the loop button is down."""
        mixer = self.player.mixer
        if mixer is not None:
            region = self.card.waveform.region if self.card is not None else None
            mixer.set_loop((region or (0, mixer.frames)) if self._transport.loop.isChecked() else None)

    def _metronome(self, on: bool) -> None:
        if self.player.mixer is not None:
            self.player.mixer.metronome_db = self._settings.number("metronome_db") if on else None

    @Slot()
    def _show(self) -> None:
        if self.card is not None:
            self.card.set_current(True, self.player.is_playing)
        self._transport.refresh()

    @Slot(int)
    def _moved(self, frame: int) -> None:
        if self.card is not None:
            self.card.waveform.set_playhead(frame)
