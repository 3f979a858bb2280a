"""States and ids of jobs."""

from __future__ import annotations

import re

import pytest

from bridge.jobs.job import State, new_job_id
from tests.helpers.job_specs import make_job


@pytest.mark.parametrize(
    ("state", "is_final"),
    [
        (State.QUEUED, False),
        (State.RUNNING, False),
        (State.DONE, True),
        (State.FAILED, True),
        (State.CANCELLED, True),
    ],
)
def test_a_job_that_has_ended_stays_so(state: State, is_final: bool) -> None:
    assert state.is_final is is_final


def test_states_are_stored_as_these_words() -> None:
    assert [str(state) for state in State] == ["queued", "running", "done", "failed", "cancelled"]
    assert f"{State.DONE}" == "done"
    assert State("failed") is State.FAILED


def test_ids_are_short_and_differ() -> None:
    ids = {new_job_id() for _ in range(200)}
    assert len(ids) == 200
    assert all(re.fullmatch("[0-9a-f]{8}", job_id) for job_id in ids)


def test_a_new_job_waits_and_shares_nothing() -> None:
    one, other = make_job(), make_job()
    assert (one.state, one.phase, one.progress, one.finished) == (State.QUEUED, "queued", 0.0, None)
    one.staging.append("/p/.a.part")
    one.manifests.append("/p/manifest.json")
    assert (other.staging, other.manifests) == ([], [])
