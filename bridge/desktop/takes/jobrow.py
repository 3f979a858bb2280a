"""The row of an unfinished job: title, phase, time left; cancel it, move it in the queue, or retry a failed one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QProgressBar, QVBoxLayout

from bridge.app.eta import Eta, spoken
from bridge.app.events import JobChanged
from bridge.desktop.controls.widgets import button, label, row, tool
from bridge.jobs.job import State

PHASES = {
    "queued": "Waiting",
    "loading": "Loading the engine",
    "generating": "Making the music",
    "separating": "Splitting stems",
    "aligning": "Aligning to the grid",
    "writing": "Writing files",
}


class JobRow(QFrame):
    """One job.

    Signals:
        requested(str): "cancel", "up", "down", "again" or "dismiss".
    """

    requested = Signal(str)

    def __init__(self, job: JobChanged) -> None:
        super().__init__()
        self.setObjectName("card")
        self._eta = Eta()
        self.title = label("", "title")
        self.phase = label("", "dim", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName("Progress")
        self.up = tool("up", "Earlier", lambda: self.requested.emit("up"))
        self.down = tool("down", "Later", lambda: self.requested.emit("down"))
        self.cancel = button("Cancel", lambda: self.requested.emit("cancel"), "Cancel this job")
        self.again = button("Try again", lambda: self.requested.emit("again"))
        self.dismiss = tool("close", "Dismiss", lambda: self.requested.emit("dismiss"))
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 10, 14, 10)
        box.setSpacing(6)
        box.addLayout(row(self.title, None, self.up, self.down, self.again, self.cancel, self.dismiss))
        box.addWidget(self.bar)
        box.addWidget(self.phase)
        self.refresh(job)

    def refresh(self, job: JobChanged) -> None:
        """Show the state of the job."""
        self.job = job
        block = job.block
        name = str(block.get("genres") or "Music from the tempo and key")
        self.title.setText(name if len(name) <= 56 else name[:55] + "…")
        self.setAccessibleName(f"Job {name}")
        failed = job.state is State.FAILED
        waits = job.state is State.QUEUED
        self.bar.setValue(round(job.progress * 1000))
        self.bar.setVisible(not failed and not waits)
        for widget in (self.up, self.down):
            widget.setVisible(waits)
        self.cancel.setVisible(not job.state.is_final)
        self.again.setVisible(failed)
        self.dismiss.setVisible(failed)
        self.phase.setProperty("role", "bad" if failed else "dim")
        self.phase.style().polish(self.phase)
        self.phase.setText(job.message if failed else self._status_text(job))

    def _status_text(self, job: JobChanged) -> str:
        parts = [PHASES.get(job.phase, job.phase) if job.state is not State.QUEUED else "Waiting"]
        if job.state is State.RUNNING:
            parts.append(f"{job.progress * 100:.0f} %")
            left_s = self._eta.left_s(job.progress)
            if left_s is not None:
                parts.append(f"about {spoken(left_s)} left")
        return "   ".join(parts)
