"""The data type of a job, and its state."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from bridge.request.job_spec import JobSpec
from engine.contract import Phase


class State(StrEnum):
    """State of a job; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """True if the state will not change any more."""
        return self in (State.DONE, State.FAILED, State.CANCELLED)


@dataclass(slots=True)
class Job:
    """One job.

    Attributes:
        id: short and unique.
        spec: the request.
        client: the requester, as text of the door that submitted the job; only that door reads it.
        state: queued, running, done, failed or cancelled.
        created: time of submission, seconds since 1970.
        finished: time of its end, seconds since 1970; None before.
        staging: folders that exist only while it is written; deleted when it fails or is cancelled.
        manifests: paths of the finished takes' manifests, one per variation.
        stems: number of stems of the first take.
        message: reason of a failure, as a sentence for the user.
        engine_died: True if it failed because the engine's process ended (not stored).
        progress: 0–1 over the whole job (not stored).
        phase: current phase (not stored).
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
"""Callback for every change of a job; called on the event loop's thread."""


def new_job_id() -> str:
    """Return a new random id: 8 hexadecimal digits, easy to read out and type."""
    return secrets.token_hex(4)
