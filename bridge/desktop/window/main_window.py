"""The main window: creates its parts, connects them, restores its last state, and closes.

Each part has its own module: `frame` the layout, `connection` the companion, `job_actions` the jobs, `project_takes`
the list of takes, `take_actions` the files of takes, `playback` the sound, `pages` the dialogs.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow

from bridge.app import daws, updates
from bridge.app.background import in_thread
from bridge.app.daws import DawSetup
from bridge.app.effective_session import EffectiveSession
from bridge.app.memory import Memory
from bridge.app.rework import Rework
from bridge.app.suggestions import known_words
from bridge.desktop.adapter import Adapter
from bridge.desktop.controls.widgets import refresh_icons
from bridge.desktop.look import style
from bridge.desktop.player.transport import Transport
from bridge.desktop.request.panel import RequestPanel
from bridge.desktop.takes.list import TakeList
from bridge.desktop.takes.region import RegionBar
from bridge.desktop.window.closing import agrees_to_close
from bridge.desktop.window.connection import CompanionConnection
from bridge.desktop.window.dawbar import DawBar
from bridge.desktop.window.frame import frame
from bridge.desktop.window.job_actions import JobActions
from bridge.desktop.window.message_bar import MessageBar
from bridge.desktop.window.pages import Pages
from bridge.desktop.window.playback import Playback
from bridge.desktop.window.project_takes import ProjectTakes
from bridge.desktop.window.take_actions import TakeActions
from bridge.home.autostart import set_autostart
from bridge.home.messages import Message, MessageAction
from bridge.request.presets.presets import Presets
from bridge.settings import SETTINGS, SettingsFile
from bridge.settings.remote_address import find_engine
from engine.contract import AUTO, EngineInfo
from engine.errors import StemBridgeError

SIZE_PX = (1240, 800)


class MainWindow(QMainWindow):
    """The window. Slow work runs in other threads; everything here is a short reaction to a signal."""

    def __init__(self, adapter: Adapter, settings: SettingsFile) -> None:
        super().__init__()
        handle, folders = adapter.handle, adapter.handle.options.folders
        self.adapter = adapter
        self._settings, self._messages, self._folders = settings, handle.messages, folders
        self._memory, self._closing = Memory(folders.window_memory), False
        self.hides_on_close = False  # set where a tray icon can show it again
        self.session = EffectiveSession()
        self.daw_bar = DawBar(self.session, handle.messages)
        self.message_bar, self.region_bar = MessageBar(), RegionBar()
        self.request = RequestPanel(Presets(folders.presets), handle.models, handle.messages, self._find_engine)
        self.take_list = TakeList(folders.waveforms)
        self.transport = Transport(lambda: self.playback.player)
        self.playback = Playback(self.transport, settings, handle.messages)
        self.take_actions = TakeActions(self, adapter, self.take_list, self.playback)
        self.connection = CompanionConnection(adapter, self.session, self.message_bar)
        self.job_actions = JobActions(adapter, self.session, settings, self.take_list)
        self.project_takes = ProjectTakes(
            self.take_list,
            self.request,
            self.region_bar,
            self.playback,
            self.take_actions,
            self.session,
            settings,
            folders,
            handle.messages,
        )
        self.pages = Pages(self, adapter, settings, self.session, self._memory, self.connection)
        self._lay_out()
        self._connect()
        self._recall()
        self.project_takes.open_takes()
        self.take_list.scroller.setFocus()  # so that the first press of the space bar plays

    def _lay_out(self) -> None:
        self.setWindowTitle("Stem Bridge")
        self.setMinimumSize(980, 600)
        self.resize(*SIZE_PX)
        self.setCentralWidget(
            frame(self.daw_bar, self.request, self.message_bar, self.take_list, self.region_bar, self.transport)
        )

    def _connect(self) -> None:
        self.adapter.message.connect(self.message_bar.show_message)
        self.message_bar.requested.connect(self._command)
        self.connection.listening.connect(self._listening)
        self.connection.daw_changed.connect(self.daw_bar.refresh)
        self.connection.daw_changed.connect(self.project_takes.follow_project)
        self.daw_bar.changed.connect(self.project_takes.follow_project)
        self.daw_bar.requested.connect(self._command)
        self.pages.folder_requested.connect(self.daw_bar.project.click)
        self.pages.setting_changed.connect(self._setting_changed)
        self.pages.midi.resolved.connect(self.message_bar.clear_topic)
        self.pages.midi.tempo.connect(self.daw_bar.show_clock)
        self.pages.daws_changed.connect(self._look_for_daws)
        self.pages.models_changed.connect(self.request.engines.refresh)
        self.request.engines.models_requested.connect(self.pages.show_models)
        self.request.go.setEnabled(False)  # until the companion listens
        self.request.generate.connect(self.generate)
        self.request.genres.words_requested.connect(self._offer_words)
        for changed in (self.request.changed, self.daw_bar.changed, self.connection.daw_changed):
            changed.connect(lambda: self.job_actions.set_pad_request(self.request.block(), self.request.origin()))
        self.region_bar.models_requested.connect(lambda: self.pages.show_models())
        self.region_bar.requested.connect(self._rework)
        self.job_actions.accepted.connect(lambda: self.message_bar.clear_topic("answer"))
        self.job_actions.made.connect(self.project_takes.take_made)
        for keys, work in (
            ("Ctrl+Return", self.request.go.click),
            ("Ctrl+,", self.pages.show_settings),
            ("Ctrl+Q", self.close),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(work)

    def generate(self) -> None:
        """Submit the request of the panel."""
        request = self.request
        self.job_actions.submit(request.block(), request.shape.after_use, origin=request.origin())

    def _rework(self, rework: Rework) -> None:
        self.job_actions.rework(rework, self.request.engines.values())

    def _offer_words(self) -> None:
        styles = self.adapter.handle.options.folders.styles
        words = in_thread(lambda: known_words(styles))
        self.adapter.when_done(words, self.request.genres.offer, owner=self)

    def _listening(self, listens: bool) -> None:
        self.request.go.setEnabled(listens)
        if listens:
            self.job_actions.show_unfinished()
            self._look_for_daws()
            self.adapter.when_done(updates.look(self._messages, self._folders), lambda _: None)

    def _setting_changed(self, key: str) -> None:
        if key == "theme":
            app = QApplication.instance()
            assert isinstance(app, QApplication)
            style.apply(app, self._settings.text("theme"))
            refresh_icons(self)
            self.take_list.recolour()
        elif SETTINGS[key].restarts:
            again = MessageAction("Restart it now", "apply")
            text = "The companion takes this over at its next start; one that works on a take would lose it."
            self._messages.post(Message("warning", text, again, "restart"))
        elif key == "output_device":
            self.playback.player.device = self._settings.text("output_device")
        elif key == "project":
            self.project_takes.open_takes()
        elif key.startswith("remote_"):
            self.request.engines.refresh()
        elif key == "autostart":
            self.apply_autostart()

    def apply_autostart(self) -> None:
        """Add or remove this installation's autostart entry, as the setting says."""
        try:
            set_autostart(self._settings["autostart"] is True)
        except StemBridgeError as error:
            self._messages.error(str(error), topic="settings")

    def _find_engine(self, name: str) -> EngineInfo:
        """Return the engine that a request with `name` runs on; "auto" means the engine set for the companion."""
        options = self.adapter.handle.options
        return find_engine(options.folders, options.engine if name == AUTO else name)

    def _command(self, command: str) -> None:
        """Run the command of a button in the window: one word, with an argument after a space for some."""
        word, _, argument = command.partition(" ")
        commands: dict[str, Callable[[], object]] = {
            "free_port": self.connection.use_free_port,
            "restart": self.connection.restart,
            "apply": self._apply_settings,
            "settings": self.pages.show_settings,
            "models": self.pages.show_models,
            "midi": self.pages.show_midi,
            "connect": self.pages.show_first_run,
            "install": lambda: self._install_script(argument),
            updates.COMMAND: self._update,
            "uninstall": self.pages.show_uninstall,
        }
        commands[word]()

    def _apply_settings(self) -> None:
        self.message_bar.clear_topic("restart")
        settings = self._settings
        self.connection.restart(
            osc_port=int(settings.number("osc_port")),
            http_port=int(settings.number("http_port")),
            host=settings.text("host"),
            engine=settings.text("engine"),
        )

    def _install_script(self, daw: str) -> None:
        def done(setup: DawSetup) -> None:
            text = f"{setup.label}: {setup.words}. {' '.join(setup.status.notes)}"
            self._messages.info(text.strip(), topic="daw")
            self._look_for_daws()

        self.adapter.when_done(daws.install(daw), done)

    def _update(self) -> None:
        self.adapter.when_done(updates.repair(self._messages, self._folders), lambda _: self._look_for_daws())

    def _look_for_daws(self) -> None:
        self.adapter.when_done(daws.look(), lambda found: self.daw_bar.advise(daws.advice(found)))

    def _recall(self) -> None:
        self.session.recall(self._memory.get("session"))
        block = self._memory.get("request")
        if isinstance(block, dict):
            self.request.show_block(block)
        geometry = self._memory.get("geometry")
        if isinstance(geometry, str):
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii", "ignore")))
        self.daw_bar.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Handle single keys that the focused widget does not use: Space still presses a focused button."""
        keys: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Space.value: self.playback.toggle,
            Qt.Key.Key_L.value: self.transport.loop.toggle,
            Qt.Key.Key_K.value: self.transport.metronome.toggle,
            Qt.Key.Key_B.value: self.playback.swap,
            Qt.Key.Key_T.value: self.daw_bar.tap,
        }
        if event.key() in keys and not event.modifiers():
            keys[event.key()]()
        else:
            super().keyPressEvent(event)

    def close_without_asking(self) -> None:
        """Close now, even if work is lost: the system shuts down, or the user has agreed."""
        self._closing = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Save the window's state and close; ask first if work would be lost. With a tray icon, only hide."""
        if self.hides_on_close and not self._closing:
            event.ignore()
            self.hide()
            return
        unfinished = self.job_actions.unfinished()
        if unfinished and not self._closing and not agrees_to_close(self, unfinished):
            event.ignore()
            return
        self._closing = True
        geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self._memory.keep(geometry=geometry, session=self.session.remember(), request=self.request.block())
        self.playback.player.unload()
        self.take_list.close_threads()
        self.take_actions.close()
        super().closeEvent(event)
