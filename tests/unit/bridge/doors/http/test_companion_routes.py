"""The companion's own routes, asked in memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.doors.http.companion_routes import MAX_JOBS
from bridge.doors.http.door import HttpDoor
from bridge.doors.http.keys.store import KeyStore
from bridge.doors.http.schema import block_schema
from bridge.home.folders import Folders
from bridge.jobs.job import Job, State
from bridge.request.block import SPEC as SPEC_TABLE
from bridge.request.block import defaults
from bridge.request.job_spec import JobSpec
from tests.helpers.door_bench import DoorBench

SPEC = JobSpec("sketch", {**defaults(), "genres": "funk", "seed": 7}, "funk", 16.0)
HOST = "http://127.0.0.1:9125"


class Site(DoorBench):
    """The application on a queue that never runs."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        folders = Folders(folder, folder)
        self.preset_folder = folders.presets
        self.keys = KeyStore(folders.keys)
        self.app = HttpDoor(folders, self.desk, self.queue, self.presets, self.keys, "auto").app

    def close(self) -> None:
        super().close()
        self.keys.close()

    def ask(self, path: str, method: str = "GET", host: str = HOST, **headers: str) -> httpx.Response:
        async def send() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=host) as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(send())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.close()


@pytest.fixture
def add(site: Site) -> Callable[..., None]:
    def add_one(job_id: str, **fields: object) -> None:
        job = Job(id=job_id, spec=SPEC, created=1.0)
        site.store.add(job)
        for name, value in fields.items():
            setattr(job, name, value)
        site.store.save(job)

    return add_one


def test_health_says_what_runs_and_that_it_is_a_sketch(site: Site, add: Callable[..., None]) -> None:
    add("waits")
    add("done", state=State.DONE)
    answer = site.ask("/v1/health")
    told = answer.json()
    assert answer.status_code == 200
    assert (told["status"], told["engine"], told["unfinished_jobs"]) == ("ok", "sketch", 1)
    assert "no neural model" in told["notice"]
    assert told["version"].count(".") == 2


def test_jobs_are_listed_newest_first_with_all_that_is_known(site: Site, add: Callable[..., None]) -> None:
    assert site.ask("/v1/jobs").json() == {"jobs": []}
    add("first", state=State.DONE, manifests=["/p/manifest.json"], stems=4)
    add("second", state=State.FAILED, message="It broke.")
    second, first = site.ask("/v1/jobs").json()["jobs"]
    assert first == {
        "id": "first",
        "state": "done",
        "phase": "writing",
        "progress": 1.0,
        "created": 1.0,
        "start_beat": 16.0,
        "params": json.loads(json.dumps(SPEC.block)),
        "manifests": ["/p/manifest.json"],
        "error": None,
    }
    assert (second["id"], second["state"], second["error"]) == ("second", "failed", "It broke.")


def test_as_many_jobs_as_asked_for(site: Site, add: Callable[..., None]) -> None:
    for number in range(60):
        add(str(number))
    assert [job["id"] for job in site.ask("/v1/jobs?limit=2").json()["jobs"]] == ["59", "58"]
    assert len(site.ask("/v1/jobs").json()["jobs"]) == 50
    assert len(site.ask(f"/v1/jobs?limit={MAX_JOBS}").json()["jobs"]) == 60


@pytest.mark.parametrize(
    "limit",
    ["0", "-1", "1001", "x", "", "1.5", "1e2", "²", "٣", "0" * 9 + "5", "00000000155555", "9" * 5000, "%00"],
)
def test_a_wrong_limit_is_named(site: Site, limit: str) -> None:
    answer = site.ask(f"/v1/jobs?limit={limit}")
    assert answer.status_code == 400
    assert "limit must be 1–1000" in answer.json()["error"]


@settings(max_examples=50, deadline=None)
@given(limit=st.text(max_size=12))
def test_any_limit_is_either_taken_or_named(tmp_path_factory: pytest.TempPathFactory, limit: str) -> None:
    site = Site(tmp_path_factory.mktemp("site"))
    answer = site.ask(str(httpx.URL("/v1/jobs", params={"limit": limit.encode(errors="replace").decode()})))
    site.store.close()
    assert answer.status_code in (200, 400)
    assert ("error" in answer.json()) == (answer.status_code == 400)


def test_presets_with_the_users_and_what_is_wrong_with_them(site: Site) -> None:
    site.preset_folder.mkdir()
    (site.preset_folder / "Mine.json").write_text('{"genres": "polka", "cfg": 3}')
    (site.preset_folder / "Broken.json").write_text("{")
    told = site.ask("/v1/presets").json()
    by_name = {preset["name"]: preset for preset in told["presets"]}
    assert by_name["Mine"]["block"] == {"genres": "polka", "cfg": 3.0}
    assert by_name["Full-Length Demo"]["block"]["seed"] == 123_456
    (problem,) = told["problems"]
    assert "Broken.json" in problem


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/v1/nothing", 404),
        ("GET", "/v1/jobs/../../etc/passwd", 404),
        ("POST", "/v1/health", 405),
        ("DELETE", "/v1/jobs", 405),
        ("PUT", "/v1/presets", 405),
    ],
)
def test_what_is_not_there_is_an_error_in_json(site: Site, method: str, path: str, status: int) -> None:
    answer = site.ask(path, method)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    assert answer.json()["error"].endswith(".")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("http://127.0.0.1", 200),
        ("http://localhost:9125", 200),
        ("http://evil.example", 403),
        ("http://127.0.0.1.evil.example", 403),
        ("http://localhost.evil.example:9125", 403),
    ],
)
def test_a_name_of_somebody_elses_is_not_answered(site: Site, host: str, status: int) -> None:
    assert site.ask("/v1/health", host=host).status_code == status


def test_no_other_origin_may_read_the_answers(site: Site) -> None:
    answer = site.ask("/v1/health", Origin="http://evil.example")
    assert "access-control-allow-origin" not in answer.headers


def test_a_queue_that_cannot_be_read_is_told(site: Site) -> None:
    site.store.close()
    answer = site.ask("/v1/jobs")
    assert answer.status_code == 500
    assert "queue" in answer.json()["error"]
    assert site.ask("/v1/health").status_code == 500
    assert site.ask("/v1/presets").status_code == 200


def test_the_schema_knows_every_kind_of_parameter() -> None:
    assert set(block_schema()["properties"]) >= set(SPEC_TABLE)  # type: ignore[arg-type]
