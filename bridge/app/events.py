"""Events from the companion to a window: frozen values that may cross threads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bridge.doors.midi.status import MidiReport
from bridge.doors.requester import PAD, WINDOW, Requester
from bridge.jobs.job import Job, State


@dataclass(frozen=True, slots=True)
class CoreReady:
    """The companion listens on these ports."""

    osc_port: int
    http_port: int


@dataclass(frozen=True, slots=True)
class CoreFailed:
    """The companion could not start, or has ended; `port_taken` says that another port would help."""

    sentence: str
    port_taken: bool = False


@dataclass(frozen=True, slots=True)
class JobChanged:
    """A snapshot of a `Job`; `from_window` says that no DAW requested it, but this window or a pad."""

    id: str
    state: State
    phase: str
    progress: float
    message: str
    manifests: tuple[str, ...]
    created: float
    from_window: bool
    block: dict[str, Any] = field(hash=False)

    @classmethod
    def of(cls, job: Job) -> JobChanged:
        """Take the snapshot."""
        return cls(
            id=job.id,
            state=job.state,
            phase=job.phase,
            progress=job.progress,
            message=job.message,
            manifests=tuple(job.manifests),
            created=job.created,
            from_window=Requester.of(job) in (WINDOW, PAD),
            block=dict(job.spec.block),
        )


@dataclass(frozen=True, slots=True)
class DawChanged:
    """The session of the DAW in contact last, as it was sent; unknown values are None or empty."""

    daw: str
    version: str
    tempo: float | None
    meter: str
    key: str
    position_beats: float
    playing: bool
    project: str
    project_name: str
    project_fault: str
    contact_s: float = 0.0
    """Time of the last contact, on `time.monotonic`'s clock."""
    meters: str = ""
    """The meter changes from the playhead on, in words; empty where there are none."""


@dataclass(frozen=True, slots=True)
class ModelWork:
    """The progress of the work on a model.

    Attributes:
        name, label: the model, as in the catalogue.
        doing: "downloading", "copying" (from a folder) or "checking".
        rate: bytes a second over the last few seconds, 0 while that is not known.
        state: "running", "done", "failed" or "stopped"; the last three are final.
        message: the sentence for the user at the end.
    """

    name: str
    label: str
    doing: str
    done_bytes: int
    total_bytes: int
    rate: float = 0.0
    state: Literal["running", "done", "failed", "stopped"] = "running"
    message: str = ""

    @property
    def share(self) -> float:
        """The share that is done, 0–1; 0 while the total is unknown."""
        return min(1.0, self.done_bytes / self.total_bytes) if self.total_bytes else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds left at the present rate, None while that is unknown."""
        return max(0, self.total_bytes - self.done_bytes) / self.rate if self.rate > 0 else None

    def at(self, done_bytes: int, rate: float) -> ModelWork:
        """Return the same work with more bytes done."""
        return replace(self, done_bytes=done_bytes, rate=rate)

    def ended(self, state: Literal["done", "failed", "stopped"], message: str) -> ModelWork:
        """Return the same work at its end."""
        return replace(self, state=state, message=message)


AppEvent = CoreReady | CoreFailed | JobChanged | DawChanged | ModelWork | MidiReport
