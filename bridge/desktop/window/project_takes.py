"""The takes of the project: which ones are shown, and what the user wants of one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from bridge.takes.layout import takes_folder
from bridge.takes.library import read_take
from engine.errors import InvalidValue

if TYPE_CHECKING:
    from bridge.app.effective_session import EffectiveSession
    from bridge.desktop.request.panel import RequestPanel
    from bridge.desktop.takes.card import TakeCard
    from bridge.desktop.takes.list import Board
    from bridge.desktop.takes.region import RegionBar
    from bridge.desktop.window.playback import Playback
    from bridge.desktop.window.take_actions import Deeds
    from bridge.home.folders import Folders
    from bridge.home.messages import Messages
    from bridge.settings import SettingsFile


class Shelf(QObject):
    """Fills the board, and hands every wish about a take to the part that can meet it."""

    def __init__(
        self,
        board: Board,
        request: RequestPanel,
        region_bar: RegionBar,
        playback: Playback,
        deeds: Deeds,
        session: EffectiveSession,
        settings: SettingsFile,
        folders: Folders,
        messages: Messages,
    ) -> None:
        super().__init__()
        self._board, self._request, self._region_bar = board, request, region_bar
        self._playback, self._deeds = playback, deeds
        self._session, self._settings, self._folders, self._messages = session, settings, folders, messages
        self._shown_project = ""
        board.wanted.connect(self._wanted)

    def follow_project(self) -> None:
        """Show the takes of the project that the session is in now, if it is another one."""
        if self._session.project != self._shown_project:
            self.open_takes()

    def open_takes(self) -> None:
        """Show the takes of the project, and of Stem Bridge's own folder."""
        self._shown_project = self._session.project
        project = self._shown_project or self._settings.text("project")
        daw = self._session.daw.daw if self._session.daw else ""
        own = takes_folder(self._folders.takes)
        self._board.open_folders([takes_folder(Path(project), daw), own] if project else [own])

    @Slot(object, bool)
    def take_made(self, manifest: Path, first: bool) -> None:
        """Show a take that has just been made; the first one of a wish is loaded, played and sent as the user set."""
        card = self._add(manifest)
        if card is None:
            return
        for other in card.take.data.get("variations", ()):
            self._add((manifest.parent / other).resolve())
        if first and self._settings["send_when_done"] and self._session.silence_s is not None:
            self._deeds.send(card, self._settings.text("place"))
        if first and not self._playback.player.is_playing:
            self._playback.load(card)
            if self._settings["play_when_done"]:
                self._playback.player.play()

    def _add(self, manifest: Path) -> TakeCard | None:
        try:
            return self._board.add(read_take(manifest))
        except InvalidValue as error:
            self._messages.error(str(error), topic="take")
            return None

    @Slot(object, str, object)
    def _wanted(self, card: TakeCard, action: str, value: object) -> None:
        deeds, playback = self._deeds, self._playback
        works: dict[str, Callable[[], object]] = {
            "play": lambda: playback.play(card),
            "select": lambda: playback.load(card) if not playback.player.is_playing else None,
            "balance": lambda: playback.set_balance(value) if card is playback.card else None,  # type: ignore[arg-type]
            "compare": lambda: playback.compare_with(card),
            "use": lambda: self._request.show_block(dict(card.take.data["params"])),
            "copy": lambda: deeds.copy_block(card),
            "rename": lambda: deeds.annotate(card, name=str(value)),
            "favourite": lambda: deeds.annotate(card, favourite=bool(value)),
            "reveal": lambda: deeds.reveal(card),
            "export": lambda: deeds.ask_export(card),
            "delete": lambda: deeds.delete(card),
            "send": lambda: deeds.send(card, str(value)),
            "seek": lambda: playback.seek(card, int(value)),  # type: ignore[call-overload]
            "mark": lambda: self._marked(card, value),
        }
        works[action]()

    def _marked(self, card: TakeCard, region: object) -> None:
        bars = (0, 0)
        if isinstance(region, tuple):
            bars = (card.waveform.bar_of(region[0]) + 1, card.waveform.bar_of(region[1] - 1) + 1)
        marked = region if isinstance(region, tuple) else None
        self._region_bar.show_region(card.take, marked, bars, self._request.engines.info)
        if card is self._playback.card:
            self._playback.apply_loop()
