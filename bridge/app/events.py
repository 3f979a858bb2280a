"""What the companion tells a window: frozen values that may cross threads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bridge.doors.midi.port_names import OWN_CLIENT as MIDI_CLIENT
from bridge.doors.midi.status import MidiReport
from bridge.jobs.job import Job, State

WINDOW_CLIENT = '["window"]'
"""The client name of jobs that the window asked for; no OSC client has it."""


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
    """Where a job stands: a snapshot of `Job`; `from_window`: no DAW asked for it, but this window or a pad."""

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
            from_window=job.client in (WINDOW_CLIENT, MIDI_CLIENT),
            block=dict(job.spec.block),
        )


@dataclass(frozen=True, slots=True)
class DawChanged:
    """What the DAW that was heard last has said of its session; unknown values are None or empty."""

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
    heard_s: float = 0.0
    """When it was last heard, on `time.monotonic`'s clock."""


@dataclass(frozen=True, slots=True)
class ModelWork:
    """How far the work on a model is.

    Attributes:
        name, label: the model, as in the catalogue.
        doing: "downloading", "copying" (from a folder) or "checking".
        rate: bytes a second over the last few seconds, 0 while that is not known.
        state: "running", "done", "failed" or "stopped"; after the last three nothing follows.
        message: the sentence that an end is told with.
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
        """How much of it is done, 0–1; 0 as long as nobody knows how much it is."""
        return min(1.0, self.done_bytes / self.total_bytes) if self.total_bytes else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds left at the present rate, None while that cannot be said."""
        return (self.total_bytes - self.done_bytes) / self.rate if self.rate > 0 else None

    def at(self, done_bytes: int, rate: float) -> ModelWork:
        """Return the same work, further on."""
        return replace(self, done_bytes=done_bytes, rate=rate)

    def ended(self, state: Literal["done", "failed", "stopped"], message: str) -> ModelWork:
        """Return the same work at its end."""
        return replace(self, state=state, message=message)


Event = CoreReady | CoreFailed | JobChanged | DawChanged | ModelWork | MidiReport
