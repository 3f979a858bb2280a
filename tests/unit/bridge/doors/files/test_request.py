"""Requests in the mailbox: understood, or refused with a sentence."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.doors.files.request import FileRequest, read_request
from bridge.request.session_state import SessionState
from engine.errors import StemBridgeError

WHOLE = {
    "format": 1,
    "do": "generate",
    "daw": "REAPER",
    "version": "7.08",
    "start_beat": 14.0,
    "start_seconds": 8.5,
    "end_beat": 28.0,
    "end_seconds": 16.5,
    "tempo": 97.6,
    "tempo_map": [{"beat": 0, "bpm": 97.6}, {"beat": 8, "bpm": 120}],
    "time_signature": "7/8",
    "key": "Em",
    "sample_rate": 44_100,
    "position": 3.5,
    "block": {"genres": "funk"},
}


def read(**changes: object) -> FileRequest:
    fields = {name: value for name, value in {**WHOLE, **changes}.items() if value is not None}
    return read_request(json.dumps(fields).encode(), SessionState())


def test_a_whole_request_is_understood(tmp_path: Path) -> None:
    request = read(project={"file": str(tmp_path / "Größe.rpp"), "media": "/nowhere"})
    state, trigger = request.state, request.trigger()
    assert (state.daw, state.version, state.project) == ("REAPER", "7.08", tmp_path)
    assert (state.project_name, state.position) == ("Größe", 3.5)
    assert (str(state.meter), str(state.key), state.tempo) == ("7/8", "E minor", 97.6)
    assert state.tempo_map is not None
    assert [point.bpm for point in state.tempo_map.points] == [97.6, 120.0]
    assert trigger.block == {"genres": "funk", "sample_rate": 44_100, "bars": 4.0}
    assert (trigger.start_beat, trigger.start_seconds) == (14.0, 8.5)


def test_a_project_without_a_file_is_where_its_media_are(tmp_path: Path) -> None:
    assert read(project={"file": "", "media": str(tmp_path)}).state.project == tmp_path


def test_a_selection_without_a_meter_says_no_length() -> None:
    assert "bars" not in read(time_signature=None).trigger().block


def test_the_blocks_own_sample_rate_is_stronger_than_the_projects() -> None:
    assert read(block={"sample_rate": 96_000}).trigger().block["sample_rate"] == 96_000


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"format": 2}, "format must be 1"),
        ({"format": None}, "format must be 1"),
        ({"do": "dance"}, "do must be generate or regenerate or cancel"),
        ({"do": ["generate"]}, "do must be"),
        ({"colour": "red"}, "request must be made of"),
        ({"tempo": 4000}, "tempo must be"),
        ({"time_signature": "7/9"}, "time_signature must be"),
        ({"key": "H"}, "key must be"),
        ({"end_beat": 14.0}, "end_beat must be a quarter-note beat after start_beat"),
        ({"start_beat": None}, "end_beat must be"),
        ({"end_seconds": -1}, "end_seconds must be 0–1000000 seconds"),
        ({"position": "here"}, "position must be"),
        ({"project": "/tmp"}, "project must be made of file and media"),
        ({"project": {"folder": "/tmp"}}, "project must be made of file and media"),
        ({"project": {"file": "song.rpp"}}, "the absolute path of a folder"),
        ({"project": {"file": "/no/such/folder/song.rpp"}}, "a folder that exists"),
        ({"project": {"file": 3}}, "project file must be a text"),
        ({"daw": "x" * 5000}, "daw must be a text of up to 4096 characters"),
        ({"block": {"steps": 0}}, "steps must be"),
        ({"block": []}, "must be a JSON object"),
        ({"sample_rate": 1}, "sample_rate must be"),
    ],
)
def test_a_wrong_value_is_named(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(StemBridgeError, match=sentence):
        read(**changes)


def test_a_cancel_needs_no_project_that_can_be_written_to() -> None:
    request = read_request(b'{"format": 1, "do": "cancel", "request": "1-ab"}', SessionState())
    assert (request.do, request.request) == ("cancel", "1-ab")


@given(
    data=st.binary(max_size=200)
    | st.dictionaries(st.sampled_from(sorted(WHOLE)), st.none() | st.text()).map(
        lambda fields: json.dumps({"format": 1, "do": "generate", **fields}).encode()
    )
)
def test_whatever_lies_in_the_mailbox_is_a_request_or_a_sentence(data: bytes) -> None:
    with suppress(StemBridgeError):
        assert read_request(data, SessionState()).do in ("generate", "regenerate", "cancel", "connect", "again")
