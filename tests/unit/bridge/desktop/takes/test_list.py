"""The list of jobs and takes, over real files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QVBoxLayout
from pytestqt.qtbot import QtBot

from bridge.app.events import JobChanged
from bridge.desktop.takes import list as list_module
from bridge.desktop.takes.list import TakeList
from bridge.jobs.job import State
from tests.helpers.take_files import write_take


def job(job_id: str, state: State = State.QUEUED) -> JobChanged:
    return JobChanged(job_id, state, "queued", 0.0, "", (), 0.0, True, {})


@pytest.fixture
def takes(qtbot: QtBot, tmp_path: Path) -> Iterator[TakeList]:
    made = TakeList(tmp_path / "waveforms")
    made.show()
    yield made
    made.close_threads()
    made._threads.shutdown(wait=True)
    made.close()
    made.deleteLater()  # not by qtbot, which would do it before the threads have ended


def widgets(box: QVBoxLayout) -> list[object]:
    return [box.itemAt(index).widget() for index in range(box.count())]


def test_it_is_empty_until_there_is_a_job_or_a_take(takes: TakeList, tmp_path: Path) -> None:
    assert takes.empty.isVisible()
    takes.show_job(job("1"))
    assert not takes.empty.isVisible()
    takes.drop_job("1")
    assert takes.empty.isVisible()
    card = takes.add(write_take(tmp_path / "take"))
    assert not takes.empty.isVisible()
    takes.remove(card.take.manifest)
    assert takes.empty.isVisible()
    takes.remove(card.take.manifest)
    takes.drop_job("unknown")


def test_a_job_has_one_row_until_it_is_done(takes: TakeList) -> None:
    takes.show_job(job("1"))
    row = takes.jobs["1"]
    takes.show_job(job("1", State.RUNNING))
    assert takes.jobs == {"1": row}
    assert row.job.state is State.RUNNING
    takes.show_job(job("1", State.DONE))
    assert takes.jobs == {}


def test_a_failed_job_stays_and_a_cancelled_one_goes(takes: TakeList) -> None:
    for job_id, state in (("1", State.FAILED), ("2", State.CANCELLED)):
        takes.show_job(job(job_id))
        takes.show_job(job(job_id, state))
    assert list(takes.jobs) == ["1"]


def test_waiting_jobs_can_be_put_in_another_order(takes: TakeList) -> None:
    for job_id in "123":
        takes.show_job(job(job_id))
    takes.show_job(job("0", State.RUNNING))
    assert takes.waiting() == ["1", "2", "3"]
    takes.order_jobs(["3", "gone", "1", "2"])
    assert takes.waiting() == ["3", "1", "2"]
    assert widgets(takes._jobs_box) == [takes.jobs[job_id] for job_id in "0312"]


def test_what_is_clicked_in_a_row_has_the_jobs_id(takes: TakeList, qtbot: QtBot) -> None:
    takes.show_job(job("7"))
    with qtbot.waitSignal(takes.job_requested) as asked:
        takes.jobs["7"].cancel.click()
    assert asked.args == ["7", "cancel"]


def test_the_takes_of_folders_are_shown_newest_first(takes: TakeList, tmp_path: Path, qtbot: QtBot) -> None:
    for day in (20, 22, 21):
        write_take(tmp_path / "takes" / str(day), created=f"2026-11-{day}T09:00:00.000Z")
    takes.open_folders([tmp_path / "takes", tmp_path / "missing"])
    qtbot.waitUntil(lambda: len(takes.cards) == 3)
    assert [path.parent.name for path in takes.cards] == ["22", "21", "20"]
    assert widgets(takes._takes_box) == list(takes.cards.values())


def test_only_the_newest_takes_have_cards(
    takes: TakeList, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_module, "MAX_CARDS", 1)
    for day in (20, 21):
        write_take(tmp_path / "takes" / str(day), created=f"2026-11-{day}T09:00:00.000Z")
    takes.open_folders([tmp_path / "takes"])
    qtbot.waitUntil(lambda: bool(takes.cards))
    assert [path.parent.name for path in takes.cards] == ["21"]


def test_other_folders_replace_the_takes_and_only_the_last_scan_counts(
    takes: TakeList, tmp_path: Path, qtbot: QtBot
) -> None:
    one = takes.add(write_take(tmp_path / "one" / "a")).take.manifest
    two = write_take(tmp_path / "two" / "b").manifest
    takes.open_folders([tmp_path / "one"])
    takes.open_folders([tmp_path / "two"])
    qtbot.waitUntil(lambda: two in takes.cards)
    assert one not in takes.cards


def test_a_scan_that_ends_after_the_window_was_closed_shows_nothing(
    takes: TakeList, tmp_path: Path, qtbot: QtBot
) -> None:
    write_take(tmp_path / "takes" / "a")
    scanned: list[object] = []
    takes._found.connect(scanned.append)
    takes.open_folders([tmp_path / "takes"])
    takes._threads.shutdown(wait=True)
    takes.close_threads()
    qtbot.waitUntil(lambda: bool(scanned))
    assert takes.cards == {}
    assert not takes._idle.isActive()


def test_a_take_that_is_new_stands_on_top_and_is_shown_once(takes: TakeList, tmp_path: Path) -> None:
    old, new = takes.add(write_take(tmp_path / "old")), takes.add(write_take(tmp_path / "new"))
    assert widgets(takes._takes_box) == [new, old]
    assert takes.add(replace(new.take, name="Idea")) is new
    assert new.title.text() == "Idea"


def test_waveforms_follow_and_are_kept(takes: TakeList, tmp_path: Path, qtbot: QtBot) -> None:
    card = takes.add(write_take(tmp_path / "take"))
    qtbot.waitUntil(lambda: set(card.waveform._peaks) == {"drums", "bass"})
    assert card.waveform._peaks["drums"].high.max() == round(0.25 * 127)
    assert len(list((tmp_path / "waveforms").iterdir())) == 2


def test_a_stem_that_is_missing_leaves_the_card_without_waveforms(
    takes: TakeList, tmp_path: Path, qtbot: QtBot
) -> None:
    take = write_take(tmp_path / "take")
    take.stems[0].path.unlink()
    with qtbot.waitSignal(takes._drawn):
        card = takes.add(take)
    assert not card.waveform._peaks


def test_the_filter_leaves_favourites(takes: TakeList, tmp_path: Path) -> None:
    plain = takes.add(write_take(tmp_path / "plain"))
    takes.only.click()
    assert not plain.isVisible()
    assert (takes.empty.isVisible(), takes.empty.title.text()) == (True, "No favourites here")
    liked = takes.add(replace(write_take(tmp_path / "liked"), favourite=True))
    assert liked.isVisible()
    assert not takes.empty.isVisible()
    takes.only.click()
    assert plain.isVisible()


def test_what_is_asked_of_a_card_has_the_card(takes: TakeList, tmp_path: Path, qtbot: QtBot) -> None:
    card = takes.add(write_take(tmp_path / "take"))
    with qtbot.waitSignal(takes.requested) as asked:
        card.requested.emit("rename", "Idea")
    assert asked.args == [card, "rename", "Idea"]


WARM_UP = """
import sys
from bridge.desktop.takes.list import _warm_up
needed = {"bridge.app.player.mixer", "bridge.app.player.peaks", "bridge.desktop.takes.lanes", "numpy"}
before = needed & set(sys.modules)
_warm_up()
print(sorted(before), sorted(needed - set(sys.modules)))
"""


def test_warming_up_loads_what_the_first_take_needs_and_nothing_else_does() -> None:
    ended = subprocess.run([sys.executable, "-c", WARM_UP], capture_output=True, text=True, check=True, timeout=120)
    assert ended.stdout == "[] []\n"
