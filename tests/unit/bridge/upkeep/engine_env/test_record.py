"""The two files beside the environment."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.upkeep.engine_env.find import find_interpreter
from bridge.upkeep.engine_env.hardware import Hardware
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import (
    BegunInstall,
    EnvironmentRecord,
    asked_device,
    read_begun,
    read_record,
    write_begun,
    write_record,
)
from bridge.upkeep.engine_env.state import look_at
from tests.helpers.engine_environment import RECORD, make_environment

LINUX = Hardware("linux", "x86_64")


@pytest.fixture
def location(tmp_path: Path) -> Location:
    return make_environment(tmp_path / "engine")


def test_a_record_comes_back_as_it_was(location: Location) -> None:
    assert read_record(location) == RECORD
    write_begun(location, BegunInstall("cpu", 12, 3.5))
    assert read_begun(location) == BegunInstall("cpu", 12, 3.5)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{", '{"format": 1}', '{"format": 2}', "\ud83d".encode(errors="replace").decode()]
)
def test_a_record_that_cannot_be_read_is_none(location: Location, text: str) -> None:
    location.record.write_text(text)
    location.begun.write_text(text)
    assert read_record(location) is None
    assert read_begun(location) == BegunInstall()
    assert find_interpreter(location.root) is None
    assert look_at(location, LINUX).kind == "begun"


def test_of_a_later_form_it_is_none(location: Location) -> None:
    data = json.loads(location.record.read_text())
    location.record.write_text(json.dumps({**data, "format": 2}))
    assert read_record(location) is None


def test_without_files_there_is_nothing(tmp_path: Path) -> None:
    location = Location(tmp_path)
    assert read_record(location) is None
    assert read_begun(location) is None


def test_the_record_ends_the_unfinished_installation(location: Location) -> None:
    write_begun(location, BegunInstall("cpu"))
    write_record(location, RECORD)
    assert not location.begun.exists()
    assert sorted(path.name for path in location.root.iterdir()) == ["environment", "record.json"]


def test_the_file_has_the_keys_of_format_1(location: Location) -> None:
    expected = "device channel reason asked found fingerprint torch python version made format"
    document = json.loads(location.record.read_text(encoding="utf-8"))
    assert " ".join(document) == expected
    assert document["format"] == 1


@pytest.mark.parametrize(
    ("device", "record", "expected"),
    [
        ("", None, "auto"),
        ("", replace(RECORD, asked="cpu"), "cpu"),
        ("auto", replace(RECORD, asked="cpu"), "auto"),
        ("cuda", None, "cuda"),
    ],
)
def test_a_requested_device_stays_in_effect_until_the_next_request(
    device: str, record: EnvironmentRecord | None, expected: str
) -> None:
    assert asked_device(device, record) == expected
