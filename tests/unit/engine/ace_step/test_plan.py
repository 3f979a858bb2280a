from __future__ import annotations

from pathlib import Path

import pytest

from engine.ace_step.plan import BASE, TURBO
from tests.helpers.ace_requests import INFO
from tests.helpers.ace_shelf import plan_from_folder
from tests.helpers.tiny_ace_step import TRANSFORMER

torch = pytest.importorskip("torch")


def test_folders_tell_layout_tasks_and_limits(models_dir: Path) -> None:
    turbo, original, base = (plan_from_folder(name, models_dir) for name in INFO.models)
    assert (turbo.layout, turbo.limits, turbo.tasks) == ("diffusers", TURBO, ("text2music", "cover", "repaint"))
    assert (original.layout, original.transformer, original.limits) == ("original", TRANSFORMER, TURBO)
    assert base.limits == BASE
    assert "extract" in base.tasks
