"""The window's connection to its companion: whether it listens, on which ports, and the DAW's session."""

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


class CompanionConnection(QObject):
    """Tracks the companion's state, restarts it, and passes the DAW's session to the window.

    Signals:
        listening(bool): the companion listens, or no longer does. daw_changed(): the DAW sent new values.
    """

    listening = Signal(bool)
    daw_changed = Signal()

    def __init__(self, adapter: Adapter, session: EffectiveSession, bar: MessageBar) -> None:
        super().__init__()
        self._adapter, self._session, self._bar = adapter, session, bar
        self.osc_port = adapter.handle.options.osc_port
        adapter.ready.connect(self._ready)
        adapter.failed.connect(self._failed)
        adapter.daw.connect(self._daw_changed)

    def restart(self, **changes: int | str) -> None:
        """Restart the companion, with changed `LaunchOptions` if given."""
        self._bar.clear_topic(TOPIC)
        self._adapter.handle.restart(**changes)

    def use_free_port(self) -> None:
        """Restart the companion on ports that no other program uses."""
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
    def _daw_changed(self, daw: DawChanged) -> None:
        self._session.update_from_daw(daw)
        if daw.project_fault:
            self._adapter.handle.messages.error(daw.project_fault, topic="project")
        self.daw_changed.emit()
