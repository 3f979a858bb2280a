"""The dialogs that open over the window: settings, models, MIDI, first run, uninstall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from bridge.desktop.midi.midi_page import MidiPage
from bridge.desktop.midi.watch import MidiWatch
from bridge.desktop.models.models_page import ModelsPage
from bridge.desktop.settings.firstrun import FirstRun
from bridge.desktop.settings.settings_page import SettingsPage
from bridge.desktop.settings.uninstall_page import UninstallPage
from bridge.home.messages import Level, Message, MessageAction

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bridge.app.effective_session import EffectiveSession
    from bridge.app.events import ModelWork
    from bridge.app.memory import Memory
    from bridge.desktop.adapter import Adapter
    from bridge.desktop.window.connection import CompanionConnection
    from bridge.settings import SettingsFile


class Pages(QObject):
    """Opens the dialogs and passes on what was changed in them.

    Signals:
        setting_changed(str), models_changed(), daws_changed(), folder_requested(): what was changed in one.
    """

    setting_changed = Signal(str)
    models_changed = Signal()
    daws_changed = Signal()
    folder_requested = Signal()

    def __init__(
        self,
        window: QWidget,
        adapter: Adapter,
        settings: SettingsFile,
        session: EffectiveSession,
        memory: Memory,
        connection: CompanionConnection,
    ) -> None:
        super().__init__()
        self._session = session
        self._window, self._adapter, self._settings = window, adapter, settings
        self._messages, self._memory, self._connection = adapter.handle.messages, memory, connection
        self._models: ModelsPage | None = None
        self.midi = MidiWatch(self._messages)
        adapter.midi.connect(self.midi.receive)
        adapter.model.connect(self._model_worked)

    @property
    def is_first_run(self) -> bool:
        """True until the first-run page has been closed once."""
        return self._memory.get("welcomed") is not True

    def show_settings(self) -> SettingsPage:
        """Open the settings page."""
        page = SettingsPage(self._adapter, self._settings, self._messages, self._window)
        page.changed.connect(self.setting_changed)
        page.finished.connect(page.deleteLater)
        page.open()
        return page

    def show_models(self, name: str = "") -> ModelsPage:
        """Open the models page, scrolled to a model if one is named; the page is created once and reused."""
        if self._models is None:
            self._models = ModelsPage(self._adapter, self._window)
            self._models.changed.connect(self.models_changed)
        self._models.open_at(name)
        return self._models

    def show_midi(self) -> MidiPage:
        """Open the MIDI page."""
        page = MidiPage(self._adapter, self.midi.report, self._window)
        page.finished.connect(page.deleteLater)
        page.open()
        return page

    @Slot(object)
    def _model_worked(self, work: ModelWork) -> None:
        """Show a message when work on a model ends while the models page is not open."""
        if work.state in ("done", "failed") and (self._models is None or not self._models.isVisible()):
            level: Level = "info" if work.state == "done" else "error"
            action = MessageAction("Models…", "models") if work.state == "failed" else None
            self._messages.post(Message(level, work.message, action, "model"))

    def show_uninstall(self) -> UninstallPage:
        """Open the uninstall page; after an uninstall the program exits and writes nothing more."""
        page = UninstallPage(self._adapter, self._window)
        page.gone.connect(lambda: QCoreApplication.exit(0))
        page.finished.connect(page.deleteLater)
        page.open()
        return page

    def show_first_run(self) -> FirstRun:
        """Open the first-run page: automatically at the first start, later from the menu."""
        host, project = self._settings.text("host"), self._session.project or self._settings.text("project")
        page = FirstRun(self._adapter, self._settings, f"{host}:{self._connection.osc_port}", project, self._window)
        page.folder_requested.connect(self.folder_requested)
        page.models_requested.connect(lambda: self.show_models())
        page.daws_changed.connect(self.daws_changed)
        page.setting_changed.connect(self.setting_changed)
        self.models_changed.connect(page.refresh_model)
        page.finished.connect(lambda _: self._memory.keep(welcomed=True))
        page.finished.connect(page.deleteLater)
        page.open()
        return page
