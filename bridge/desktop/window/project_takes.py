"""The takes of the project: fills the list of takes, and carries out the user's actions on one of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from bridge.app.said_block import said_block
from bridge.takes.layout import takes_folder
from bridge.takes.library import read_take
from engine.errors import InvalidValue

if TYPE_CHECKING:
    from bridge.app.effective_session import EffectiveSession
    from bridge.desktop.request.panel import RequestPanel
    from bridge.desktop.takes.card import TakeCard
    from bridge.desktop.takes.list import TakeList
    from bridge.desktop.takes.region import RegionBar
    from bridge.desktop.window.playback import Playback
    from bridge.desktop.window.take_actions import TakeActions
    from bridge.home.folders import Folders
    from bridge.home.messages import Messages
    from bridge.settings import SettingsFile


class ProjectTakes(QObject):
    """Fills the list of takes, and passes each action on a take to the part of the window that does it."""

    def __init__(
        self,
        take_list: TakeList,
        request: RequestPanel,
        region_bar: RegionBar,
        playback: Playback,
        take_actions: TakeActions,
        session: EffectiveSession,
        settings: SettingsFile,
        folders: Folders,
        messages: Messages,
    ) -> None:
        super().__init__()
        self._take_list, self._request, self._region_bar = take_list, request, region_bar
        self._playback, self._take_actions = playback, take_actions
        self._session, self._settings, self._folders, self._messages = session, settings, folders, messages
        self._shown_project = ""
        take_list.requested.connect(self._act_on)

    def follow_project(self) -> None:
        """Show the takes of the session's project, if the project has changed."""
        if self._session.project != self._shown_project:
            self.open_takes()

    def open_takes(self) -> None:
        """Show the takes of the project and of Stem Bridge's own folder."""
        self._shown_project = self._session.project
        project = self._shown_project or self._settings.text("project")
        daw = self._session.daw.daw if self._session.daw else ""
        own = takes_folder(self._folders.takes)
        self._take_list.open_folders([takes_folder(Path(project), daw), own] if project else [own])

    @Slot(object, bool)
    def take_made(self, manifest: Path, first: bool) -> None:
        """Show a new take and its variations; the first take of a request is loaded, played and sent, as set."""
        card = self._add(manifest)
        if card is None:
            return
        for other in card.take.data.get("variations", ()):
            self._add((manifest.parent / other).resolve())
        if first and self._settings["send_when_done"] and self._session.silence_s is not None:
            self._take_actions.send(card, self._settings.text("place"))
        if first and not self._playback.player.is_playing:
            self._playback.load(card)
            if self._settings["play_when_done"]:
                self._playback.player.play()

    def _add(self, manifest: Path) -> TakeCard | None:
        try:
            return self._take_list.add(read_take(manifest))
        except InvalidValue as error:
            self._messages.error(str(error), topic="take")
            return None

    @Slot(object, str, object)
    def _act_on(self, card: TakeCard, action: str, value: object) -> None:
        take_actions, playback = self._take_actions, self._playback
        actions: dict[str, Callable[[], object]] = {
            "play": lambda: playback.play(card),
            "select": lambda: playback.load(card) if not playback.player.is_playing else None,
            "balance": lambda: playback.set_balance(value) if card is playback.card else None,  # type: ignore[arg-type]
            "compare": lambda: playback.compare_with(card),
            "regenerate": lambda: self._take_list.job_requested.emit(job_of(card), "regenerate"),
            "again": lambda: self._take_list.job_requested.emit(job_of(card), "again"),
            "use": lambda: self._request.show_block(said_block(card.take.data)),
            "copy": lambda: take_actions.copy_block(card),
            "rename": lambda: take_actions.annotate(card, name=str(value)),
            "favourite": lambda: take_actions.annotate(card, favourite=bool(value)),
            "reveal": lambda: take_actions.reveal(card),
            "export": lambda: take_actions.ask_export(card),
            "delete": lambda: take_actions.delete(card),
            "send": lambda: take_actions.send(card, str(value)),
            "seek": lambda: playback.seek(card, int(value)),  # type: ignore[call-overload]
            "mark": lambda: self._marked(card, value),
        }
        actions[action]()

    def _marked(self, card: TakeCard, region: object) -> None:
        bars = (0, 0)
        if isinstance(region, tuple):
            bars = (card.waveform.bar_of(region[0]) + 1, card.waveform.bar_of(region[1] - 1) + 1)
        marked = region if isinstance(region, tuple) else None
        self._region_bar.show_region(card.take, marked, bars, self._request.engines.info)
        if card is self._playback.card:
            self._playback.apply_loop()


def job_of(card: TakeCard) -> str:
    """Return the id of the job that made the card's take; a variation's id has a number behind it."""
    return str(card.take.data["id"]).partition("-")[0]
