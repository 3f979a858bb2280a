"""The pages that open over the window: settings, models, MIDI, first run."""

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
    from bridge.desktop.window.connection import Link
    from bridge.settings import SettingsFile


class Pages(QObject):
    """Opens pages.

    Signals:
        setting_changed(str), models_changed(), daws_changed(), folder_wanted(): what was done on one.
    """

    setting_changed = Signal(str)
    models_changed = Signal()
    daws_changed = Signal()
    folder_wanted = Signal()

    def __init__(
        self,
        window: QWidget,
        adapter: Adapter,
        settings: SettingsFile,
        session: EffectiveSession,
        memory: Memory,
        link: Link,
    ) -> None:
        super().__init__()
        self._session = session
        self._window, self._adapter, self._settings = window, adapter, settings
        self._messages, self._memory, self._link = adapter.handle.messages, memory, link
        self._models: ModelsPage | None = None
        self.midi = MidiWatch(self._messages)
        adapter.midi.connect(self.midi.hear)
        adapter.model.connect(self._model_worked)

    @property
    def is_new(self) -> bool:
        """True until the first-run page was closed once."""
        return self._memory.get("welcomed") is not True

    def show_settings(self) -> SettingsPage:
        """Open the settings page."""
        page = SettingsPage(self._adapter, self._settings, self._messages, self._window)
        page.changed.connect(self.setting_changed)
        page.finished.connect(page.deleteLater)
        page.open()
        return page

    def show_models(self, name: str = "") -> ModelsPage:
        """Open the models page, at a model if one is named; it is one and the same each time."""
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
        """Tell the end of a download that nobody looks at."""
        if work.state in ("done", "failed") and (self._models is None or not self._models.isVisible()):
            level: Level = "info" if work.state == "done" else "error"
            action = MessageAction("Models…", "models") if work.state == "failed" else None
            self._messages.post(Message(level, work.message, action, "model"))

    def show_uninstall(self) -> UninstallPage:
        """Open the page that takes everything out; afterwards the program ends and writes nothing any more."""
        page = UninstallPage(self._adapter, self._window)
        page.gone.connect(lambda: QCoreApplication.exit(0))
        page.finished.connect(page.deleteLater)
        page.open()
        return page

    def show_first_run(self) -> FirstRun:
        """Open the first-run page: by itself once in a lifetime, later from the menu."""
        host, project = self._settings.text("host"), self._session.project or self._settings.text("project")
        page = FirstRun(self._adapter, self._settings, f"{host}:{self._link.osc_port}", project, self._window)
        page.folder_wanted.connect(self.folder_wanted)
        page.models_wanted.connect(lambda: self.show_models())
        page.daws_changed.connect(self.daws_changed)
        page.setting_changed.connect(self.setting_changed)
        self.models_changed.connect(page.refresh_model)
        page.finished.connect(lambda _: self._memory.keep(welcomed=True))
        page.finished.connect(page.deleteLater)
        page.open()
        return page
