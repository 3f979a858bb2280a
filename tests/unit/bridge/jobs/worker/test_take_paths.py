from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.jobs.worker.take_paths import TakePaths
from bridge.request.block import defaults
from bridge.request.job_spec import JobSpec

ASKED_S = 1_795_000_000.0
SPEC = JobSpec("sketch", {**defaults(), "genres": "Funk / Soul"}, "funk", 0.0)
OWN = Path("/home/me/takes")


def plan(spec: JobSpec = SPEC, **changes: object) -> TakePaths:
    return TakePaths.of("ab12cd34", ASKED_S, dataclasses.replace(spec, **changes), OWN)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "folder", "into"),
    [
        ({}, "/home/me/takes/StemBridge", False),
        ({"project": "/song"}, "/song/StemBridge", False),
        ({"project": "/song", "daw": "Ableton Live 12"}, "/song/Samples/Imported/StemBridge", False),
        ({"project": "/song", "into": "/out"}, "/out", True),
    ],
)
def test_where_takes_go(changes: dict[str, object], folder: str, into: bool) -> None:
    planned = plan(**changes)
    assert (Path(planned.folder), planned.into_folder) == (Path(folder), into)


def test_a_single_take_has_the_jobs_own_id_and_its_words() -> None:
    planned = plan()
    assert planned.take_ids == ["ab12cd34"]
    (name,) = planned.folder_names
    assert "ab12cd34" in name
    assert "funk" in name.lower()
    assert "/" not in name


def test_variations_are_numbered() -> None:
    planned = plan(SPEC.with_block({"variations": 3}))
    assert planned.take_ids == ["ab12cd34-1", "ab12cd34-2", "ab12cd34-3"]
    assert len(set(planned.folder_names)) == 3


def test_every_staging_folder_is_hidden_beside_its_take() -> None:
    planned = plan(SPEC.with_block({"variations": 2}), project="/song")
    assert planned.staging == [Path("/song/StemBridge") / f".{name}.part" for name in planned.folder_names]


def test_the_time_has_a_zone_and_is_that_of_the_asking() -> None:
    created = datetime.fromisoformat(plan().created)
    assert created.tzinfo is not None
    assert created.timestamp() == ASKED_S


@given(st.text(max_size=50), st.integers(1, 8), st.sampled_from([None, "/söng ♭", "/s"]), st.booleans())
def test_a_plan_survives_its_journey(genres: str, variations: int, project: str | None, into: bool) -> None:
    spec = SPEC.with_block({"genres": genres, "variations": variations})
    planned = plan(spec, project=project, into="/out" if into else None)
    line = planned.to_json()
    assert "\n" not in line
    assert TakePaths.from_json(line) == planned
    assert len(planned.staging) == variations
