"""What a job is, and what is told of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from bridge.request.job_spec import JobSpec
from engine.contract import Phase


class State(StrEnum):
    """Where a job stands. The last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """True if nothing more will happen."""
        return self in (State.DONE, State.FAILED, State.CANCELLED)


@dataclass(slots=True)
class Job:
    """One job.

    Attributes:
        id: short and unique.
        spec: what to make.
        client: who asked, as its trigger's face wrote it (it alone reads it).
        staging: folders that exist only while it is written; deleted when it ends badly.
        manifests: paths of the finished takes, one per variation.
        stems: number of stems of the first take.
        finished: when it ended, seconds since 1970; None before.
        message: why it failed.
        engine_died: True if it failed because the engine's process did (not stored).
        progress: 0–1 over the whole job (not stored).
        phase: what it is doing (not stored).
    """

    id: str
    spec: JobSpec
    client: str = ""
    state: State = State.QUEUED
    created: float = 0.0
    finished: float | None = None
    staging: list[str] = field(default_factory=list)
    manifests: list[str] = field(default_factory=list)
    stems: int = 0
    message: str = ""
    engine_died: bool = False
    progress: float = 0.0
    phase: Phase = "queued"


Listener = Callable[[Job], None]
"""Called on the event loop's thread each time something about a job has changed."""


def new_job_id() -> str:
    """Return a new id: 8 hexadecimal digits, easily read out and typed."""
    return secrets.token_hex(4)
