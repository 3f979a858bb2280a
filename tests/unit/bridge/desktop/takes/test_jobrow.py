"""The row of a job in each of its states."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from bridge.app.eta import Eta
from bridge.app.events import JobChanged
from bridge.desktop.takes.jobrow import PHASES, JobRow
from bridge.jobs.job import State
from engine.contract import Phase

JOB = JobChanged("1", State.QUEUED, "queued", 0.0, "", (), 0.0, True, {"genres": "funk, slap bass"})
RUNNING = replace(JOB, state=State.RUNNING, phase="generating", progress=0.25)


@pytest.fixture
def row(qtbot: QtBot) -> JobRow:
    made = JobRow(JOB)
    qtbot.addWidget(made)
    made.show()
    return made


def visible(row: JobRow) -> list[str]:
    return [button.accessibleName() for button in row.findChildren(QAbstractButton) if button.isVisible()]


def test_every_phase_of_the_engine_has_words() -> None:
    assert set(PHASES) == set(get_args(Phase))


@pytest.mark.parametrize(
    ("job", "buttons", "bar"),
    [
        (JOB, ["Earlier", "Later", "Cancel this job"], False),
        (RUNNING, ["Cancel this job"], True),
        (replace(JOB, state=State.FAILED, message="The disk is full."), ["Try again", "Dismiss"], False),
    ],
    ids=["waiting", "running", "failed"],
)
def test_the_state_decides_what_can_be_done(row: JobRow, job: JobChanged, buttons: list[str], bar: bool) -> None:
    row.refresh(job)
    assert visible(row) == buttons
    assert row.bar.isVisible() == bar


def test_a_waiting_job_says_no_more_than_that(row: JobRow) -> None:
    assert row.title.text() == "funk, slap bass"
    assert row.phase.text() == "Waiting"


def test_a_running_job_says_phase_share_and_time_left(row: JobRow) -> None:
    now = [100.0]
    row._eta = Eta(clock=lambda: now[0])
    row.refresh(RUNNING)
    assert row.phase.text() == "Making the music   25 %"
    assert row.bar.value() == 250
    now[0] += 10.0
    row.refresh(replace(RUNNING, progress=0.5))  # a quarter in 10 s, a half is left
    assert row.phase.text() == "Making the music   50 %   about 20 s left"


def test_a_phase_without_words_is_shown_as_it_is(row: JobRow) -> None:
    row.refresh(replace(RUNNING, phase="dreaming"))
    assert row.phase.text().startswith("dreaming   25 %")


def test_a_failed_job_says_why_in_the_colour_of_faults(row: JobRow) -> None:
    row.refresh(replace(JOB, state=State.FAILED, message="The disk is full."))
    assert (row.phase.text(), row.phase.property("role")) == ("The disk is full.", "bad")
    row.refresh(JOB)
    assert row.phase.property("role") == "dim"


@pytest.mark.parametrize(
    ("genres", "title"),
    [(None, "Music from the tempo and key"), ("x" * 56, "x" * 56), ("x" * 57, "x" * 55 + "…")],
)
def test_the_title_is_short(row: JobRow, genres: str | None, title: str) -> None:
    row.refresh(replace(JOB, block={} if genres is None else {"genres": genres}))
    assert row.title.text() == title


def test_buttons_ask_for_their_action(row: JobRow) -> None:
    asked: list[str] = []
    row.requested.connect(asked.append)
    for button in (row.up, row.down, row.cancel, row.again, row.dismiss):
        button.click()
    assert asked == ["up", "down", "cancel", "again", "dismiss"]
