"""The hosted service's official Python client, with only its base URL changed, against a real companion."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import soundfile
from segmind import InferenceFailed, SegmindClient, SegmindError

from tests.helpers.companion_process import CompanionProcess
from tests.helpers.hosted import MODEL, SHORT


@pytest.fixture
def hosted(companion: CompanionProcess) -> Iterator[SegmindClient]:
    client = SegmindClient(base_url=f"http://127.0.0.1:{companion.http_port}/v1")
    with client._client:
        yield client


def frames(data: bytes) -> int:
    return int(soundfile.info(io.BytesIO(data)).frames)


def test_run_submits_waits_and_returns_the_result(hosted: SegmindClient) -> None:
    result = hosted.run(MODEL, **SHORT)
    assert result["status"] == "COMPLETED"
    assert result["metrics"]["inference_time"] > 0
    assert result["seed"] == 3
    assert frames(httpx.get(result["output"], timeout=120).content) == 480_000


def test_run_sync_returns_the_audio(hosted: SegmindClient) -> None:
    answer = hosted.run_sync(MODEL, **SHORT)
    assert answer.headers["content-type"] == "audio/wav"
    assert frames(answer.content) == 480_000


def test_base64_holds_the_same_audio_both_ways(hosted: SegmindClient) -> None:
    plain = hosted.run_sync(MODEL, **SHORT).content
    for body in (hosted.run_sync(MODEL, **SHORT, base64=True).json(), hosted.run(MODEL, **SHORT, base64=True)):
        audio = base64.b64decode(body["output"], validate=True)
        samples, _ = soundfile.read(io.BytesIO(audio), dtype="int32")
        wanted, _ = soundfile.read(io.BytesIO(plain), dtype="int32")
        assert (samples == wanted).all()


def test_a_handle_has_a_status_and_can_be_waited_for(hosted: SegmindClient) -> None:
    job = hosted.submit_async(MODEL, **SHORT)
    assert job.status()["status"] in ("QUEUED", "PROCESSING", "COMPLETED")
    assert job.wait(interval=0.05)["status"] == "COMPLETED"
    assert job.result()["request_id"] == job.request_id


def test_a_cancelled_request_has_failed_for_the_client(hosted: SegmindClient) -> None:
    job = hosted.submit_async(MODEL, genres="house", output_seconds=240, variations=8)
    hosted._request("DELETE", job.response_url)
    with pytest.raises(InferenceFailed) as caught:
        job.wait(interval=0.05)
    assert caught.value.detail == "The request was cancelled."


def test_a_wrong_value_is_named(hosted: SegmindClient) -> None:
    with pytest.raises(SegmindError) as caught:
        hosted.run(MODEL, genres="funk", output_seconds=3)
    assert caught.value.status == 400
    assert caught.value.detail == "output_seconds must be an integer, 10–240 seconds, not 3."


def test_an_unknown_model_is_404(hosted: SegmindClient) -> None:
    for call in (hosted.run, hosted.run_sync):
        with pytest.raises(SegmindError) as caught:
            call("flux-schnell", prompt="a cat")
        assert caught.value.status == 404


def test_an_uploaded_file_is_taken_as_a_source(
    hosted: SegmindClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = hosted.run_sync(MODEL, **SHORT)
    (tmp_path / "take.wav").write_bytes(answer.content)
    samples, rate = soundfile.read(tmp_path / "take.wav")
    soundfile.write(tmp_path / "take.mp3", samples, rate)
    monkeypatch.setattr(type(hosted.files), "STORAGE_BASE_URL", hosted.base_url.removesuffix("/v1"))
    url = hosted.files.upload(tmp_path / "take.mp3")["file_urls"][0]
    result = hosted.run(MODEL, **SHORT, reference_audio=url)
    assert result["status"] == "COMPLETED"


def test_account_and_generations_answer_at_their_own_paths(hosted: SegmindClient) -> None:
    """The client uses other hosts for these; a proxy or a changed host redirects them to the companion."""
    result = hosted.run(MODEL, **SHORT)
    base = hosted.base_url.removesuffix("/v1")
    assert hosted._request("GET", f"{base}/api/auth/authenticate").json()["unlimited"] is True
    listed = hosted._request("GET", f"{base}/inference-request/generations", params={"page": 1}).json()
    row = listed["generations"][0]
    assert row["request_id"] == result["request_id"]
    assert frames(httpx.get(row["generation_url"], timeout=120).content) == 480_000
    one = hosted._request("GET", f"{base}/inference-request/request-history/{result['request_id']}").json()
    assert one["parameters"]["seed"] == 3
    assert hosted._request("GET", f"{base}/inference-model-information/list").json()["models"][0]["slug"] == MODEL


@pytest.mark.parametrize("path", ["/workflows/x", "/webhook", "/finetune/request", "/v3/x"])
def test_other_calls_of_the_hosted_service_are_refused_with_a_sentence(hosted: SegmindClient, path: str) -> None:
    with pytest.raises(SegmindError) as caught:
        hosted._request("GET", hosted.base_url.removesuffix("/v1") + path)
    assert caught.value.status == 404
    assert "There is nothing at" in str(caught.value.detail)
