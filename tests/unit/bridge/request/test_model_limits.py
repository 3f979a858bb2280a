"""Limits of a model, told at the request: for asked values alone, and only where the model is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.request.layers import Layers
from bridge.request.model_limits import early_notices
from engine.origin import Origin
from engine.registry import SKETCH, ace_step_info


@pytest.mark.parametrize(
    ("model", "block", "count"),
    [
        ("ace-step-xl-turbo", {"steps": 8}, 0),
        ("ace-step-xl-turbo", {"steps": 20, "shift": 2.0}, 0),
        ("ace-step-xl-turbo", {"steps": 21}, 1),
        ("ace-step-xl-turbo", {"steps": 60, "cfg": 7.0, "shift": 4.0}, 3),
        ("ace-step-xl-base", {"steps": 60, "cfg": 7.0, "shift": 4.0}, 0),
        ("auto", {"steps": 60}, 0),
    ],
)
def test_one_sentence_for_each_value_that_will_run_otherwise(
    tmp_path: Path, model: str, block: dict[str, object], count: int
) -> None:
    said = Layers().over({"model": model, **block}, Origin.USER)
    notices = early_notices(ace_step_info(), said, tmp_path)
    assert len(notices) == count
    assert all(model in notice for notice in notices)
    assert early_notices(SKETCH, said, tmp_path) == []


def test_what_nobody_asked_for_is_not_told(tmp_path: Path) -> None:
    said = Layers().over({"model": "ace-step-xl-turbo", "steps": 50, "shift": 4.0}, Origin.DEFAULT)
    assert early_notices(ace_step_info(), said, tmp_path) == []
