"""Models in the window: downloaded, checked, copied and removed, from a real server on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.helpers.desktop_hands import Open

pytest.importorskip("huggingface_hub", reason="the extra ace-step is not installed")
from safetensors.numpy import save_file

from bridge.desktop.models.models_page import ModelsPage
from bridge.desktop.models.row import ModelRow
from bridge.desktop.window.main_window import MainWindow
from bridge.home.folders import Folders
from engine.models.catalogue import OWN_FILE, find_entry
from engine.models.installed_models import RECORD, ModelStore, record_of
from tests.helpers.hub.server import LocalHub

NAME = "tiny-demucs"
PARAMETERS = 60_000
WEIGHTS = "955717e8.safetensors"
ENTRY = f"""
[{NAME}]
label = "Tiny separator"
kind = "separator"
repository = "tiny/demucs"
revision = "main"
layout = "demucs"
files = ["*.yaml", "*.safetensors"]
size = 240_000
licence = "MIT"
parameters = {PARAMETERS}
"""


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("separator")
    metadata = {"klass": "demucs.htdemucs.HTDemucs", "args": "[]", "kwargs": "{}"}
    rng = np.random.default_rng(1)
    save_file({"weight": rng.random(PARAMETERS, np.float32)}, folder / WEIGHTS, metadata)
    (folder / f"{NAME}.yaml").write_text("models: ['955717e8']\n")
    return folder


@pytest.fixture
def separator_hub(weights: Path, folders: Folders, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalHub]:
    """A hub that has one small model, which is in the user's catalogue."""
    separator_hub = LocalHub({"tiny/demucs": weights})
    folders.models.mkdir(parents=True)
    (folders.models / OWN_FILE).write_text(ENTRY)
    monkeypatch.setattr("engine.models.download.RESERVE_BYTES", 1_000_000)
    yield separator_hub
    separator_hub.close()


@pytest.fixture
def page(separator_hub: LocalHub, window: MainWindow) -> ModelsPage:
    window.adapter.handle.models.endpoint = separator_hub.endpoint
    return window.pages.show_models(NAME)


def visible(made: ModelRow) -> list[str]:
    return [button.text() for button in made.findChildren(QPushButton) if button.isVisible()]


def agree(made: ModelRow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(made.answers()))
    made.answers()[1].click()


def start(page: ModelsPage, qtbot: QtBot) -> ModelRow:
    made = page.rows[NAME]
    made.buttons["download"].click()
    agree(made, qtbot)
    return made


def test_a_model_from_the_offer_to_its_removal(
    page: ModelsPage, separator_hub: LocalHub, qtbot: QtBot, folders: Folders
) -> None:
    made = page.rows[NAME]
    assert made.status.text() == "not installed"
    assert visible(made) == ["Download…", "From a folder…"]
    made.buttons["download"].click()
    qtbot.waitUntil(lambda: bool(made.answers()))
    for said in ("240 kB", "licence mit", separator_hub.endpoint, "are free on the disk"):
        assert said in made.words.text()
    assert not any(
        path.endswith(WEIGHTS) for path, _, _ in separator_hub.requests
    )  # nothing is fetched before the user agrees
    made.answers()[1].click()
    qtbot.waitUntil(lambda: made.status.text() == "installed")
    qtbot.waitUntil(lambda: made.words.text() == "Tiny separator is installed (0.00 GB).")
    assert visible(made) == ["Check", "Remove"]

    made.buttons["verify"].click()
    qtbot.waitUntil(lambda: made.words.text() == "Tiny separator: all files are as they should be.")
    made.buttons["remove"].click()
    made.answers()[1].click()
    qtbot.waitUntil(lambda: made.status.text() == "not installed")
    assert ModelStore(folders.models).find(NAME) is None


def test_a_cancelled_download_is_continued_later(page: ModelsPage, separator_hub: LocalHub, qtbot: QtBot) -> None:
    separator_hub.faults.slow_s[WEIGHTS] = 0.02
    made = start(page, qtbot)
    qtbot.waitUntil(lambda: made.bar.isVisible() and made.bar.value() > 100)
    assert made.words.text().startswith("Downloading")
    assert visible(made) == ["Cancel"]
    made.stop.click()
    qtbot.waitUntil(lambda: not made.bar.isVisible())
    assert "what has arrived is kept" in made.words.text()
    assert made.status.text().endswith("of 240 kB here")
    separator_hub.faults.slow_s.clear()
    separator_hub.requests.clear()
    assert made.buttons["download"].text() == "Go on…"
    start(page, qtbot)
    qtbot.waitUntil(lambda: made.status.text() == "installed")
    assert any(path.endswith(WEIGHTS) and asked for path, asked, _ in separator_hub.requests)


def test_a_hub_that_cannot_be_reached_is_a_sentence(page: ModelsPage, separator_hub: LocalHub, qtbot: QtBot) -> None:
    separator_hub.faults.repository_answer = (503, "")
    made = page.rows[NAME]
    made.buttons["download"].click()
    qtbot.waitUntil(lambda: "answered 503" in made.words.text())
    assert "try again later" in made.words.text()
    assert made.buttons["download"].isEnabled()


def test_a_disk_without_room_is_reported_before_anything_is_fetched(
    page: ModelsPage, separator_hub: LocalHub, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.models.download.RESERVE_BYTES", 10**18)
    made = page.rows[NAME]
    made.buttons["download"].click()
    qtbot.waitUntil(lambda: "GB free" in made.words.text())
    assert "make" in made.words.text()
    assert not made.answers()


def test_a_damaged_model_is_found(page: ModelsPage, qtbot: QtBot, folders: Folders) -> None:
    made = start(page, qtbot)
    qtbot.waitUntil(lambda: made.status.text() == "installed")
    file = folders.models / NAME / WEIGHTS
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    made.buttons["verify"].click()
    qtbot.waitUntil(lambda: "is damaged" in made.words.text())


def test_a_model_comes_from_a_folder_on_this_disk(
    page: ModelsPage, weights: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    made = page.rows[NAME]
    page.adopt(NAME, tmp_path)
    qtbot.waitUntil(lambda: "holds no" in made.words.text())
    assert made.status.text() == "not installed"
    page.adopt(NAME, weights)
    qtbot.waitUntil(lambda: str(weights) in made.words.text())
    assert made.status.text() == "installed"


def test_a_download_goes_on_behind_a_closed_page_and_its_end_is_reported(
    page: ModelsPage, separator_hub: LocalHub, window: MainWindow, qtbot: QtBot
) -> None:
    separator_hub.faults.slow_s[WEIGHTS] = 0.002
    made = start(page, qtbot)
    qtbot.waitUntil(made.bar.isVisible)
    page.close()
    qtbot.waitUntil(lambda: any("is installed" in m.text for m in window.message_bar.shown))


def test_the_request_knows_the_installed_models(window: MainWindow, folders: Folders, qtbot: QtBot) -> None:
    engines = window.request.engines
    assert engines.info.name == "sketch"
    assert not engines.model.isVisible()
    window.request.show_block({"engine": "ace-step", "model": "ace-step-2b-turbo"})
    assert engines.state.text() == "ACE-Step 1.5 turbo (2B) is not installed: 6.3 GB, licence MIT."
    assert engines.get.text() == "Get a model…"
    window.request.genres.text.setPlainText("funk")
    window.session.override("tempo", 120.0)
    window.request.go.click()
    qtbot.waitUntil(lambda: bool(window.message_bar.shown))
    action = window.message_bar.shown[0].action
    assert action is not None
    window.message_bar.requested.emit(action.command)
    page = window.findChild(ModelsPage)
    assert page.isVisible()
    assert page.rows["ace-step-2b-turbo"].status.text() == "not installed"

    folder = folders.models / "ace-step-2b-turbo"
    folder.mkdir(parents=True)
    (folder / RECORD).write_text(record_of(find_entry(folder.name), (), "a test").to_json())
    page.changed.emit()
    assert engines.info.name == "ace-step"
    assert engines.model.currentText() == "ACE-Step 1.5 turbo (2B)"
    assert engines.values() == {"engine": "ace-step", "model": "ace-step-2b-turbo"}
    assert "vocals" in window.request.shape.stems


def test_downloading_imports_no_torch(open_desktop: Open, separator_hub: LocalHub, folders: Folders) -> None:
    """In a separate process, as other tests may have imported it in this one."""
    program = f"""
import sys
from pathlib import Path
import engine.models.download as download
from bridge.app.models import ModelDesk
download.RESERVE_BYTES = 0
ends = []
import threading
over = threading.Event()
def heard(work):
    if work.state != "running":
        ends.append(work)
        over.set()


desk = ModelDesk(Path({str(folders.models)!r}), heard)
desk.states()
desk.download(desk.offer({NAME!r}).result(60))
assert over.wait(120)
assert ends[0].state == "done", ends
print(sorted({{"torch", "PySide6"}} & set(sys.modules)))
"""
    environ = {**os.environ, "HF_ENDPOINT": separator_hub.endpoint}
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environ, timeout=120)
    assert ended.stdout == "[]\n", ended.stderr
