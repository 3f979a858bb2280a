"""The pages that open over the window: settings and first run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from bridge.desktop.settings.firstrun import FirstRun
from bridge.desktop.settings.page import SettingsPage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from bridge.app.memory import Memory
    from bridge.desktop.window.link import Link
    from bridge.messages import Messages
    from bridge.settings import SettingsFile


class Pages(QObject):
    """Opens pages; `setting_changed(key)`, `folder_wanted()` say what was done on one."""

    setting_changed = Signal(str)
    folder_wanted = Signal()

    def __init__(
        self, window: QWidget, settings: SettingsFile, messages: Messages, memory: Memory, link: Link
    ) -> None:
        super().__init__()
        self._window, self._settings, self._messages = window, settings, messages
        self._memory, self._link = memory, link

    @property
    def is_new(self) -> bool:
        """True until the first-run page was closed once."""
        return self._memory.get("welcomed") is not True

    def show_settings(self) -> None:
        """Open the settings page."""
        page = SettingsPage(self._settings, self._messages, self._window)
        page.changed.connect(self.setting_changed)
        page.open()

    def show_first_run(self) -> None:
        """Open the first-run page."""
        page = FirstRun(self._settings.text("host"), self._link.osc_port, self._window)
        page.folder_wanted.connect(self.folder_wanted)
        page.finished.connect(lambda _: self._memory.keep(welcomed=True))
        page.open()
