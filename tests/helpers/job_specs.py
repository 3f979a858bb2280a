"""Complete job specs and jobs for tests."""

from __future__ import annotations

from bridge.jobs.job import Job, State
from bridge.request.block import defaults
from bridge.request.job_spec import JobSpec


def make_spec(**block: object) -> JobSpec:
    """Return a spec for eight bars of funk; keywords replace keys of its block."""
    complete = {
        **defaults(),
        "genres": "funk",
        "tempo": 97.6,
        "time_signature": "4/4",
        "key": "E minor",
        "bars": 8.0,
        "seed": 7,
        "engine": "sketch",
        "model": "sketch-1",
        **block,
    }
    return JobSpec(engine="sketch", block=complete, prompt="funk, 97.6 BPM", start_beat=16.0)


def make_job(job_id: str = "ab12cd34", client: str = "daw", **fields: object) -> Job:
    """Return a queued job; keywords replace fields."""
    values = {"spec": make_spec(), "created": 1_795_000_000.0, "state": State.QUEUED, **fields}
    return Job(id=job_id, client=client, **values)  # type: ignore[arg-type]
