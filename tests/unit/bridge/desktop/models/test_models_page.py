"""The models page over the real catalogue and an empty folder of models."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from bridge.app.events import ModelWork
from bridge.desktop.adapter import Adapter
from bridge.desktop.models.models_page import ModelsPage
from engine.errors import StemBridgeError
from engine.models.catalogue import OWN_FILE, read_catalogue
from tests.helpers.fake_handle import FakeHandle

NAME = "ace-step-2b-turbo"
ENTRY = read_catalogue()[NAME]


def answered(result: object) -> Future[object]:
    future: Future[object] = Future()
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
    return future


@pytest.fixture
def missing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The command that installs the libraries, as one word; empty = they are there."""
    command: list[str] = []
    monkeypatch.setattr("bridge.app.models.ModelDesk.missing", lambda _: "".join(command))
    monkeypatch.setattr("bridge.app.models.ModelDesk.recommended", lambda _: answered((NAME, "It fits whole.")))
    return command


@pytest.fixture
def page(adapter: Adapter, missing: list[str], qtbot: QtBot) -> ModelsPage:
    made = ModelsPage(adapter)
    qtbot.addWidget(made)
    made.show()
    return made


def test_every_model_of_the_catalogue_has_a_row(page: ModelsPage) -> None:
    assert list(page.rows) == list(read_catalogue())
    assert {row.status.text() for row in page.rows.values()} == {"not installed"}
    assert page.disk.text().startswith(str(page._desk.folder))


def test_the_model_that_suits_the_machine_is_marked(page: ModelsPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.rows[NAME].suits.isVisible())
    assert [name for name, row in page.rows.items() if row.suits.isVisible()] == [NAME]


def test_missing_libraries_are_said_with_the_command_to_copy(
    adapter: Adapter, missing: list[str], qtbot: QtBot
) -> None:
    missing.append("pip install torch")
    page = ModelsPage(adapter)
    qtbot.addWidget(page)
    page.show()
    assert page.problem.text().endswith("This installs them: pip install torch")
    assert page.set_up.isVisible()
    page.copy.click()
    assert QApplication.clipboard().text() == "pip install torch"


def test_a_broken_catalogue_of_the_user_is_said_on_the_page(
    adapter: Adapter, handle: FakeHandle, missing: list[str], qtbot: QtBot
) -> None:
    handle.models.folder.mkdir(parents=True)
    (handle.models.folder / OWN_FILE).write_text("[")
    page = ModelsPage(adapter)
    qtbot.addWidget(page)
    page.show()
    assert page.rows == {}
    assert OWN_FILE in page.problem.text()


def test_an_offer_is_shown_before_anything_is_fetched(
    page: ModelsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    remote = SimpleNamespace(endpoint="https://hub", repository="a/b", commit="0123456789abcdef")
    offer = SimpleNamespace(size_bytes=3_000_000_000, missing_bytes=2_000_000_000, licence="mit", remote=remote)
    fetched: list[object] = []
    monkeypatch.setattr(page._desk, "offer", lambda name: answered(offer))
    monkeypatch.setattr(page._desk, "download", fetched.append)
    row = page.rows[NAME]
    row.buttons["download"].click()
    qtbot.waitUntil(lambda: bool(row.answers()))
    assert row.words.text().startswith(
        "3.0 GB, 1.0 GB of it here already, licence mit, from https://hub/a/b (commit 0123456789ab). "
    )
    assert fetched == []
    row.answers()[1].click()  # type: ignore[attr-defined]
    assert fetched == [offer]


def test_an_offer_that_fails_is_said_in_the_row(
    page: ModelsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page._desk, "offer", lambda name: answered(StemBridgeError("The hub does not answer.")))
    page.do(NAME, "download")
    row = page.rows[NAME]
    qtbot.waitUntil(lambda: row.words.text() == "The hub does not answer.")
    assert row.words.property("role") == "bad"


def test_a_folder_is_installed_from_if_one_was_chosen(
    page: ModelsPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopted: list[tuple[str, Path]] = []
    monkeypatch.setattr(page._desk, "adopt", lambda name, folder: adopted.append((name, folder)))
    for chosen in ("", str(tmp_path)):
        monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, chosen=chosen: chosen)
        page.do(NAME, "folder")
    assert adopted == [(NAME, tmp_path)]


def test_checking_a_model_that_is_not_there_is_a_sentence(page: ModelsPage) -> None:
    page.do(NAME, "verify")
    assert page.rows[NAME].words.property("role") == "bad"
    assert page.rows[NAME].words.text()


def test_removing_asks_first_and_says_what_is_free_again(
    page: ModelsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page._desk, "remove", lambda name: answered(2_500_000))
    row = page.rows[NAME]
    page.do(NAME, "remove")
    assert row.words.text() == "Delete 0 kB from this disk?"
    with qtbot.waitSignal(page.changed):
        row.answers()[1].click()  # type: ignore[attr-defined]
    assert row.words.text() == "Deleted; 2.5 MB are free again."


def test_progress_and_end_of_work_are_shown_in_its_row(page: ModelsPage, handle: FakeHandle, qtbot: QtBot) -> None:
    row, work = page.rows[NAME], ModelWork(NAME, ENTRY.label, "downloading", 500, 1000)
    handle.tell(work)
    qtbot.waitUntil(row.bar.isVisible)
    assert row.bar.value() == 500
    with qtbot.waitSignal(page.changed):
        handle.tell(work.ended("failed", "The connection broke."))
    assert (row.words.text(), row.words.property("role")) == ("The connection broke.", "bad")
    assert not row.bar.isVisible()


def test_work_on_a_model_that_is_not_on_the_page_is_ignored(page: ModelsPage, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(page.changed):
        page._worked(ModelWork("own", "Own", "copying", 0, 1).ended("done", "There."))


def test_stopping_says_so_at_once(page: ModelsPage) -> None:
    page.do(NAME, "cancel")
    assert page.rows[NAME].words.text() == "Stopping…"
    assert not page.rows[NAME].stop.isEnabled()
    assert page._desk._stop.is_set()


def test_the_page_opens_at_a_model(page: ModelsPage) -> None:
    page.open_at(NAME)
    assert page.rows[NAME].buttons["download"].hasFocus()
    page.open_at("unknown")


def test_the_page_of_the_environment_is_made_once(page: ModelsPage, qtbot: QtBot) -> None:
    first = page.open_environment()
    qtbot.waitUntil(lambda: first.state is not None)
    assert page.open_environment() is first
    qtbot.waitUntil(lambda: first.headline.text() != "Looking…")
    first.close()
