"""The hosted service's own routes, asked in memory: v1 waits for the music, v2 is polled."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from bridge.doors.http.audio import AudioStore
from bridge.doors.http.hosted_routes import HostedRoutes
from bridge.doors.http.routes import build_app
from bridge.doors.http.service import HostedService
from bridge.doors.http.signed_links import SignedLinks
from bridge.doors.requester import Requester
from bridge.jobs.job import Job, State
from bridge.jobs.watch import Watch
from tests.helpers.http_site import HOST, LOCAL, HttpSite, with_base64
from tests.helpers.job_specs import make_spec
from tests.helpers.take_files import write_take

BLOCK = {"genres": "funk", "output_seconds": 10, "seed": 3}
MODEL = "ace-step-music"


@pytest.fixture
def take(tmp_path: Path) -> Path:
    """The manifest of a take."""
    return write_take(tmp_path / "take", mix={"file": "mix.wav", "sha256": "ab" * 32}).manifest


def test_v2_queues_and_says_where_to_ask(site: HttpSite) -> None:
    key, header = site.key(credits=2)
    answer = site.ask(f"/v2/{MODEL}", "POST", json=BLOCK, **header)
    job = site.newest_of(Requester.http(key.id))
    assert (answer.status_code, answer.headers["x-remaining-credits"]) == (200, "1")
    assert answer.json() == {
        "request_id": job.id,
        "status": "QUEUED",
        "status_url": f"{HOST}/v2/requests/{job.id}/status",
        "response_url": f"{HOST}/v2/requests/{job.id}",
        "progress": 0.0,
        "phase": "queued",
    }


def test_a_request_is_polled_until_its_result_is_there(site: HttpSite, take: Path) -> None:
    site.add("runs", LOCAL, state=State.RUNNING)
    assert site.ask("/v2/requests/runs").json() == site.ask("/v2/requests/runs/status").json()
    site.add_done("done", take)
    assert site.ask("/v2/requests/done/status").json()["status"] == "COMPLETED"
    result = site.ask("/v2/requests/done").json()
    assert [stem["name"] for stem in result["takes"][0]["stems"]] == ["drums", "bass"]
    site.add("failed", LOCAL, state=State.FAILED, message="It broke.")
    for path in ("/v2/requests/failed", "/v2/requests/failed/status"):
        answer = site.ask(path)
        assert (answer.status_code, answer.json()["error"]) == (422, "It broke.")


def test_a_request_is_cancelled_once_and_stays_as_it_is(site: HttpSite) -> None:
    job_id = site.ask(f"/v2/{MODEL}", "POST", json=BLOCK).json()["request_id"]
    for _ in range(2):
        answer = site.ask(f"/v2/requests/{job_id}", "DELETE")
        assert (answer.status_code, answer.json()["status"]) == (200, "FAILED")
        assert answer.json()["error"] == "The request was cancelled."
    assert site.job(job_id).state is State.CANCELLED


def test_files_of_a_take_are_served_by_signed_links_to_anybody(site: HttpSite, take: Path) -> None:
    site.add_done("done", take)
    files = site.ask("/v2/requests/done").json()["takes"][0]["files"]
    assert set(files) == {"manifest.json", "mix.wav", "drums.wav", "bass.wav"}
    answer = site.ask(files["drums.wav"].removeprefix(HOST))
    assert answer.content == (take.parent / "drums.wav").read_bytes()
    assert answer.headers["content-type"] == "audio/wav"
    assert 'filename="drums.wav"' in answer.headers["content-disposition"]
    assert site.ask(files["manifest.json"].removeprefix(HOST)).headers["content-type"] == "application/json"


def test_names_with_blanks_and_sharps_are_links_that_work(site: HttpSite, take: Path) -> None:
    name = "funk 3fa9 97.6bpm F#m mix.wav"
    (take.parent / "mix.wav").rename(take.parent / name)
    content = {**json.loads(take.read_text()), "mix": {"file": name, "sha256": "ab" * 32}, "title": "funk"}
    take.write_text(json.dumps(content))
    site.add_done("done", take)
    link = site.ask("/v2/requests/done").json()["output"]
    assert "takes/0/funk%203fa9%2097.6bpm%20F%23m%20mix.wav?sig=" in link
    answer = site.ask(link.removeprefix(HOST))
    assert (answer.status_code, answer.content) == (200, (take.parent / name).read_bytes())
    assert unquote(answer.headers["content-disposition"]).endswith(name)
    assert site.ask("/v2/requests/done/takes/0/mix.wav").content == answer.content
    flac = site.ask(link.removeprefix(HOST).replace(".wav?", ".flac?"))
    assert flac.content.startswith(b"fLaC")
    assert b"BPM=120" in flac.content
    assert unquote(flac.headers["content-disposition"]).endswith("97.6bpm F#m mix.flac")


@pytest.mark.parametrize(("suffix", "kind"), [("flac", "audio/flac"), ("mp3", "audio/mpeg")])
def test_audio_of_a_take_is_converted_by_its_name(site: HttpSite, take: Path, suffix: str, kind: str) -> None:
    site.add_done("done", take)
    answer = site.ask(f"/v2/requests/done/takes/0/bass.{suffix}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.content[:4] == (b"fLaC" if suffix == "flac" else answer.content[:4])


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("done/takes/1/mix.wav", "The request 'done' has no take 1."),
        ("done/takes/0/guitar.wav", "The take has no file 'guitar.wav'."),
        ("done/takes/0/mix.ogg", "The take has no file 'mix.ogg'."),
        ("done/takes/0/..%2Fsecret.wav", "There is nothing at"),
        ("done/takes/-1/mix.wav", "There is nothing at"),
        ("none/takes/0/mix.wav", "There is no request 'none'."),
        ("daw", "There is no request 'daw'."),
    ],
)
def test_what_is_not_there_is_404(site: HttpSite, take: Path, path: str, sentence: str) -> None:
    site.add_done("done", take)
    site.add("daw", "daw")
    answer = site.ask(f"/v2/requests/{path}")
    assert answer.status_code == 404
    assert sentence in answer.json()["error"]


def test_files_that_were_deleted_are_404(site: HttpSite, take: Path) -> None:
    site.add_done("done", take)
    (take.parent / "mix.wav").unlink()
    answer = site.ask("/v2/requests/done/takes/0/mix.wav")
    assert (answer.status_code, answer.json()["error"]) == (404, "The files of this request are gone.")


class V1Client:
    """Sends v1 requests to an application of its own, whose jobs the test ends; `wait_s` is v1's patience."""

    def __init__(self, site: HttpSite, wait_s: float = 60.0) -> None:
        self.site = site
        audio, links = AudioStore(site.folders.http_audio), SignedLinks(b"secret")
        folder = site.folders.http_takes
        service = HostedService(site.desk, site.queue, site.keys, audio, folder, "auto", lambda: 4e9)
        routes = HostedRoutes(service, Watch(site.queue), audio, links, wait_s).routes()
        site.app = build_app(routes, site.keys.find, links)
        site.queue.subscribe_new(self._accepted)
        self.accepted: list[Job] = []
        self.changes: dict[str, Any] = {}

    def _accepted(self, job: Job) -> None:
        self.accepted.append(job)
        if self.changes:
            asyncio.get_running_loop().call_later(0.01, self._end, job)

    def _end(self, job: Job) -> None:
        for name, value in self.changes.items():
            setattr(job, name, value)
        self.site.store.save(job)
        self.site.queue._notify(job)

    def ask(self, changes: dict[str, Any], block: dict[str, Any] | None = None, **headers: str) -> Any:  # noqa: ANN401
        """Send a request whose job is changed so a moment later."""
        self.changes = changes
        return self.site.ask(f"/v1/{MODEL}", "POST", json=block or BLOCK, **headers)


def done(take: Path) -> dict[str, Any]:
    return {"state": State.DONE, "manifests": [str(take)], "finished": 4e9}


def test_v1_answers_with_the_mix_in_the_format_that_is_accepted(site: HttpSite, take: Path) -> None:
    client = V1Client(site)
    answer = client.ask(done(take))
    assert answer.content == (take.parent / "mix.wav").read_bytes()
    assert answer.headers["x-request-id"] == client.accepted[0].id
    assert client.ask(done(take), accept="audio/flac").content.startswith(b"fLaC")
    assert client.ask(done(take), accept="audio/midi").status_code == 400
    assert len(client.accepted) == 2, "the format is checked before anything is queued"


def test_v1_answers_with_json_where_the_block_says_base64(site: HttpSite, take: Path) -> None:
    body = V1Client(site).ask(done(take), {**BLOCK, "base64": True}).json()
    assert base64.b64decode(body["output"]) == (take.parent / "mix.wav").read_bytes()
    assert body["status"] == "COMPLETED"


@pytest.mark.parametrize(
    ("changes", "status", "sentence"),
    [
        ({"state": State.FAILED, "message": "It broke."}, 500, "It broke."),
        ({"state": State.FAILED, "message": ""}, 500, "The engine failed."),
        ({"state": State.CANCELLED}, 500, "The request was cancelled."),
        ({"state": State.FAILED, "message": "It died.", "engine_died": True}, 502, "It died."),
    ],
)
def test_v1_answers_with_the_reason_of_a_failure(
    site: HttpSite, changes: dict[str, Any], status: int, sentence: str
) -> None:
    answer = V1Client(site).ask(changes)
    assert (answer.status_code, answer.json()["error"]) == (status, sentence)


def test_v1_cancels_what_takes_too_long(site: HttpSite) -> None:
    client = V1Client(site, wait_s=0.01)
    answer = client.ask({})
    assert answer.status_code == 504
    assert answer.json()["error"] == "The music was not ready within 0.01 s and was cancelled; use v2."
    assert site.job(client.accepted[0].id).state is State.CANCELLED


def test_a_caller_of_v1_that_is_cancelled_cancels_its_job(site: HttpSite) -> None:
    client = V1Client(site)

    async def run() -> None:
        task = asyncio.create_task(site.send(f"/v1/{MODEL}", "POST", json=BLOCK))
        while not client.accepted:
            await asyncio.sleep(0)
        for _ in range(3):  # until the route waits for the job
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert site.job(client.accepted[0].id).state is State.CANCELLED


def test_a_result_as_base64_is_read_from_the_files(site: HttpSite, take: Path) -> None:
    site.add_done("done", take, spec=with_base64(make_spec()))
    body = site.ask("/v2/requests/done").json()
    assert base64.b64decode(body["output"]) == (take.parent / "mix.wav").read_bytes()
