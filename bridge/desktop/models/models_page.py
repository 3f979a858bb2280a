"""The models page: every model with size, licence and state; download, cancel, check, remove, install from disk."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QVBoxLayout, QWidget

from bridge.app.environment import EnvironmentDesk
from bridge.app.events import ModelWork
from bridge.desktop.controls.widgets import button, label, row, scrolled
from bridge.desktop.models.row import ModelRow
from bridge.desktop.models.words import size
from bridge.desktop.settings.environment import EnvironmentPage
from engine.errors import StemBridgeError

if TYPE_CHECKING:
    from bridge.app.models import ModelState
    from bridge.desktop.adapter import Adapter
    from engine.models.download import Offer

SIZE_PX = (800, 640)


class ModelsPage(QDialog):
    """The page; `changed` is emitted when a model was installed or removed. Downloads go on when it is closed."""

    changed = Signal()

    def __init__(self, adapter: Adapter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Models")
        self.resize(*SIZE_PX)
        self._adapter, self._desk = adapter, adapter.handle.models
        self.rows: dict[str, ModelRow] = {}
        self.problem = label("", "warn", wrap=True)
        self.copy = button("Copy the command", self._copy_command)
        self.disk = label("", "faint", wrap=True)
        self.set_up = button("Set up…", self.open_environment, "Set up the libraries that models need")
        self._environment: EnvironmentPage | None = None
        environment = button("Engine environment…", self.open_environment)
        foot = row(self.disk, environment, button("Close", self.close), spacing=12, margins=(0, 0, 8, 0))
        foot.setStretch(0, 1)
        head = row(self.problem, self.set_up, self.copy, spacing=12)
        head.setStretch(0, 1)
        body = QWidget()
        body.setObjectName("ground")
        self._list = QVBoxLayout(body)
        self._list.setContentsMargins(0, 0, 8, 0)
        self._list.setSpacing(10)
        self._scroll = scrolled(body)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 16, 16)
        box.setSpacing(10)
        box.addWidget(label("Neural models", "hero"))
        box.addWidget(label("They run on this computer. Without one, the built-in sketch engine plays.", "dim"))
        box.addLayout(head)
        box.addWidget(self._scroll, 1)
        box.addLayout(foot)
        adapter.model.connect(self._worked)
        self._fill()

    def _fill(self) -> None:
        states = self._states()
        if states is None:
            return
        for state in states:
            made = self.rows[state.entry.name] = ModelRow(state)
            made.requested.connect(lambda action, name=state.entry.name: self.do(name, action))
            self._list.addWidget(made)
        self._list.addStretch(1)
        self._show(states)
        self._look_for_libraries()

    @Slot()
    def _look_for_libraries(self) -> None:
        """Show the command that installs missing libraries, or mark the model that suits this machine."""
        command = self._desk.missing()
        self._show_problem("")
        if command:
            self._show_problem(f"The libraries that models need are not installed. This installs them: {command}")
        self.copy.setVisible(bool(command))
        self.set_up.setVisible(bool(command))
        if not command:
            recommended = self._desk.recommended()
            self._adapter.when_done(
                recommended, lambda best: self.rows[best[0]].recommend(best[1]), lambda _: None, self
            )

    def open_environment(self) -> EnvironmentPage:
        """Open the page of the engine environment, which holds the libraries."""
        if self._environment is None:
            desk = EnvironmentDesk(self._adapter.handle.options.folders.engine)
            self._environment = EnvironmentPage(desk, self)
            self._environment.changed.connect(self._look_for_libraries)
            self._environment.changed.connect(self.changed)
        else:
            self._environment.refresh()
        self._environment.open()
        return self._environment

    def open_at(self, name: str = "") -> None:
        """Show the page, updated and scrolled to the model `name`."""
        self.refresh()
        self.open()
        if name in self.rows:
            self._scroll.ensureWidgetVisible(self.rows[name])
            self.rows[name].buttons["download"].setFocus()

    def refresh(self) -> None:
        """Show the state of every model on disk; new entries of the user's catalogue appear after the next start."""
        states = self._states()
        if states is not None:
            self._show(states)

    def _states(self) -> list[ModelState] | None:
        """Return the state of every model on disk; show the fault and return None if the catalogue cannot be read."""
        try:
            return self._desk.states()
        except StemBridgeError as error:
            self._show_problem(str(error))
            return None

    def _show(self, states: list[ModelState]) -> None:
        for state in states:
            if state.entry.name in self.rows:
                self.rows[state.entry.name].refresh(state, self._desk.work)
        self.disk.setText(f"{self._desk.folder}   {size(self._desk.free_bytes())} free")

    def do(self, name: str, action: str) -> None:
        """Carry out the action of a model's button."""
        actions: dict[str, Callable[[ModelRow], None]] = {
            "download": self._ask_offer,
            "folder": self._ask_folder,
            "verify": lambda made: self._try(made, lambda: self._desk.verify(name)),
            "remove": self._ask_remove,
            "cancel": self._stop,
        }
        actions[action](self.rows[name])

    def adopt(self, name: str, folder: Path) -> None:
        """Install a model from a folder on this machine."""
        self._try(self.rows[name], lambda: self._desk.adopt(name, folder))

    def _ask_offer(self, made: ModelRow) -> None:
        made.say("Asking what there is to fetch…")
        self._later(made, self._desk.offer(made.state.entry.name), lambda offered: self._show_offer(made, offered))

    def _show_offer(self, made: ModelRow, offered: Offer) -> None:
        kept = offered.size_bytes - offered.missing_bytes
        rest = f", {size(kept)} of it here already" if kept else ""
        text = (
            f"{size(offered.size_bytes)}{rest}, licence {offered.licence}, from "
            f"{offered.remote.endpoint}/{offered.remote.repository} (commit {offered.remote.commit[:12]}). "
            f"{size(self._desk.free_bytes())} are free on the disk of {self._desk.folder}."
        )
        made.ask(text, "Download now", lambda: self._try(made, lambda: self._desk.download(offered)))

    def _ask_folder(self, made: ModelRow) -> None:
        folder = QFileDialog.getExistingDirectory(self, f"Folder with the files of {made.state.entry.label}")
        if folder:
            self.adopt(made.state.entry.name, Path(folder))

    def _ask_remove(self, made: ModelRow) -> None:
        held = made.state.installed.size_bytes if made.state.installed else made.state.partial_bytes
        made.ask(f"Delete {size(held)} from this disk?", "Delete", lambda: self._remove(made), "Keep")

    def _remove(self, made: ModelRow) -> None:
        def gone(freed_bytes: int) -> None:
            self.refresh()
            made.say(f"Deleted; {size(freed_bytes)} are free again.")
            self.changed.emit()

        self._later(made, self._desk.remove(made.state.entry.name), gone)

    def _stop(self, made: ModelRow) -> None:
        made.stop.setEnabled(False)
        made.say("Stopping…")
        self._desk.cancel()

    @Slot(object)
    def _worked(self, work: ModelWork) -> None:
        made = self.rows.get(work.name)
        if made is None:
            return
        if work.state == "running":
            made.refresh(made.state, work)
            return
        made.stop.setEnabled(True)
        self.refresh()
        made.say(work.message, {"failed": "bad", "done": "good"}.get(work.state, "dim"))
        self.changed.emit()

    def _try(self, made: ModelRow, work: Callable[[], object]) -> None:
        try:
            work()
        except StemBridgeError as error:
            made.say(str(error), "bad")
        self.refresh()

    def _later(self, made: ModelRow, future: Future[Any], done: Callable[[Any], object]) -> None:
        self._adapter.when_done(future, done, lambda sentence: made.say(sentence, "bad"), made)

    def _show_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def _copy_command(self) -> None:
        QApplication.clipboard().setText(self._desk.missing())
