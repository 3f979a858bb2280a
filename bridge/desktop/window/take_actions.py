"""Actions on a take other than playing it: rename, mark, delete, export, send to the DAW, show in folder."""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from bridge.app.said_block import said_block
from bridge.desktop.takes.card import TakeCard
from bridge.desktop.takes.export import ExportDialog
from bridge.takes.export import Export, export_take
from bridge.takes.library import annotate, trash
from engine.errors import StemBridgeError

if TYPE_CHECKING:
    from bridge.desktop.adapter import Adapter
    from bridge.desktop.takes.list import TakeList
    from bridge.desktop.window.playback import Playback


class TakeActions:
    """Carries out actions on a take; each ends in a changed card or a message."""

    def __init__(self, window: QWidget, adapter: Adapter, take_list: TakeList, playback: Playback) -> None:
        self._window, self._adapter, self._take_list, self._playback = window, adapter, take_list, playback
        self._messages = adapter.handle.messages
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="export")

    def annotate(self, card: TakeCard, *, name: str | None = None, favourite: bool | None = None) -> None:
        """Save the user's name for the take or its favourite mark."""
        try:
            card.refresh(annotate(card.take, name=name, favourite=favourite))
        except StemBridgeError as error:
            self._messages.error(str(error), topic="take")

    def delete(self, card: TakeCard) -> None:
        """Move the take to the trash; the card is removed only if that worked."""
        self._playback.forget(card)
        try:
            trash(card.take)
        except StemBridgeError as error:
            self._messages.error(str(error), topic="take")
            return
        self._take_list.remove(card.take.manifest)
        self._messages.info(f"“{card.take.title}” is in the trash.", topic="take")

    def reveal(self, card: TakeCard) -> None:
        """Open the take's folder in the system's file manager."""
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(card.take.folder))):
            self._messages.error(f"No file manager answered; the take lies in {card.take.folder}.", topic="take")

    def copy_block(self, card: TakeCard) -> None:
        """Put the block of the take, seed included, on the clipboard."""
        QApplication.clipboard().setText(json.dumps(said_block(card.take.data), indent=2, ensure_ascii=False))
        self._messages.info("The take's block is on the clipboard.", topic="take")

    def send(self, card: TakeCard, where: str) -> None:
        """Tell the DAW to put the take on its timeline."""
        take = card.take
        future = self._adapter.handle.place(take.manifest, where, float(take.data["start_beat"]))
        self._adapter.when_done(future, lambda daw: self._messages.info(f"Sent to {daw}.", topic="send"))

    def ask_export(self, card: TakeCard) -> None:
        """Ask for format and folder, then export."""
        dialog = ExportDialog(card.take.title, self._window)
        if not dialog.exec():
            return
        folder = QFileDialog.getExistingDirectory(self._window, "Export to")
        if folder:
            self.export(card, Path(folder), dialog.export_options(balance_gains(card)))

    def export(self, card: TakeCard, folder: Path, options: Export) -> Future[Path]:
        """Export in the background; a message shows the result."""
        future = self._threads.submit(export_take, card.take, folder, options)
        self._adapter.when_done(future, lambda path: self._messages.info(f"Exported to {path}.", topic="export"))
        return future

    def close(self) -> None:
        """Stop the export thread; exports that have not started are dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def balance_gains(card: TakeCard) -> dict[str, float]:
    """Return the gain factor of every stem as set on the card's strips; 0 for muted stems."""
    from bridge.app.player.mixer import gain_of

    return {name: gain_of(level_db) for name, level_db in card.strips.gains_db().items()}
