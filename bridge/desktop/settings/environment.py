"""The page of the engine environment: state, device, install with progress, cancel, repair, remove."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QComboBox, QDialog, QProgressBar, QVBoxLayout, QWidget

from bridge.app.environment import EnvironmentDesk
from bridge.desktop.controls.widgets import button, label, row
from bridge.desktop.post import post
from bridge.upkeep.engine_env.choice import AUTO, DISK_GB, DOWNLOAD_GB, OTHERS_GB
from bridge.upkeep.engine_env.progress import InstallStep
from bridge.upkeep.engine_env.state import EnvironmentState
from engine.errors import Cancelled, StemBridgeError

WIDTH_PX = 600
FULL = 1000
DEVICE_NAMES = {
    AUTO: "What fits this machine",
    "cuda": "NVIDIA graphics card (CUDA)",
    "rocm": "AMD graphics card (ROCm)",
    "mps": "Apple graphics (MPS)",
    "cpu": "The processor alone",
}


class EnvironmentPage(QDialog):
    """The page; `changed` is emitted after an install or removal. An install goes on when the page is closed."""

    changed = Signal()

    def __init__(self, desk: EnvironmentDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Engine environment")
        self.setMinimumWidth(WIDTH_PX)
        self._desk, self._relay = desk, _Relay()
        self._relay.step.connect(self._show_step, Qt.ConnectionType.QueuedConnection)
        self._relay.ended.connect(self._end, Qt.ConnectionType.QueuedConnection)
        self.state: EnvironmentState | None = None
        self.headline, self.detail = label("", "title", wrap=True), label("", "dim", wrap=True)
        self.place = label("", "faint", wrap=True)
        self.device = QComboBox()
        self.device.setAccessibleName("Device")
        for device in desk.devices():
            self.device.addItem(DEVICE_NAMES[device], device)
        self.device.currentIndexChanged.connect(lambda _: self._set_busy(self._desk.is_busy))
        self.bar, self.words = QProgressBar(), label("", "dim", wrap=True)
        self.bar.setRange(0, FULL)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.install = button("Install", lambda: self._make(thorough=False))
        self.repair = button(
            "Repair", lambda: self._make(thorough=True), tip="Reads every file and mends what is not right"
        )
        self.cancel = button("Cancel", self._cancel, tip="What has arrived is kept")
        self.remove = button("Remove", self._remove)
        self.install.setObjectName("primary")
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 16)
        box.setSpacing(10)
        box.addWidget(label("Engine environment", "hero"))
        box.addWidget(
            label(
                "Neural models need torch and its libraries. They are kept in an environment of their own, in the "
                "build that fits this machine's graphics. The sketch engine needs none of it.",
                "dim",
                wrap=True,
            )
        )
        box.addWidget(self.headline)
        box.addWidget(self.detail)
        box.addLayout(row(label("Device"), self.device, None, spacing=12))
        box.addWidget(self.bar)
        box.addWidget(self.words)
        box.addWidget(self.place)
        buttons = (self.install, self.repair, self.cancel, self.remove)
        box.addLayout(row(*buttons, None, button("Close", self.close), spacing=8))

    def refresh(self) -> None:
        """Check the state of the environment, in the background."""
        self.headline.setText("Looking…")
        self._set_busy(self._desk.is_busy)
        self._follow("look", self._desk.look())

    @property
    def _device(self) -> str:
        return str(self.device.currentData())

    def _say(self, words: str) -> None:
        self.words.setText(words)
        self.words.setVisible(bool(words))

    def _make(self, thorough: bool) -> None:
        self._set_busy(True)
        self._say("")
        self._follow("make", self._desk.make(self._device, thorough, self._relay.step.emit))

    def _cancel(self) -> None:
        self._say("Stopping…")
        self.cancel.setEnabled(False)
        self._desk.cancel()

    def _remove(self) -> None:
        self._set_busy(True)
        self.cancel.setEnabled(False)
        self._follow("remove", self._desk.remove())

    def _follow(self, what: str, future: Future[Any]) -> None:
        future.add_done_callback(lambda finished: post(self._relay.ended.emit, what, finished))

    @Slot(object)
    def _show_step(self, step: InstallStep) -> None:
        self.bar.setValue(round(step.share * FULL))
        self._say(f"{step.share:.0%}   {step.words}")

    @Slot(str, object)
    def _end(self, what: str, finished: Future[Any]) -> None:
        error = finished.exception()
        if what == "look":
            if error is None:
                self._show(finished.result())
            else:
                self.headline.setText(_sentence(error))
            return
        self._set_busy(False)
        self.refresh()
        if isinstance(error, Cancelled):
            self._say("Stopped; what has arrived is kept, installing goes on from there.")
        elif error is not None:
            self._say(_sentence(error))
        elif what == "remove":
            self._say(f"{finished.result() / 1e9:.2f} GB are free again. Models are kept.")
        self.changed.emit()

    def _show(self, state: EnvironmentState) -> None:
        self.state = state
        self.headline.setText(state.sentence)
        self.detail.setText(state.record.reason if state.record else _plan_text(state))
        held = f"{state.size_bytes / 1e9:.2f} GB in " if state.size_bytes else ""
        self.place.setText(f"{held}{self._desk.place.root}")
        if state.record and not self._desk.is_busy:
            self.device.setCurrentIndex(max(0, self.device.findData(state.record.asked)))
        self._set_busy(self._desk.is_busy)

    def _set_busy(self, busy: bool) -> None:
        """Show the actions that are possible now."""
        kind = self.state.kind if self.state else "absent"
        self.bar.setVisible(busy)
        self.cancel.setVisible(busy)
        self.cancel.setEnabled(busy)
        self.device.setEnabled(not busy)
        is_other = (
            self.state is not None and self.state.record is not None and self._device != self.state.record.asked
        )
        self.install.setVisible(not busy and (kind in ("absent", "begun") or is_other))
        self.install.setText({"absent": "Install", "begun": "Go on installing"}.get(kind, "Make it for this device"))
        self.install.setEnabled(bool(self.state and self.state.wanted_device))
        self.repair.setVisible(not busy and kind not in ("absent", "begun"))
        self.remove.setVisible(not busy and kind != "absent")

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt's name)
        """Close the page; an install goes on."""
        self._say("")
        super().closeEvent(event)


class _Relay(QObject):
    """Signals that pass reports of other threads to the GUI thread."""

    step = Signal(object)
    ended = Signal(str, object)


def _plan_text(state: EnvironmentState) -> str:
    if state.wanted_device is None:
        return state.wanted_reason
    device = state.wanted_device
    fetched_gb = DOWNLOAD_GB[device] + OTHERS_GB
    room = f"About {fetched_gb:.1f} GB to fetch, {DISK_GB[device]:.0f} GB of room to begin with."
    return f"It would be made for {device}: {state.wanted_reason}. {room}"


def _sentence(error: BaseException) -> str:
    if isinstance(error, StemBridgeError):
        return str(error)
    return f"That did not work ({type(error).__name__}: {error})."
