"""The companion's own routes, asked in memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.doors.http.audio import AudioStore
from bridge.doors.http.companion_routes import MAX_JOBS, CompanionRoutes, describe, whole_number
from bridge.doors.http.service import HostedService
from bridge.doors.requester import Requester
from bridge.jobs.job import Job, State
from bridge.jobs.watch import Watch
from bridge.request.block import SPEC as KEYS
from bridge.request.block import defaults
from bridge.request.job_spec import JobSpec
from tests.helpers.http_site import LOCAL, HttpSite

SPEC = JobSpec("sketch", {**defaults(), "genres": "funk", "seed": 7}, "funk", 16.0)


@pytest.fixture
def add(site: HttpSite) -> Callable[..., Job]:
    return lambda job_id, **fields: site.add(job_id, spec=SPEC, **fields)


def test_health_says_what_runs_and_that_it_is_a_sketch(site: HttpSite, add: Callable[..., Job]) -> None:
    add("waits")
    add("done", state=State.DONE)
    answer = site.ask("/v1/health")
    body = answer.json()
    assert answer.status_code == 200
    assert (body["status"], body["engine"], body["unfinished_jobs"]) == ("ok", "sketch", 1)
    assert "no neural model" in body["notice"]
    assert body["version"].count(".") == 2


def test_jobs_are_listed_newest_first_with_all_that_is_known(site: HttpSite, add: Callable[..., Job]) -> None:
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
        "origin": SPEC.origin,
        "manifests": ["/p/manifest.json"],
        "error": None,
    }
    assert (second["id"], second["state"], second["error"]) == ("second", "failed", "It broke.")


def test_as_many_jobs_as_asked_for(site: HttpSite, add: Callable[..., Job]) -> None:
    for number in range(60):
        add(str(number))
    assert [job["id"] for job in site.ask("/v1/jobs?limit=2").json()["jobs"]] == ["59", "58"]
    assert len(site.ask("/v1/jobs").json()["jobs"]) == 50
    assert len(site.ask(f"/v1/jobs?limit={MAX_JOBS}").json()["jobs"]) == 60


@pytest.mark.parametrize(
    "limit",
    ["0", "-1", "1001", "x", "", "1.5", "1e2", "²", "٣", "0" * 9 + "5", "00000000155555", "9" * 5000, "%00"],
)
def test_a_wrong_limit_is_named(site: HttpSite, limit: str) -> None:
    answer = site.ask(f"/v1/jobs?limit={limit}")
    assert answer.status_code == 400
    assert "limit must be 1–1000" in answer.json()["error"]


@settings(max_examples=50, deadline=None)
@given(limit=st.text(max_size=12))
def test_any_limit_is_either_taken_or_named(tmp_path_factory: pytest.TempPathFactory, limit: str) -> None:
    site = HttpSite(tmp_path_factory.mktemp("site"))
    answer = site.ask(str(httpx.URL("/v1/jobs", params={"limit": limit.encode(errors="replace").decode()})))
    site.close()
    assert answer.status_code in (200, 400)
    assert ("error" in answer.json()) == (answer.status_code == 400)


def test_presets_with_the_users_and_what_is_wrong_with_them(site: HttpSite) -> None:
    site.folders.presets.mkdir()
    (site.folders.presets / "Mine.json").write_text('{"genres": "polka", "cfg": 3}')
    (site.folders.presets / "Broken.json").write_text("{")
    body = site.ask("/v1/presets").json()
    by_name = {preset["name"]: preset for preset in body["presets"]}
    assert by_name["Mine"]["block"] == {"genres": "polka", "cfg": 3.0}
    assert by_name["Full-Length Demo"]["block"]["seed"] == 123_456
    (problem,) = body["problems"]
    assert "Broken.json" in problem


def test_the_engines_say_what_they_make_of_every_key(site: HttpSite) -> None:
    sketch, neural = site.ask("/v1/engines").json()["engines"]
    assert (sketch["name"], sketch["ready"], neural["name"]) == ("sketch", True, "ace-step")
    assert set(sketch["capabilities"]) == set(neural["capabilities"]) == set(KEYS)
    assert neural["capabilities"]["chords"]["support"] == "ignored"
    (turbo,) = (model for model in neural["models"] if model["name"] == "ace-step-2b-turbo")
    assert turbo["capabilities"]["steps"] == {"support": "within", "within": "1–20"}


def test_a_key_sees_its_own_jobs_alone(site: HttpSite) -> None:
    key, header = site.key()
    own = Requester.http(key.id).to_text()
    for job_id, client in (("mine", own), ("other", Requester.http("k2").to_text()), ("daw", "daw")):
        site.add(job_id, client)
    assert [job["id"] for job in site.ask("/v1/jobs", **header).json()["jobs"]] == ["mine"]
    assert len(site.ask("/v1/jobs").json()["jobs"]) == 3
    assert site.ask("/v1/jobs/other/regenerate", "POST", **header).status_code == 404
    assert site.ask("/v1/jobs/daw/events", **header).json() == {"error": "There is no job 'daw'."}


def test_events_of_a_job_that_has_ended_are_its_last_state(site: HttpSite) -> None:
    site.add("gone", LOCAL, state=State.FAILED, message="It broke.")
    answer = site.ask("/v1/jobs/gone/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    event, data, *rest = answer.text.split("\n")
    assert (event, rest) == ("event: failed", ["", ""])
    assert json.loads(data.removeprefix("data: ")) == describe(site.job("gone"))
    assert site.ask("/v1/jobs/none/events").status_code == 404


def test_events_follow_a_job_to_its_end(site: HttpSite, tmp_path: Path) -> None:
    job = site.add("runs", LOCAL, state=State.RUNNING)
    audio = AudioStore(tmp_path)
    service = HostedService(site.desk, site.queue, site.keys, audio, tmp_path, "auto", lambda: 0.0)
    routes = CompanionRoutes(service, site.queue, site.presets, Watch(site.queue), tmp_path)

    async def follow() -> list[str]:
        events = routes._stream(job.id)
        received = [await anext(events)]
        job.progress = 0.5
        site.queue._notify(job)
        received.append(await anext(events))
        job.state = State.DONE
        site.queue._notify(job)
        return [*received, *[event async for event in events]]

    running, half, done = asyncio.run(follow())
    assert running.startswith("event: running\ndata: ")
    assert '"progress": 0.5' in half
    assert done.startswith("event: done\ndata: ")
    assert all(event.endswith("}\n\n") for event in (running, half, done))


def test_regenerate_and_again_answer_with_the_new_job(site: HttpSite) -> None:
    key, header = site.key(credits=5)
    site.add("first", Requester.http(key.id).to_text(), state=State.DONE)
    regenerated = site.ask("/v1/jobs/first/regenerate", "POST", **header)
    again = site.ask("/v1/jobs/first/again", "POST", **header)
    assert (regenerated.status_code, again.status_code) == (200, 200)
    assert again.json()["params"]["seed"] == 7
    assert regenerated.json()["params"]["seed"] != 7
    assert regenerated.json()["state"] == "queued"
    assert [answer.headers["x-remaining-credits"] for answer in (regenerated, again)] == ["4", "3"]
    assert site.newest_of(Requester.http(key.id)).id == again.json()["id"]


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("007", 7), ("1000", 1000)])
def test_a_number_in_a_query_is_read(text: str, number: int) -> None:
    assert whole_number("limit", text, 1, 1000) == number
