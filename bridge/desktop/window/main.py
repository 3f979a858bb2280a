"""The main window: puts bar, request, board and transport together, and carries what they want to the companion."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QMessageBox, QVBoxLayout, QWidget

from bridge.app.events import CoreFailed, CoreReady, DawChanged, JobChanged
from bridge.app.handle import Wish
from bridge.app.library import read_take
from bridge.app.memory import Memory
from bridge.app.session import Session
from bridge.desktop.adapter import Adapter
from bridge.desktop.controls.basics import refresh_icons
from bridge.desktop.look import style
from bridge.desktop.player.transport import Transport
from bridge.desktop.request.panel import RequestPanel
from bridge.desktop.settings.firstrun import FirstRun
from bridge.desktop.settings.page import SettingsPage
from bridge.desktop.takes.board import Board
from bridge.desktop.takes.card import TakeCard
from bridge.desktop.takes.region import RegionBar
from bridge.desktop.window.dawbar import DawBar
from bridge.desktop.window.deeds import Deeds
from bridge.desktop.window.messages import MessageBar
from bridge.desktop.window.playback import Playback
from bridge.jobs.job import State
from bridge.messages import Action, Message
from bridge.presets.presets import Presets
from bridge.remote import find_engine
from bridge.settings import SettingsFile
from bridge.takes.layout import takes_folder
from engine.errors import InvalidValue

SIZE_PX = (1240, 800)


class MainWindow(QMainWindow):
    """The window. Everything slow happens elsewhere; everything here is a short reaction to a signal."""

    def __init__(self, adapter: Adapter, settings: SettingsFile) -> None:
        super().__init__()
        handle, folders = adapter.handle, adapter.handle.options.folders
        self.adapter = self._adapter = adapter
        self._settings, self._messages = settings, handle.messages
        self._folders, self._memory, self._shown_project = folders, Memory(folders.window_memory), ""
        self._osc_port, self._closing = handle.options.osc_port, False
        self.hides_on_close = False  # with a tray, from which it comes back
        self.session = Session()
        self.daw_bar = DawBar(self.session, handle.messages)
        self.message_bar, self.region_bar = MessageBar(), RegionBar()
        self.request = RequestPanel(Presets(folders.presets), handle.messages, partial(find_engine, folders))
        self.board = Board(folders.waveforms)
        self.transport = Transport(lambda: self.playback.player)
        self.playback = Playback(self.transport, settings, handle.messages)
        self.deeds = Deeds(self, adapter, self.board, self.playback)
        self.request.go.setEnabled(False)  # until the companion listens
        self._lay_out()
        self._connect()
        self._recall()
        self._open_takes()

    def _lay_out(self) -> None:
        self.setWindowTitle("Stem Bridge")
        self.setMinimumSize(980, 600)
        self.resize(*SIZE_PX)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        notes = QVBoxLayout()
        notes.setContentsMargins(16, 8, 16, 0)
        notes.addWidget(self.message_bar)
        middle.addLayout(notes)
        middle.addWidget(self.board, 1)
        marks = QVBoxLayout()
        marks.setContentsMargins(16, 0, 16, 8)
        marks.addWidget(self.region_bar)
        middle.addLayout(marks)
        centre = QHBoxLayout()
        centre.setSpacing(0)
        centre.addWidget(self.request)
        centre.addLayout(middle, 1)
        ground = QWidget()
        ground.setObjectName("ground")
        box = QVBoxLayout(ground)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.daw_bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        box.addWidget(self.daw_bar)
        box.addLayout(centre, 1)
        box.addWidget(self.transport)
        self.setCentralWidget(ground)

    def _connect(self) -> None:
        adapter = self._adapter
        adapter.ready.connect(self._ready)
        adapter.failed.connect(self._failed)
        adapter.daw.connect(self._heard)
        adapter.job.connect(self._job)
        adapter.message.connect(self.message_bar.show_message)
        self.message_bar.wanted.connect(self._command)
        self.daw_bar.changed.connect(self._session_changed)
        self.daw_bar.connect_wanted.connect(self.show_first_run)
        self.daw_bar.settings.clicked.connect(lambda: self.show_settings())
        self.request.generate.connect(self.generate)
        self.board.wanted.connect(self._take_wanted)
        self.board.job_wanted.connect(self._job_wanted)
        self.region_bar.wanted.connect(self.submit)
        for keys, work in (
            ("Ctrl+Return", self.request.go.click),
            ("Ctrl+,", self.show_settings),
            ("Ctrl+Q", self.close),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(work)

    def generate(self) -> None:
        """Ask for what the panel says."""
        self.submit(self.request.block())
        self.request.shape.after_use()

    def submit(self, block: dict[str, object]) -> None:
        """Ask for a block, with the session as it holds."""
        session = self.session
        daw = session.daw if session.silence_s is not None else None
        wish = Wish(
            block=block,
            tempo=session.tempo,
            meter=session.meter,
            key=session.key,
            project=session.project or self._settings.text("project"),
            start_beat=daw.position_beats if daw else 0.0,
            daw=daw.daw if daw else "",
        )
        self._adapter.when_done(self._adapter.handle.submit(wish), lambda _: self.message_bar.clear_topic("answer"))

    @Slot(object)
    def _ready(self, event: CoreReady) -> None:
        self._osc_port = event.osc_port
        self.message_bar.clear_topic("core")
        self.request.go.setEnabled(True)
        self._adapter.when_done(self._adapter.handle.jobs(), self._show_jobs)

    def _show_jobs(self, jobs: list[JobChanged]) -> None:
        for job in reversed(jobs):
            if not job.state.is_final:
                self.board.show_job(job)

    @Slot(object)
    def _failed(self, event: CoreFailed) -> None:
        self.request.go.setEnabled(False)
        action = Action("Use a free port", "free_port") if event.port_taken else Action("Try again", "restart")
        self.message_bar.show_message(Message("error", event.sentence, action, "core"))

    @Slot(object)
    def _heard(self, daw: DawChanged) -> None:
        self.session.hear(daw)
        self.daw_bar.refresh()
        if daw.project_fault:
            self._messages.error(daw.project_fault, topic="project")
        self._session_changed()

    @Slot(object)
    def _job(self, job: JobChanged) -> None:
        self.board.show_job(job)
        if job.state is not State.DONE:
            return
        for number, manifest in enumerate(job.manifests):
            self._finished(Path(manifest), job.from_window and number == 0)
        if len(job.manifests) == 1 and "variations" in self._newest_data(job):
            self._open_takes(again=True)

    def _newest_data(self, job: JobChanged) -> dict[str, object]:
        card = self.board.cards.get(Path(job.manifests[0]))
        return card.take.data if card is not None else {}

    def _finished(self, manifest: Path, first: bool) -> None:
        try:
            card = self.board.add(read_take(manifest))
        except InvalidValue as error:
            self._messages.error(str(error), topic="take")
            return
        if first and self._settings["send_when_done"] and self.session.silence_s is not None:
            self.deeds.send(card, self._settings.text("place"))
        if first and not self.playback.player.is_playing:
            self.playback.load(card)
            if self._settings["play_when_done"]:
                self.playback.player.play()

    @Slot(object, str, object)
    def _take_wanted(self, card: TakeCard, action: str, value: object) -> None:
        deeds, playback = self.deeds, self.playback
        works: dict[str, Callable[[], object]] = {
            "play": lambda: playback.play(card),
            "select": lambda: playback.load(card) if not playback.player.is_playing else None,
            "balance": lambda: playback.set_balance(value) if card is playback.card else None,  # type: ignore[arg-type]
            "compare": lambda: playback.compare_with(card),
            "use": lambda: self.request.show_block(dict(card.take.data["params"])),
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
        self.region_bar.show_region(card.take, marked, bars, self.request.engines.info)
        if card is self.playback.card:
            self.playback.apply_loop()

    @Slot(str, str)
    def _job_wanted(self, job_id: str, action: str) -> None:
        handle = self._adapter.handle
        if action == "cancel":
            self._adapter.when_done(handle.cancel(job_id), lambda _: None)
        elif action == "again":
            self._adapter.when_done(handle.again(job_id), lambda _: self.board.drop_job(job_id))
        elif action == "dismiss":
            self.board.drop_job(job_id)
        else:
            waiting = self.board.waiting()
            at = waiting.index(job_id)
            to = min(len(waiting) - 1, max(0, at + (1 if action == "down" else -1)))
            waiting.insert(to, waiting.pop(at))
            self._adapter.when_done(handle.reorder(waiting), lambda _: self.board.order_jobs(waiting))

    def _session_changed(self) -> None:
        if self.session.project != self._shown_project:
            self._open_takes()

    def _open_takes(self, again: bool = False) -> None:
        if not again:
            self._shown_project = self.session.project
        project = self.session.project or self._settings.text("project")
        daw = self.session.daw.daw if self.session.daw else ""
        own = takes_folder(self._folders.takes)
        self.board.open_folders([takes_folder(Path(project), daw), own] if project else [own])

    def show_settings(self) -> None:
        """Open the settings page."""
        page = SettingsPage(self._settings, self._messages, self)
        page.changed.connect(self._setting_changed)
        page.open()

    def show_first_run(self) -> None:
        """Open the first-run page."""
        page = FirstRun(self._settings.text("host"), self._osc_port, self)
        page.folder_wanted.connect(self.daw_bar.project.click)
        page.finished.connect(lambda _: self._memory.keep(welcomed=True))
        page.open()

    @property
    def is_new(self) -> bool:
        """True until the first-run page was closed once."""
        return self._memory.get("welcomed") is not True

    def _setting_changed(self, key: str) -> None:
        if key == "theme":
            app = QApplication.instance()
            assert isinstance(app, QApplication)
            style.apply(app, self._settings.text("theme"))
            refresh_icons(self)
            for card in self.board.cards.values():
                card.waveform.redress()
        elif key == "output_device":
            self.playback.player.device = self._settings.text("output_device")
        elif key == "project":
            self._open_takes()
        elif key.startswith("remote_"):
            self.request.engines.refresh()

    def _command(self, command: str) -> None:
        self.message_bar.clear_topic("core")
        commands: dict[str, Callable[[], None]] = {
            "free_port": partial(self._adapter.handle.restart, osc_port=0, http_port=0),
            "restart": self._adapter.handle.restart,
        }
        commands[command]()

    def _recall(self) -> None:
        self.session.recall(self._memory.get("session"))
        block = self._memory.get("request")
        if isinstance(block, dict):
            self.request.show_block(block)
        geometry = self._memory.get("geometry")
        if isinstance(geometry, str):
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii", "ignore")))
        self.daw_bar.refresh()

    def unfinished(self) -> int:
        """Return how many jobs would be cut short or put off by closing."""
        return sum(not one.job.state.is_final for one in self.board.jobs.values())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Single keys, taken only when the widget with the focus has no use for them: Space still presses buttons."""
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

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Ask only when work would be lost; remember everything."""
        if self.hides_on_close and not self._closing:
            event.ignore()
            self.hide()
            return
        if self.unfinished() and not self._closing and not self._agrees():
            event.ignore()
            return
        self._closing = True
        geometry = bytes(self.saveGeometry().toBase64().data()).decode()
        self._memory.keep(geometry=geometry, session=self.session.remember(), request=self.request.block())
        self.playback.player.unload()
        self.board.close_threads()
        self.deeds.close()
        super().closeEvent(event)

    def _agrees(self) -> bool:
        count = self.unfinished()
        text = "One take is being made." if count == 1 else f"{count} takes are being made or wait."
        ask = QMessageBox(QMessageBox.Icon.Question, "Close Stem Bridge?", text, parent=self)
        ask.setInformativeText("The one that runs would be lost; those that wait go on at the next start.")
        keep = ask.addButton("Keep working", QMessageBox.ButtonRole.RejectRole)
        ask.addButton("Close anyway", QMessageBox.ButtonRole.DestructiveRole)
        ask.setDefaultButton(keep)
        ask.exec()
        return ask.clickedButton() is not keep
