"""Worker threads: progress, cancelling, failures."""

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from engine.errors import Cancelled
from engine.sketch import render
from engine.sketch.mix import note_placement
from engine.sketch.work import Stopped, WorkProgress, side_by_side
from tests.helpers.render_scores import FUNK, groove, sound


def test_cancelling_passes_through_and_stops_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    struck = []

    def slow(voice: object, stroke: object) -> np.ndarray:
        struck.append(stroke)
        time.sleep(0.002)
        return np.zeros((1, 100), np.float32)

    def report(fraction: float) -> None:
        if fraction > 0.0:
            raise Cancelled

    monkeypatch.setattr(note_placement, "cached_sound", slow)
    composition = groove(FUNK, 16)
    before = threading.active_count()
    with pytest.raises(Cancelled):
        render.render(composition, 48_000, 1, 0.0, report)
    assert len(struck) < 0.25 * sum(len(part.notes) for part in composition.score.parts)
    assert threading.active_count() == before


def test_a_failure_in_a_part_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(voice: object, stroke: object) -> np.ndarray:
        raise ZeroDivisionError("in a part")

    monkeypatch.setattr(note_placement, "cached_sound", broken)
    with pytest.raises(ZeroDivisionError, match="in a part"):
        sound(groove(FUNK, 1))


def test_progress_is_counted_up_to_the_whole() -> None:
    work = WorkProgress()
    assert work.done == 0.0
    work.advance(0.25)
    work.advance(0.5)
    assert work.done == 0.75
    work.advance(0.5)
    assert work.done == 1.0


def test_stopped_work_goes_no_further() -> None:
    work = WorkProgress()
    work.stop()
    with pytest.raises(Stopped):
        work.advance(0.1)
    assert work.done == 0.0


def test_results_come_in_the_order_of_the_jobs() -> None:
    first_may_end = threading.Event()

    def first() -> str:
        first_may_end.wait(5)
        return "first"

    def second() -> str:
        first_may_end.set()
        return "second"

    assert side_by_side([first, second], [WorkProgress(), WorkProgress()], lambda: None) == ["first", "second"]
    nothing: list[Callable[[], str]] = []
    assert side_by_side(nothing, [], lambda: None) == []


def test_the_callers_thread_reports_and_jobs_run_in_others() -> None:
    reporting: set[str] = set()
    names = side_by_side(
        [lambda: threading.current_thread().name] * 3,
        [WorkProgress()] * 3,
        lambda: reporting.add(threading.current_thread().name),
    )
    assert reporting == {threading.current_thread().name}
    assert all(name.startswith("sketch-part") for name in names)


def test_a_report_that_raises_stops_all_work() -> None:
    works = [WorkProgress(), WorkProgress()]
    ended: list[bool] = []

    def job(work: WorkProgress) -> Callable[[], None]:
        def run() -> None:
            try:
                while True:
                    work.advance(0.0)
            except Stopped:
                ended.append(True)
                raise

        return run

    def report() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        side_by_side([job(work) for work in works], works, report)
    assert ended == [True, True]
