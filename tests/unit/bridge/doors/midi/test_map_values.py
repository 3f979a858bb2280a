"""Values in a MIDI map: what is taken, and the sentence for everything else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bridge.doors.midi.map_values import (
    MAX_PATTERNS,
    check_flag,
    check_number,
    check_patterns,
    check_span,
    read_source,
)
from bridge.doors.midi.messages import MMC_COMMANDS, MidiKind
from engine.errors import InvalidValue


@pytest.mark.parametrize(
    ("table", "source"),
    [
        ({"note": 0}, (MidiKind.NOTE, 0, 0.0)),
        ({"cc": 127}, (MidiKind.CC, 127, 0.0)),
        ({"program": 5}, (MidiKind.PROGRAM, 5, 0.0)),
        ({"bend": -0.5}, (MidiKind.BEND, -1, -0.5)),
        ({"bend": 1}, (MidiKind.BEND, -1, 1.0)),
        ({"mmc": "record strobe"}, (MidiKind.MMC, 6, 0.0)),
        ({"song_position": 16_383}, (MidiKind.SONG_POSITION, 16_383, 0.0)),
    ],
)
def test_one_key_names_the_message(table: dict[str, object], source: tuple[MidiKind, int, float]) -> None:
    assert read_source({"action": "cancel", **table}) == source


def test_every_command_of_machine_control_has_its_name() -> None:
    assert [read_source({"mmc": name})[1] for name in MMC_COMMANDS.values()] == list(MMC_COMMANDS)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({}, "the message must be exactly one of note, cc, program, bend, mmc, song_position, not 'missing'"),
        ({"note": 1, "bend": 0.5}, "not 'note, bend'"),
        ({"song_position": 16_384}, "song_position must be an integer, 0–16383"),
        ({"bend": 0}, "bend must be a share of the wheel's way, −1–1 and not 0"),
        ({"bend": -1.01}, "bend must be a share"),
        ({"bend": True}, "bend must be a share"),
        ({"mmc": 6}, "mmc must be one of stop, play"),
    ],
)
def test_a_message_that_is_none_is_a_sentence(table: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidValue) as raised:
        read_source(table)
    assert sentence in str(raised.value)


def test_values_that_fit_come_back() -> None:
    assert check_number("note", 127, 0, 127) == 127
    assert check_span("velocity", [1, 1], 1, 127) == (1, 1)
    assert check_patterns("inputs", []) == ()
    assert check_patterns("inputs", ["Launchpad*", "x"]) == ("Launchpad*", "x")
    assert check_flag("virtual_port", False) is False


@pytest.mark.parametrize(
    ("check", "values", "sentence"),
    [
        (lambda value: check_number("note", value, 0, 127), [-1, 128, 1.0, "1", True, None], "an integer, 0–127"),
        (
            lambda value: check_span("velocity", value, 1, 127),
            [[2, 1], [1], [1, 2, 3], 5],
            "[lowest, highest], 1–127",
        ),
        (lambda value: check_span("velocity", value, 1, 127), [[0, 5], [1, 128]], "an integer, 1–127"),
        (lambda value: check_patterns("inputs", value), ["*", [""], [3], ["x" * 201], None], "a list of names"),
        (lambda value: check_patterns("inputs", value), [["x"] * (MAX_PATTERNS + 1)], "a list of names"),
        (lambda value: check_flag("virtual_port", value), [0, 1, "true", None], "true or false"),
    ],
)
def test_values_that_do_not_fit_are_sentences(
    check: Callable[[object], object], values: list[object], sentence: str
) -> None:
    for value in values:
        with pytest.raises(InvalidValue) as raised:
            check(value)
        assert sentence in str(raised.value), value
