"""Worker threads: progress, cancelling, failures."""

import threading
import time

import numpy as np
import pytest

from engine.errors import Cancelled
from engine.sketch import render
from engine.sketch.mix import note_placement
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

    monkeypatch.setattr(note_placement, "sounded", slow)
    composition = groove(FUNK, 16)
    before = threading.active_count()
    with pytest.raises(Cancelled):
        render.render(composition, 48_000, 1, 0.0, report)
    assert len(struck) < 0.25 * sum(len(part.notes) for part in composition.score.parts)
    assert threading.active_count() == before


def test_a_failure_in_a_part_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(voice: object, stroke: object) -> np.ndarray:
        raise ZeroDivisionError("in a part")

    monkeypatch.setattr(note_placement, "sounded", broken)
    with pytest.raises(ZeroDivisionError, match="in a part"):
        sound(groove(FUNK, 1))
