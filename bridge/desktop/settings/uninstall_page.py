"""The uninstall page: lists what is removed from the user's account, what is optional, and what stays."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QVBoxLayout, QWidget

from bridge.app.background import in_thread
from bridge.desktop.adapter import Adapter
from bridge.desktop.controls.widgets import button, label, row
from bridge.home.folders import Folders
from bridge.upkeep.uninstall.belongings import ENGINE, MODELS, SETTINGS
from bridge.upkeep.uninstall.uninstall import UninstallOutcome, UninstallPlan, carry_out, make_plan

WORDS = {MODELS: "Neural models", SETTINGS: "Settings, presets, styles and maps"}
"""Group of files that is removed only if its box is ticked → its name for users."""


class UninstallPage(QDialog):
    """The page; `gone` is emitted after the removal: the program has to exit without writing any file."""

    gone = Signal()

    def __init__(self, adapter: Adapter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Remove Stem Bridge")
        self.setMinimumWidth(560)
        self._adapter, self._folders = adapter, adapter.handle.options.folders
        self._plan: UninstallPlan | None = None
        self.boxes: dict[str, QCheckBox] = {}
        self._box = box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.setSpacing(10)
        box.addWidget(label("Remove Stem Bridge", "hero"))
        self.goes = label("Looking what there is…", wrap=True)
        box.addWidget(self.goes)
        self._choices = QVBoxLayout()
        box.addLayout(self._choices)
        self.stays = label(_staying(self._folders), "dim", wrap=True)
        box.addWidget(self.stays)
        self.fault = label("", wrap=True)
        self.fault.hide()
        box.addWidget(self.fault)
        self.remove = button("Remove", self._remove)
        self.remove.setEnabled(False)
        self.cancel = button("Cancel", self.reject)
        self.cancel.setDefault(True)
        box.addSpacing(8)
        box.addLayout(row(None, self.cancel, self.remove))
        adapter.when_done(in_thread(partial(make_plan, self._folders)), self._show, owner=self)

    def _show(self, plan: UninstallPlan) -> None:
        self._plan = plan
        lines = [f"the scripts in {one.daw.label}: {one.status.folder}" for one in plan.scripts]
        lines += ["what starts it with the computer"] if plan.autostart is not None else []
        engine = plan.belongings[ENGINE]
        lines += [f"the engine environment{_size(engine.size_bytes)}"] if engine.paths else []
        lines += ["the list of jobs, keys, and whatever else the companion keeps"]
        self.goes.setText("\n".join(["From this computer go:", *(f"–  {line}" for line in lines)]))
        for group, words in WORDS.items():
            there = plan.belongings[group]
            if there.paths:
                self.boxes[group] = tick = QCheckBox(f"{words} too{_size(there.size_bytes)}")
                tick.setAccessibleName(tick.text())
                self._choices.addWidget(tick)
        self.remove.setEnabled(True)
        self._fit()

    def _remove(self) -> None:
        assert self._plan is not None
        kept = [group for group in WORDS if group not in self.boxes or not self.boxes[group].isChecked()]
        plan, groups, handle = self._plan, self._plan.groups(kept), self._adapter.handle
        for widget in (self.remove, self.cancel, *self.boxes.values()):
            widget.setEnabled(False)
        self.fault.setText("Removing…")
        self._fit()

        def work() -> UninstallOutcome:
            handle.stop()
            return carry_out(plan, groups)

        self._adapter.when_done(in_thread(work), self._removed, self._failed, self)

    def _removed(self, outcome: UninstallOutcome) -> None:
        stays = [kept["path"] for kept in outcome.kept]
        self.goes.setText("Stem Bridge's files are gone. What is left is the program itself.")
        self.stays.setText("\n".join([*outcome.faults, *(f"Stays: {one}" for one in stays)]))
        self.fault.setText("")
        for tick in self.boxes.values():
            tick.hide()
        self.remove.setText("Quit")
        self.remove.setAccessibleName("Quit")
        self.remove.clicked.disconnect()
        self.remove.clicked.connect(self.gone.emit)
        self.remove.setEnabled(True)
        self.cancel.hide()
        self.rejected.connect(self.gone.emit)
        self._fit()

    def _failed(self, sentence: str) -> None:
        """Show the error and restart the companion."""
        self.fault.setText(sentence)
        for widget in (self.remove, self.cancel, *self.boxes.values()):
            widget.setEnabled(True)
        self._fit()
        self._adapter.handle.start()

    def _fit(self) -> None:
        """Fit the page's height to its texts, after new labels have got their fonts."""
        self.fault.setVisible(bool(self.fault.text()))
        QTimer.singleShot(0, self, self._grow)

    def _grow(self) -> None:
        self._box.activate()
        wanted = max(self._box.totalHeightForWidth(self.width()), self._box.totalSizeHint().height())
        self.resize(self.width(), wanted)


def _staying(folders: Folders) -> str:
    return f"Every take stays: those in your projects, and those in {Path(folders.takes)}."


def _size(size_bytes: int) -> str:
    """Return a size in brackets; below 100 kB an empty text."""
    if size_bytes < 1e5:
        return ""
    return f" ({size_bytes / 1e9:.1f} GB)" if size_bytes >= 1e8 else f" ({size_bytes / 1e6:.1f} MB)"
