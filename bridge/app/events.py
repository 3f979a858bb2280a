"""What the companion tells a window: frozen values that may cross threads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
    """Where a job stands: a snapshot of `Job`."""

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
            from_window=job.client == WINDOW_CLIENT,
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


Event = CoreReady | CoreFailed | JobChanged | DawChanged
