from __future__ import annotations

import base64
import hashlib
import json
import socket
from pathlib import Path

import pytest

from engine.errors import EngineFailed, EngineUnavailable, InvalidValue
from engine.remote.address import RemoteAddress
from engine.remote.client import RemoteCompanion
from engine.remote.follow import RemoteStatus
from tests.helpers.fake_companion import Answer, FakeCompanion

SUBMIT = "/v2/ace-step-music"
HEALTH = {"version": "0.1.0", "engine": "sketch", "unfinished_jobs": 0}
CONTENT = b"RIFF" + bytes(range(256)) * 10


def unused_address() -> RemoteAddress:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return RemoteAddress(f"http://127.0.0.1:{free.getsockname()[1]}")


def test_a_block_is_submitted_with_the_key_and_the_request_id_comes_back(studio: FakeCompanion) -> None:
    studio.answers("POST", SUBMIT, Answer.json({"request_id": "abc"}))
    with RemoteCompanion(studio.address) as companion:
        assert companion.submit({"genres": "funk", "bars": 8}) == "abc"
    (received,) = studio.received
    assert (received.key, received.body) == ("sb_key", {"genres": "funk", "bars": 8})


def test_without_a_key_no_key_is_sent(studio: FakeCompanion) -> None:
    studio.answers("GET", "/v1/health", Answer.json(HEALTH))
    with RemoteCompanion(RemoteAddress(studio.url)) as companion:
        assert companion.health() == HEALTH
    assert studio.received[0].key == ""


@pytest.mark.parametrize("name", ["source_audio", "reference_audio"])
def test_an_audio_file_is_sent_as_a_data_url(studio: FakeCompanion, tmp_path: Path, name: str) -> None:
    studio.answers("POST", SUBMIT, Answer.json({"request_id": "abc"}))
    (tmp_path / "song.wav").write_bytes(CONTENT)
    with RemoteCompanion(studio.address) as companion:
        companion.submit({name: str(tmp_path / "song.wav")})
    kind, _, data = studio.received[0].body[name].partition(",")
    assert kind == "data:application/octet-stream;base64"
    assert base64.b64decode(data) == CONTENT


def test_an_audio_file_that_cannot_be_read_is_refused_before_anything_is_sent(
    studio: FakeCompanion, tmp_path: Path
) -> None:
    with (
        RemoteCompanion(studio.address) as companion,
        pytest.raises(InvalidValue, match="source_audio must be an audio file that can be read"),
    ):
        companion.submit({"source_audio": str(tmp_path / "missing.wav")})
    assert studio.received == []


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (Answer.json({"error": "bars must be 1–64."}, 400), "bars must be 1–64."),
        (
            Answer.json({"error": "The key is unknown."}, 401),
            "The key is unknown. Its owner makes a key with `stembridge keys create`.",
        ),
        (
            Answer.json({"error": "No credits."}, 406),
            "No credits. Its owner can give more with `stembridge keys credits`.",
        ),
        (Answer.json({"error": "Too many."}, 429, retry_after="30"), "Too many. Try again in 30 s."),
        (Answer.json({"error": "Too many."}, 429, retry_after="soon"), "Too many."),
        (Answer(502, b"<html>"), "it answers 502 Bad Gateway."),
        (Answer.json(["no", "object"], 500), "it answers 500 Internal Server Error."),
    ],
)
def test_a_refusal_is_passed_on_in_its_own_sentence_with_advice(
    studio: FakeCompanion, answer: Answer, sentence: str
) -> None:
    studio.answers("POST", SUBMIT, answer)
    with RemoteCompanion(studio.address) as companion, pytest.raises(EngineFailed) as caught:
        companion.submit({})
    assert str(caught.value) == f"The companion at {studio.url}: {sentence}"


@pytest.mark.parametrize("body", [b"<html>", b"\xff\xfe", b"[]", b"{}", b'{"version": "1"}'])
def test_another_web_server_is_recognised(studio: FakeCompanion, body: bytes) -> None:
    studio.answers("GET", "/v1/health", Answer(200, body))
    studio.answers("POST", SUBMIT, Answer(200, body))
    with RemoteCompanion(studio.address) as companion:
        for call in (companion.health, lambda: companion.submit({})):
            with pytest.raises(EngineFailed, match=f"What answers at {studio.url} is no companion"):
                call()


def test_a_companion_that_is_not_running_is_unavailable() -> None:
    address = unused_address()
    with (
        RemoteCompanion(address) as companion,
        pytest.raises(EngineUnavailable, match=rf"The companion at {address.url} cannot be reached \(.+\)\."),
    ):
        companion.health()


def test_a_file_is_fetched_from_the_address_in_use_whatever_host_its_url_names(
    studio: FakeCompanion, tmp_path: Path
) -> None:
    studio.answers("GET", "/files/a%20b.wav?sig=1", Answer(200, CONTENT))
    calls: list[None] = []
    with RemoteCompanion(studio.address) as companion:
        companion.download(
            "http://studio.invalid:9125/files/a%20b.wav?sig=1",
            tmp_path / "take.wav",
            hashlib.sha256(CONTENT).hexdigest(),
            lambda: calls.append(None),
        )
    assert (tmp_path / "take.wav").read_bytes() == CONTENT
    assert calls


@pytest.mark.parametrize(
    ("answer", "error", "sentence"),
    [
        (Answer(200, b"other"), EngineFailed, "take.wav did not arrive whole; try again."),
        (Answer(404), EngineFailed, "The other companion no longer has take.wav."),
        (Answer(200, b"oth", cut=True), EngineUnavailable, "cannot be reached"),
    ],
)
def test_a_file_that_is_gone_or_damaged_is_an_error(
    studio: FakeCompanion, tmp_path: Path, answer: Answer, error: type[Exception], sentence: str
) -> None:
    studio.answers("GET", "/files/take.wav", answer)
    with RemoteCompanion(studio.address) as companion, pytest.raises(error, match=sentence):
        companion.download(f"{studio.url}/files/take.wav", tmp_path / "take.wav", "0" * 64)


def test_an_exception_of_the_chunk_callback_ends_the_transfer(studio: FakeCompanion, tmp_path: Path) -> None:
    studio.answers("GET", "/files/take.wav", Answer(200, CONTENT))

    def stop() -> None:
        raise KeyboardInterrupt

    with RemoteCompanion(studio.address) as companion, pytest.raises(KeyboardInterrupt):
        companion.download(f"{studio.url}/files/take.wav", tmp_path / "take.wav", on_chunk=stop)


def status(state: str, progress: float = 0.0, **more: str) -> dict[str, object]:
    return {"state": state, "progress": progress, "phase": state, **more}


def test_waiting_reports_the_status_and_returns_the_result(studio: FakeCompanion) -> None:
    studio.answers("GET", "/v1/jobs/abc/events", Answer.events(status("running", 0.5), status("done", 1.0)))
    studio.answers("GET", "/v2/requests/abc", Answer.json({"takes": []}))
    seen: list[RemoteStatus] = []
    with RemoteCompanion(studio.address) as companion:
        assert companion.wait("abc", seen.append) == {"takes": []}
    assert seen[-1] == RemoteStatus("done", 1.0, "done")
    assert {request.key for request in studio.received} == {"sb_key"}


@pytest.mark.parametrize(
    ("last", "sentence"),
    [
        (status("cancelled"), "The request was cancelled at the companion {url}."),
        (status("failed", error="No memory."), "The companion at {url}: No memory."),
        (status("failed"), "The companion at {url}: it could not be made."),
    ],
)
def test_a_request_that_does_not_succeed_is_an_error(
    studio: FakeCompanion, last: dict[str, object], sentence: str
) -> None:
    studio.answers("GET", "/v1/jobs/abc/events", Answer.events(last))
    with RemoteCompanion(studio.address) as companion, pytest.raises(EngineFailed) as caught:
        companion.wait("abc", lambda _: None)
    assert str(caught.value) == sentence.format(url=studio.url)


def test_a_cancel_is_sent_and_its_errors_are_ignored(studio: FakeCompanion) -> None:
    studio.answers("DELETE", "/v2/requests/abc", Answer.json({"error": "It has ended."}, 409))
    with RemoteCompanion(studio.address) as companion:
        companion.cancel("abc")
    assert len(studio.requests_for("DELETE", "/v2/requests/abc")) == 1
    with RemoteCompanion(unused_address()) as companion:
        companion.cancel("abc")


def test_json_bodies_are_utf_8(studio: FakeCompanion) -> None:
    studio.answers("POST", SUBMIT, Answer(200, json.dumps({"request_id": "é"}, ensure_ascii=False).encode()))
    with RemoteCompanion(studio.address) as companion:
        assert companion.submit({"genres": "café"}) == "é"
    assert studio.received[0].body == {"genres": "café"}
