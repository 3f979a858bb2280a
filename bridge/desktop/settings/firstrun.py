"""The first-run page: DAW scripts, model, project folder, sound; each of them, and the whole page, can be skipped."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from bridge.app import daws
from bridge.app.background import in_thread
from bridge.app.daws import DawSetup
from bridge.app.player.output import devices
from bridge.desktop.adapter import Adapter
from bridge.desktop.controls.widgets import button, label, restyle, row, scrolled
from bridge.settings import SettingsFile
from engine.errors import StemBridgeError
from engine.registry import ACE_STEP, choose

DEFAULT_DEVICE = "System default"
SIZE_PX = (660, 600)


class FirstRun(QDialog):
    """The page.

    Signals:
        folder_requested(), models_requested(): open the folder picker, the models page. daws_changed(): a script was
        installed. setting_changed(str): the setting with this key was changed.
    """

    folder_requested = Signal()
    models_requested = Signal()
    daws_changed = Signal()
    setting_changed = Signal(str)

    def __init__(
        self, adapter: Adapter, settings: SettingsFile, address: str, project: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("First steps")
        self.resize(*SIZE_PX)
        self._adapter, self._settings, self.address = adapter, settings, address
        body = QWidget()
        body.setObjectName("ground")
        self._box = QVBoxLayout(body)
        self._box.setContentsMargins(0, 0, 14, 0)
        self._box.setSpacing(8)
        self._add_daws()
        self._add_model()
        self._add_project(project)
        self._add_sound()
        self._box.addStretch(1)
        start = button("Start", self.accept)
        start.setProperty("role", "go")
        start.setDefault(True)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(28, 24, 14, 20)
        outer.setSpacing(8)
        outer.addWidget(label("Stems on your grid, in your project", "hero"))
        outer.addWidget(label("Nothing below is needed to begin, and all of it can be done later.", "dim"))
        outer.addWidget(scrolled(body), 1)
        outer.addLayout(row(None, button("Skip all", self.reject), start, spacing=8, margins=(0, 0, 14, 0)))

    def _add_daws(self) -> None:
        self._heading("Your DAW")
        self.daw_rows: dict[str, tuple[QLabel, QPushButton]] = {}
        self._daw_box = QVBoxLayout()
        self._daw_box.setSpacing(6)
        self._box.addLayout(self._daw_box)
        words = (
            f"Any other program: let it send OSC to {self.address} (UDP or TCP), beginning with /stembridge/hello."
        )
        copy = button("Copy address", lambda: QApplication.clipboard().setText(self.address))
        self._line(label(words, "dim", wrap=True), copy)
        self._adapter.when_done(daws.look(), self._show_daws, owner=self)

    def _show_daws(self, found: list[DawSetup]) -> None:
        for daw in found:
            self._show_daw(daw)

    def _show_daw(self, daw: DawSetup) -> None:
        name = daw.status.daw
        if name not in self.daw_rows:
            words = label("", "dim", wrap=True)
            install = button("", lambda: self.install(name))
            self.daw_rows[name] = (words, install)
            line = row(words, install, spacing=12)
            line.setStretch(0, 1)
            self._daw_box.addLayout(line)
        words, install = self.daw_rows[name]
        notes = f" {' '.join(daw.status.notes)}" if daw.status.is_current else ""
        words.setText(f"{daw.label}: {daw.words}.{notes}")
        install.setText(daw.next_step)
        install.setAccessibleName(f"{daw.next_step}: {daw.label}")
        install.setVisible(bool(daw.next_step))

    def install(self, name: str) -> None:
        """Install the script of a DAW; the DAW's line shows the result."""
        words, pressed = self.daw_rows[name]
        pressed.setEnabled(False)

        def done(daw: DawSetup) -> None:
            pressed.setEnabled(True)
            restyle(words, role="good")
            self._show_daw(daw)
            self.daws_changed.emit()

        def failed(sentence: str) -> None:
            pressed.setEnabled(True)
            words.setText(sentence)
            restyle(words, role="warn")

        self._adapter.when_done(daws.install(name), done, failed, self)

    def _add_model(self) -> None:
        self._heading("Engine and model")
        self.model = label("", "dim", wrap=True)
        self._line(self.model, button("Models…", self.models_requested.emit))
        self.refresh_model()

    def refresh_model(self) -> None:
        """Show the engine that runs requests now."""
        folder = self._adapter.handle.models.folder
        try:
            neural = choose("auto", folder).name == ACE_STEP
        except StemBridgeError as error:
            self.model.setText(str(error))
            return
        self.model.setText(
            "ACE-Step 1.5 is installed and makes the music."
            if neural
            else "The built-in sketch engine is ready: it composes by rules. For a neural model, and voices, get one."
        )

    def _add_project(self, project: str) -> None:
        self._heading("Project folder")
        words = "A connected DAW names its own. Without one, takes go to "
        self.project = label(words + (project or "Stem Bridge’s own folder") + ".", "dim", wrap=True)
        self._line(self.project, button("Choose folder…", self.folder_requested.emit))

    def _add_sound(self) -> None:
        self._heading("Sound")
        self.device = QComboBox()
        self.device.setAccessibleName("Sound device")
        self.device.addItem(DEFAULT_DEVICE, "")
        self.sound = label("Looking for sound devices…", "dim", wrap=True)
        self.test = button("Play a tone", self.play_tone)
        self._line(self.sound, self.device, self.test)
        self._adapter.when_done(in_thread(devices), self._show_devices, owner=self)

    def _show_devices(self, names: list[str]) -> None:
        for name in names:
            self.device.addItem(name, name)
        self.device.setCurrentIndex(max(0, self.device.findData(self._settings.text("output_device"))))
        self.device.currentIndexChanged.connect(lambda _: self._choose_device())
        few = f"{len(names)} output{'s' if len(names) != 1 else ''} found."
        self.sound.setText(few if names else "No sound device was found; takes play silently until there is one.")
        for widget in (self.device, self.test):
            widget.setEnabled(bool(names))

    def _choose_device(self) -> None:
        try:
            self._settings.set("output_device", self.device.currentData())
        except StemBridgeError as error:
            self.sound.setText(str(error))
        self.setting_changed.emit("output_device")

    def play_tone(self) -> None:
        """Play a short tone on the chosen device."""
        from bridge.app.player.tone import play_tone

        device = str(self.device.currentData())
        played = in_thread(lambda: play_tone(device))
        self._adapter.when_done(played, lambda _: self.sound.setText("A tone was played."), self.sound.setText, self)

    def _heading(self, text: str) -> None:
        self._box.addSpacing(8)
        self._box.addWidget(label(text, "title"))

    def _line(self, words: QLabel, *widgets: QWidget) -> None:
        line = row(words, *widgets, spacing=12)
        line.setStretch(0, 1)
        self._box.addLayout(line)
