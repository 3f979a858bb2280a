"""The control surface's requests and jobs, with the companion's messages and the time given by the test."""

from __future__ import annotations

import json
from typing import Any

import pytest


class Client:
    """A `Jobs` with recorded callbacks; `is_connected` is the answer of its connection."""

    def __init__(self, parts: Any) -> None:  # noqa: ANN401
        self.is_connected = True
        self.sent: list[tuple[object, ...]] = []
        self.shown: list[str] = []
        self.done: list[tuple[object, ...]] = []
        self.failed: list[object] = []
        self.jobs = parts.jobs.Jobs(
            self._send, self.shown.append, lambda *end: self.done.append(end), self.failed.append
        )
        self._request = parts.jobs.Request

    def _send(self, *message: object) -> bool:
        if self.is_connected:
            self.sent.append(message)
        return self.is_connected

    def _done(self, *end: object) -> None:
        self.done.append(end)

    def ask(self, beat: float, trigger: object = None, now_s: float = 0.0) -> None:
        """Queue a request for `beat`, and send it if a companion is connected."""
        self.jobs.ask(self._request({"start_beat": beat, "bars": 2}, trigger))
        self.jobs.poll(now_s, self.is_connected)


@pytest.fixture
def client(parts: Any) -> Client:  # noqa: ANN401
    return Client(parts)


def test_a_request_is_sent_once_and_its_take_comes_back_with_its_trigger(client: Client) -> None:
    client.ask(14.0, "slot")
    client.jobs.poll(0.5, True)
    ((address, block),) = client.sent
    assert (address, json.loads(str(block))) == ("/generate", {"start_beat": 14.0, "bars": 2})
    client.jobs.handle("/job/accepted", ["0011aabb", 14.001])
    assert not client.jobs.is_idle
    client.jobs.handle("/job/done", ["0011aabb", "/takes/manifest.json", 5])
    assert client.done == [("/takes/manifest.json", 14.001, "slot")]
    assert client.jobs.is_idle


def test_without_a_companion_a_request_waits(client: Client) -> None:
    client.is_connected = False
    client.ask(0.0)
    client.jobs.poll(1000.0, False)
    assert (client.sent, client.failed) == ([], [])
    client.is_connected = True
    client.jobs.poll(1001.0, True)
    assert len(client.sent) == 1


def test_requests_are_sent_one_after_the_other(client: Client) -> None:
    client.ask(0.0, "first")
    client.ask(4.0, "second")
    assert len(client.sent) == 1
    client.jobs.handle("/job/accepted", ["1", 0.0])
    client.jobs.poll(0.1, True)
    client.jobs.handle("/job/accepted", ["2", 4.0])
    client.jobs.handle("/job/done", ["2", "/two", 3])
    assert [end[2] for end in client.done] == ["second"]


def test_a_request_that_is_not_accepted_in_time_fails_with_a_sentence(client: Client) -> None:
    client.ask(0.0, "slot", now_s=5.0)
    client.jobs.poll(15.0, True)
    assert client.failed == []
    client.jobs.poll(15.1, True)
    assert (client.failed, client.jobs.is_idle) == (["slot"], True)
    assert client.shown == ["The companion does not answer; it may be too busy, or hang"]


def test_a_job_at_another_beat_is_one_of_a_pad_and_has_no_trigger(client: Client) -> None:
    client.ask(14.0, "slot")
    client.jobs.handle("/job/accepted", ["9", 14.02])
    client.jobs.handle("/job/done", ["9", "/takes/nine", 5])
    assert client.done == [("/takes/nine", 14.02, None)]
    assert not client.jobs.is_idle  # the request still waits


def test_a_take_announced_twice_within_a_second_is_placed_once(client: Client) -> None:
    client.jobs.poll(10.0, True)
    client.jobs.handle("/job/done", ["1", "/takes/one", 5])
    client.jobs.poll(10.9, True)
    client.jobs.handle("/job/done", ["1", "/takes/one", 5])
    assert len(client.done) == 1
    client.jobs.poll(11.0, True)
    client.jobs.handle("/job/done", ["1", "/takes/one", 5])
    assert len(client.done) == 2


def test_after_a_restart_jobs_are_asked_for_and_unaccepted_requests_sent_again(client: Client) -> None:
    client.ask(0.0)
    client.jobs.handle("/job/accepted", ["1", 0.0])
    client.ask(4.0, now_s=1.0)
    client.sent.clear()
    client.jobs.reconnected()
    client.jobs.poll(2.0, True)
    assert [message[0] for message in client.sent] == ["/status", "/generate"]
    assert client.sent[0] == ("/status", "1")


@pytest.mark.parametrize(
    ("address", "values", "sentence"),
    [
        ("/job/failed", ["1", "The disk is full."], "The disk is full."),
        ("/job/cancelled", ["1"], "Cancelled"),
        ("/error", ["no job 1 is known", "/stembridge/status"], "no job 1 is known"),
    ],
)
def test_a_job_that_ends_without_a_take_fails_with_its_sentence(
    client: Client, address: str, values: list[object], sentence: str
) -> None:
    client.ask(0.0, "slot")
    client.jobs.handle("/job/accepted", ["1", 0.0])
    client.jobs.handle(address, values)
    assert (client.shown[-1], client.failed, client.done) == (sentence, ["slot"], [])
    assert client.jobs.is_idle


def test_a_refused_request_fails_and_the_next_one_is_sent(client: Client) -> None:
    client.ask(0.0, "first")
    client.ask(4.0, "second")
    client.jobs.handle("/error", ["bars must be above 0", "/stembridge/generate"])
    assert client.failed == ["first"]
    client.jobs.poll(0.1, True)
    assert json.loads(str(client.sent[-1][1]))["start_beat"] == 4.0


def test_an_error_about_another_message_ends_no_request(client: Client) -> None:
    client.ask(0.0)
    client.jobs.handle("/error", ["tempo must be 20-400", "/stembridge/tempo"])
    assert client.failed == []
    assert not client.jobs.is_idle


def test_progress_is_shown_in_percent(client: Client) -> None:
    client.jobs.handle("/job/progress", ["1", 0.256, "generating"])
    assert client.shown == ["Generating, 26 %"]


@pytest.mark.parametrize(
    ("address", "values"),
    [("/job/accepted", ["1"]), ("/job/progress", ["1", 0.5]), ("/job/done", []), ("/error", ["x"]), ("/pong", [])],
)
def test_messages_of_another_form_are_ignored(client: Client, address: str, values: list[object]) -> None:
    client.jobs.handle(address, values)
    assert (client.shown, client.done, client.failed) == ([], [], [])
