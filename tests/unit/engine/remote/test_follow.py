from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Cancelled, EngineFailed, EngineUnavailable
from engine.remote.follow import Follower, RemoteStatus
from tests.helpers.fake_companion import Answer, FakeCompanion

EVENTS = "/v1/jobs/abc/events"


def event(state: str, progress: float) -> dict[str, object]:
    return {"state": state, "progress": progress, "phase": "generating", "error": None}


def follow(
    url: str, report: Callable[[RemoteStatus], None] = lambda _: None, max_lost_s: float = 10.0
) -> RemoteStatus:
    async def run() -> RemoteStatus:
        async with httpx2.AsyncClient(base_url=url) as client:
            follower = Follower(client, lambda answer: EngineFailed(f"refused: {answer.status_code}"), max_lost_s)
            return await follower.follow("abc", report)

    return asyncio.run(run())


def test_a_status_is_read_from_an_event() -> None:
    text = '{"state": "failed", "progress": 1, "phase": "failed", "error": "No memory.", "more": []}'
    assert RemoteStatus.from_json(text) == RemoteStatus("failed", 1.0, "failed", "No memory.")
    assert RemoteStatus.from_json(json.dumps(event("running", 0.25))).error == ""


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", "null", '{"state": "done"}', '{"state":"x","progress":"a","phase":""}']
)
def test_an_event_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(EngineFailed, match="is it of another version"):
        RemoteStatus.from_json(text)


@given(st.text(max_size=40) | st.recursive(st.none() | st.floats(), st.lists, max_leaves=3).map(json.dumps))
def test_no_text_breaks_the_reader(text: str) -> None:
    with pytest.raises(EngineFailed):
        RemoteStatus.from_json(text)


@pytest.mark.parametrize(
    ("state", "final"),
    [("queued", False), ("running", False), ("done", True), ("failed", True), ("cancelled", True)],
)
def test_three_states_are_final(state: str, final: bool) -> None:
    assert RemoteStatus(state, 0.0, "").is_final is final


def test_the_last_status_is_returned_and_reported(studio: FakeCompanion) -> None:
    studio.answers("GET", EVENTS, Answer.events(event("queued", 0), event("running", 0.5), event("done", 1)))
    seen: list[RemoteStatus] = []
    assert follow(studio.url, seen.append) == RemoteStatus("done", 1.0, "generating")
    assert seen[-1].state == "done"


def test_a_broken_stream_is_opened_again(studio: FakeCompanion) -> None:
    studio.answers(
        "GET",
        EVENTS,
        Answer.events(event("running", 0.3), cut=True),
        Answer.events(event("running", 0.6)),  # ends properly, but before the request does
        Answer.events(event("done", 1)),
    )
    assert follow(studio.url).state == "done"
    assert len(studio.requests_for("GET", EVENTS)) == 3


def test_a_companion_that_stays_away_loses_the_request(studio: FakeCompanion) -> None:
    studio.answers("GET", EVENTS, Answer.events(event("running", 0.3), cut=True))
    with pytest.raises(
        EngineUnavailable, match=rf"{studio.url} is out of reach for 0\.02 s \(.+\); its take is lost"
    ):
        follow(studio.url, max_lost_s=0.02)


def test_a_silent_stream_is_opened_again_after_its_timeout(
    studio: FakeCompanion, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_once, calls = Follower._read_once, []

    async def silent_at_first(self: Follower, request_id: str) -> None:
        calls.append(request_id)
        if len(calls) == 1:
            raise httpx2.ReadTimeout("")
        await read_once(self, request_id)

    monkeypatch.setattr(Follower, "_read_once", silent_at_first)
    studio.answers("GET", EVENTS, Answer.events(event("done", 1)))
    assert follow(studio.url).state == "done"
    assert calls == ["abc", "abc"]


def test_an_error_answer_ends_the_wait_with_its_error(studio: FakeCompanion) -> None:
    studio.answers("GET", EVENTS, Answer.json({"error": "unknown"}, 404))
    with pytest.raises(EngineFailed, match="refused: 404"):
        follow(studio.url)


def test_an_exception_of_the_report_ends_the_wait(studio: FakeCompanion) -> None:
    def cancel(_: RemoteStatus) -> None:
        raise Cancelled

    studio.answers("GET", EVENTS, Answer.events(event("running", 0.5), cut=True))
    with pytest.raises(Cancelled):
        follow(studio.url, cancel)
