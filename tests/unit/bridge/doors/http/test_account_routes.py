"""Uploads, the account and the history of requests, asked in memory."""

from __future__ import annotations

import base64
import io
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.doors.http.account_routes import MAX_UPLOADS
from bridge.doors.requester import Requester
from bridge.jobs.job import State
from tests.helpers.http_site import HOST, LOCAL, HttpSite


def data_url(seconds: float = 0.1) -> str:
    file = io.BytesIO()
    soundfile.write(file, np.full(round(seconds * 48_000), 0.25), 48_000, format="WAV")
    return "data:audio/wav;base64," + base64.b64encode(file.getvalue()).decode()


def test_an_upload_is_answered_with_a_url_that_a_request_takes(site: HttpSite) -> None:
    answer = site.ask("/upload-asset", "POST", json={"data_urls": [data_url(), data_url(0.2), data_url()]})
    assert answer.status_code == 200
    urls = answer.json()["file_urls"]
    assert urls[0] == urls[2] != urls[1], "the same audio has the same URL"
    assert urls[0].startswith(f"{HOST}/assets/")
    block = {"genres": "funk", "source_audio": urls[0], "output_seconds": 10}
    queued = site.ask("/v2/ace-step-music", "POST", json=block).json()
    source = Path(site.job(queued["request_id"]).spec.block["source_audio"])
    assert source.parent == site.folders.http_audio


@pytest.mark.parametrize("urls", [None, [], "data:", [data_url()] * (MAX_UPLOADS + 1)])
def test_an_upload_has_one_to_sixteen_files(site: HttpSite, urls: object) -> None:
    answer = site.ask("/upload-asset", "POST", json={"data_urls": urls})
    assert answer.status_code == 400
    assert "data_urls must be a list of 1–16 base64 data URLs" in answer.json()["error"]


def test_an_upload_that_is_no_audio_is_refused(site: HttpSite) -> None:
    answer = site.ask("/upload-asset", "POST", json={"data_urls": ["data:audio/wav;base64,AAAA"]})
    assert answer.status_code == 400
    assert "data_urls must be audio that can be used" in answer.json()["error"]


def test_the_account_is_that_of_the_key(site: HttpSite) -> None:
    def account(**headers: str) -> Any:  # noqa: ANN401
        return site.ask("/api/auth/authenticate", **headers).json()

    assert account() == {"name": "this machine", "credits": None, "unlimited": True}
    assert account(**site.key(credits=3)[1]) == {"name": "laptop", "credits": 3, "unlimited": False}
    assert account(**site.key()[1]) == {"name": "laptop", "credits": None, "unlimited": True}


def test_the_models_are_listed(site: HttpSite) -> None:
    answer = site.ask("/inference-model-information/list").json()
    assert answer == {"models": [{"slug": "ace-step-music", "type": "music"}]}


def test_a_request_in_the_history_has_its_time_result_and_price(site: HttpSite) -> None:
    now = time.time()
    site.add_done("done", Path("/p/manifest.json"), finished=now, created=now - 1.5)
    row = site.ask("/inference-request/request-history/done").json()
    expected = {
        "request_id": "done",
        "model_name": "ace-step-music",
        "status": "COMPLETED",
        "latency_ms": 1500,
        "credits_deduction": 1,
        "prompt": "funk, 97.6 BPM",
        "error": None,
    }
    assert {name: row[name] for name in expected} == expected
    assert row["generation_url"].startswith(f"{HOST}/v2/requests/done/takes/0/mix.wav?sig=")
    assert row["parameters"]["genres"] == "funk"
    assert row["model_created"].endswith("+00:00")


def test_without_a_result_there_is_no_url_and_no_price(site: HttpSite) -> None:
    now = time.time()
    site.add("waits", LOCAL)
    site.add("failed", LOCAL, state=State.FAILED, finished=now, message="It broke.")
    site.add_done("gone", Path("/p/manifest.json"), finished=now - 7200)
    rows = {row["request_id"]: row for row in site.ask("/inference-request/request-history").json()["requests"]}
    assert [row["generation_url"] for row in rows.values()] == [None] * 3
    assert (rows["waits"]["status"], rows["waits"]["latency_ms"]) == ("PENDING", None)
    assert (rows["failed"]["status"], rows["failed"]["error"]) == ("FAILED", "It broke.")
    assert [rows[name]["credits_deduction"] for name in ("waits", "failed", "gone")] == [0, 0, 1]


def test_generations_are_the_finished_ones_and_pages_have_their_size(site: HttpSite) -> None:
    for number in range(5):
        site.add_done(f"done{number}", Path("/p/manifest.json"))
    site.add("failed", LOCAL, state=State.FAILED)
    page = site.ask("/inference-request/generations?page=2&per_page=2").json()
    assert [row["request_id"] for row in page["generations"]] == ["done3", "done2"]
    assert (page["page"], page["per_page"]) == (2, 2)
    recent = site.ask("/inference-request/recent-generations").json()["generations"]
    assert [row["request_id"] for row in recent] == ["done4", "done3", "done2", "done1", "done0"]


@pytest.mark.parametrize("query", ["page=0", "page=x", "per_page=101", "per_page=0", "page=1000001"])
def test_a_wrong_page_is_named(site: HttpSite, query: str) -> None:
    answer = site.ask(f"/inference-request/request-history?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(query.split("=")[0] + " must be 1–")


def test_a_key_sees_its_own_history_alone(site: HttpSite) -> None:
    key, header = site.key()
    site.add("mine", Requester.http(key.id).to_text())
    site.add("local", LOCAL)
    rows = site.ask("/inference-request/request-history", **header).json()["requests"]
    assert [row["request_id"] for row in rows] == ["mine"]
    assert site.ask("/inference-request/request-history/local", **header).status_code == 404
    assert site.ask("/inference-request/request-history/mine").status_code == 200, "this machine sees all"
