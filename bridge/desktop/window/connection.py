"""The window's tie to its companion: listening or not, on which ports, and what the DAW has said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from bridge.home.messages import Message, MessageAction

if TYPE_CHECKING:
    from bridge.app.effective_session import EffectiveSession
    from bridge.app.events import CoreFailed, CoreReady, DawChanged
    from bridge.desktop.adapter import Adapter
    from bridge.desktop.window.message_bar import MessageBar

TOPIC = "core"


class Link(QObject):
    """Follows the companion.

    Signals:
        listening(bool): the companion listens, or no longer does. heard(): the DAW said something new.
    """

    listening = Signal(bool)
    heard = Signal()

    def __init__(self, adapter: Adapter, session: EffectiveSession, bar: MessageBar) -> None:
        super().__init__()
        self._adapter, self._session, self._bar = adapter, session, bar
        self.osc_port = adapter.handle.options.osc_port
        adapter.ready.connect(self._ready)
        adapter.failed.connect(self._failed)
        adapter.daw.connect(self._heard)

    def restart(self, **changes: int | str) -> None:
        """Start the companion again, with other options (`Options`) if given."""
        self._bar.clear_topic(TOPIC)
        self._adapter.handle.restart(**changes)

    def use_free_port(self) -> None:
        """Start the companion again, on ports that nobody has."""
        self.restart(osc_port=0, http_port=0)

    @Slot(object)
    def _ready(self, event: CoreReady) -> None:
        self.osc_port = event.osc_port
        self._bar.clear_topic(TOPIC)
        self.listening.emit(True)

    @Slot(object)
    def _failed(self, event: CoreFailed) -> None:
        self.listening.emit(False)
        action = (
            MessageAction("Use a free port", "free_port")
            if event.port_taken
            else MessageAction("Try again", "restart")
        )
        self._bar.show_message(Message("error", event.sentence, action, TOPIC))

    @Slot(object)
    def _heard(self, daw: DawChanged) -> None:
        self._session.update_from_daw(daw)
        if daw.project_fault:
            self._adapter.handle.messages.error(daw.project_fault, topic="project")
        self.heard.emit()
