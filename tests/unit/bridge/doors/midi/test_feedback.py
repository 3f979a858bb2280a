"""Lights: the bytes for each status, the defaults, and faults in words."""

from __future__ import annotations

import pytest

from bridge.doors.midi.feedback import STATUS_OF, STATUSES, read_light
from bridge.jobs.job import State
from engine.errors import InvalidValue


def test_a_note_light_has_a_velocity_for_each_status() -> None:
    light = read_light({"note": 36})
    assert [light.message(status) for status in STATUSES] == [
        [0x90, 36, 0],
        [0x90, 36, 64],
        [0x90, 36, 127],
        [0x90, 36, 1],
    ]


def test_a_controller_light_sends_on_its_channel_what_the_map_says() -> None:
    light = read_light({"cc": 0, "channel": 16, "idle": 5, "failed": 0})
    assert light.message("idle") == [0xBF, 0, 5]
    assert light.message("failed") == [0xBF, 0, 0]
    assert light.message("done") == [0xBF, 0, 127], "the default of a status that is not named"


def test_every_state_of_a_job_has_a_status() -> None:
    assert set(STATUS_OF) == set(State)
    assert set(STATUS_OF.values()) == set(STATUSES)
    assert STATUS_OF[State.CANCELLED] == "idle"


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({}, "a light must be a note or a cc, not 'with both or neither'"),
        ({"note": 1, "cc": 2}, "a light must be a note or a cc"),
        ({"note": 1, "colour": 3}, "a light's key must be one of note, cc, channel, idle, working, done, failed"),
        ({"note": 128}, "note must be an integer, 0–127, not 128"),
        ({"cc": 1, "channel": 0}, "channel must be an integer, 1–16, not 0"),
        ({"cc": 1, "done": "bright"}, "done must be an integer, 0–127, not 'bright'"),
        ({"cc": 1, "done": True}, "done must be an integer, 0–127, not True"),
    ],
)
def test_a_wrong_light_is_a_sentence(table: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidValue) as raised:
        read_light(table)
    assert sentence in str(raised.value)
