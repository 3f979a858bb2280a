"""Replies in the mailbox: every line of them, and fields that any script can take apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.doors.files.reply import escape_field, order, refusal, status_reply
from bridge.jobs.job import State
from bridge.takes.colors import stem_color
from engine.errors import InvalidValue
from tests.helpers.job_specs import make_job, make_spec
from tests.helpers.take_files import write_take

STEMS = [{"name": "drums", "file": "drums.wav", "color": "#123456"}, {"name": "bass", "file": "bass.wav"}]


def lines(text: str) -> list[list[str]]:
    """Return the lines between the first and the last as fields."""
    first, *between, last, rest = text.split("\n")
    assert (first, last, rest) == ("stembridge\t1", "end", "")
    return [line.split("\t") for line in between]


def take_lines(folder: Path, is_best: int, seconds: str = "4.0") -> list[list[str]]:
    """Return what a reply has for one take of `STEMS`."""
    return [
        ["take", folder.name, str(is_best), "7", seconds],
        ["stem", "drums", str(folder / "drums.wav"), "#123456"],
        ["stem", "bass", str(folder / "bass.wav"), stem_color("bass")],
        ["mix", "mix", str(folder / "mix.wav"), stem_color("mix")],
    ]


def test_a_refusal_is_a_failure_with_its_sentence() -> None:
    assert refusal("No tab\there.\n") == "stembridge\t1\nstate\tfailed\nmessage\tNo tab\\there.\\n\nend\n"


def test_a_job_that_runs_is_reported_with_its_progress() -> None:
    job = make_job(state=State.RUNNING, phase="generating", progress=0.123456)
    assert lines(status_reply(job)) == [
        ["state", "running"],
        ["job", "ab12cd34"],
        ["progress", "0.1235"],
        ["phase", "generating"],
        ["start", "16.0"],
    ]


def test_a_job_that_failed_is_reported_with_its_message() -> None:
    reported = lines(status_reply(make_job(state=State.FAILED, message="The disk is full.")))
    assert reported[0] == ["state", "failed"]
    assert reported[-1] == ["message", "The disk is full."]


def test_a_finished_job_has_the_files_of_every_take_and_marks_the_best(tmp_path: Path) -> None:
    """The best has the smallest error at the 95th percentile; one that was not measured never is."""
    errors = {"one": 4.5, "two": 2.5, "three": None}
    manifests = [
        write_take(tmp_path / name, stems=STEMS, alignment={"error_ms_p95": error}).manifest
        for name, error in errors.items()
    ]
    job = make_job(
        state=State.DONE,
        manifests=[str(path) for path in manifests],
        spec=replace(make_spec(), notices=["One notice."]),
    )
    reported = lines(status_reply(job))
    expected = [take_lines(tmp_path / name, int(name == "two")) for name in errors]
    assert reported[5:] == [*expected[0], *expected[1], *expected[2], ["notice", "One notice."]]


def test_a_finished_job_whose_take_is_gone_is_a_refusal(tmp_path: Path) -> None:
    job = make_job(state=State.DONE, manifests=[str(tmp_path / "gone" / "manifest.json")])
    (state, message) = lines(status_reply(job))
    assert state == ["state", "failed"]
    assert message[1].startswith("manifest must be")


def test_an_order_says_where_its_takes_go(tmp_path: Path) -> None:
    manifest = write_take(tmp_path / "take", stems=STEMS, id="ab12-2").manifest
    assert lines(order([manifest], "playhead", 4.5, ["Look."])) == [
        ["state", "done"],
        ["job", "ab12"],  # without the variation's number
        ["start", "4.5"],
        ["place", "playhead"],
        *take_lines(tmp_path / "take", 1),
        ["notice", "Look."],
    ]
    with pytest.raises(InvalidValue, match="manifest must be"):
        order([tmp_path / "gone" / "manifest.json"], "trigger", 0.0)


@pytest.mark.parametrize(
    ("value", "field"),
    [("a\tb", "a\\tb"), ("a\r\nb", "a\\r\\nb"), ("C:\\new", "C:\\\\new"), ("a\0b", "a b"), (3, "3"), (0.5, "0.5")],
)
def test_a_field_is_escaped(value: object, field: str) -> None:
    assert escape_field(value) == field


@given(st.text(st.characters(exclude_characters="\0")))
def test_any_text_comes_back_from_its_field(text: str) -> None:
    field = escape_field(text)
    assert not set(field) & set("\t\r\n")
    marks = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}
    back, at = "", 0
    while at < len(field):
        piece = field[at : at + 2] if field[at] == "\\" else field[at]
        back += marks.get(piece, piece)
        at += len(piece)
    assert back == text
