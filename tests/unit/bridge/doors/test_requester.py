"""The requester as jobs store it: the texts of earlier companions are read, and other texts are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.doors.requester import ABLETON_OSC, PAD, WINDOW, DoorName, Requester
from tests.helpers.job_specs import make_job

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize(
    ("requester", "text"),
    [
        (Requester.osc("udp", "127.0.0.1", 5000, 0), '["osc", "udp", "127.0.0.1", 5000, 0]'),
        (Requester.file_request("1-ab"), '["mailbox", "1-ab"]'),
        (Requester.live_link("REAPER"), '["line", "REAPER"]'),
        (Requester.http(), '["http", ""]'),
        (Requester.http("k1"), '["http", "k1"]'),
        (PAD, '["midi"]'),
        (WINDOW, '["window"]'),
        (ABLETON_OSC, '["abletonosc"]'),
    ],
)
def test_queues_of_earlier_companions_are_read(requester: Requester, text: str) -> None:
    assert requester.to_text() == text
    assert Requester.from_text(text) == requester
    assert Requester.of(make_job(client=text)) == requester


@given(
    st.one_of(
        st.builds(Requester.osc, st.sampled_from(["udp", "tcp", "box"]), TEXT, st.integers(0, 65535), st.integers(0)),
        st.builds(Requester.file_request, TEXT),
        st.builds(Requester.live_link, TEXT),
        st.builds(Requester.http, TEXT),
    )
)
def test_any_requester_comes_back_from_its_text(requester: Requester) -> None:
    assert Requester.from_text(requester.to_text()) == requester


@pytest.mark.parametrize(
    "text",
    [
        *("", "daw", "null", "7", "[]", "{}", '"osc"', '["nobody"]', "[[]]", "[7]", '["osc"]'),
        '["osc", "udp", "127.0.0.1", "5000", 0]',
        '["mailbox", 7]',
        '["window", "x"]',
        '["http", "a", "b"]',
    ],
)
def test_any_other_text_is_no_requester(text: str) -> None:
    assert Requester.from_text(text) is None
    assert Requester.of(make_job(client=text)) is None


def test_a_detail_is_returned_to_its_own_door_alone() -> None:
    request = Requester.file_request("1-ab")
    assert request.detail_of(DoorName.FILES) == "1-ab"
    assert request.detail_of(DoorName.LIVE_LINK) is None
    assert Requester.http("").detail_of(DoorName.HTTP) == "", "a program on this machine has no key"


def test_details_cannot_be_forged_by_quotes() -> None:
    assert Requester.http('", "x') != Requester.http("")
    assert len({Requester.http('"]').to_text(), Requester.http("").to_text()}) == 2
