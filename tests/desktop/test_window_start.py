"""The real window's start, in a process of its own: what it loads, and that there is one window per user."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bridge.folders import HOME_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("torch", "transformers", "diffusers", "numpy", "scipy", "soundfile", "sounddevice", "starlette", "uvicorn")

LOADED = f"""
import json, sys
from PySide6.QtWidgets import QApplication
from bridge.options import Options
from bridge.desktop.start import open_window
from bridge.folders import Folders
from bridge.settings import SettingsFile

def loaded():
    return [name for name in {HEAVY!r} if name in sys.modules]

from bridge.app.handle import AppHandle
started, at_show = AppHandle.start, []
AppHandle.start = lambda self: (at_show.extend(loaded()), started(self))[1]  # the companion starts once it is shown
app = QApplication([])
folders = Folders.of_user()
desktop = open_window(app, Options(folders=folders, osc_port=0, http_port=0), SettingsFile(folders.settings))
assert desktop.window.isVisible()
while not desktop.window.request.go.isEnabled():
    app.processEvents()
print(json.dumps([at_show, loaded()]))
desktop.close()
"""


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    own = {HOME_VARIABLE: str(tmp_path), "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    return {**os.environ, **own}


def test_nothing_heavy_is_loaded_before_the_window_is_shown_and_torch_never(environment: Mapping[str, str]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOADED], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=100
    )
    assert ended.returncode == 0, ended.stderr
    at_show, later = json.loads(ended.stdout.splitlines()[-1])
    assert at_show == []
    assert {"starlette", "uvicorn"} <= set(later), "the measure sees what is loaded"
    assert not {"torch", "transformers", "diffusers"} & set(later)
