"""The uninstall page over real files in a home of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bridge.desktop.adapter import Adapter
from bridge.desktop.settings import uninstall_page
from bridge.desktop.settings.uninstall_page import UninstallPage, _size
from bridge.home.folders import Folders
from bridge.upkeep.uninstall.belongings import MODELS, SETTINGS
from engine.errors import StemBridgeError
from tests.helpers.fake_handle import FakeHandle


@pytest.fixture
def page(
    adapter: Adapter, folders: Folders, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> UninstallPage:
    """The page of a user without DAWs, with a model of 0.2 MB, a preset and a take."""
    for variable in ("HOME", "XDG_CONFIG_HOME", "USERPROFILE", "APPDATA"):
        monkeypatch.setenv(variable, str(tmp_path / "user"))
    for file, size in ((folders.models / "tiny" / "weights", 200_000), (folders.presets / "mine.json", 2)):
        file.parent.mkdir(parents=True)
        file.write_bytes(bytes(size))
    (folders.takes / "StemBridge" / "one").mkdir(parents=True)
    made = UninstallPage(adapter)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(made.remove.isEnabled)
    return made


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(0, ""), (99_999, ""), (100_000, " (0.1 MB)"), (99_900_000, " (99.9 MB)"), (150_000_000, " (0.1 GB)")],
)
def test_sizes_that_do_not_matter_are_left_out(size_bytes: int, text: str) -> None:
    assert _size(size_bytes) == text


def test_the_page_lists_what_goes_and_asks_about_the_rest(page: UninstallPage, folders: Folders) -> None:
    assert page.goes.text().splitlines()[0] == "From this computer go:"
    assert {group: box.text() for group, box in page.boxes.items()} == {
        MODELS: "Neural models too (0.2 MB)",
        SETTINGS: "Settings, presets, styles and maps too",
    }
    assert not any(box.isChecked() for box in page.boxes.values())
    assert str(folders.takes) in page.stays.text()


def test_only_what_is_ticked_goes_and_the_companion_is_stopped_first(
    page: UninstallPage, folders: Folders, handle: FakeHandle, qtbot: QtBot
) -> None:
    page.boxes[MODELS].click()
    page.remove.click()
    assert page.fault.text() == "Removing…"
    qtbot.waitUntil(lambda: page.remove.text() == "Quit")
    assert handle.calls == [("stop",)]
    assert not folders.models.exists()
    assert folders.presets.exists()
    assert folders.takes.exists()
    assert not page.cancel.isVisible()


@pytest.mark.parametrize("way", ["quit", "escape"])
def test_after_the_removal_the_program_has_to_end(page: UninstallPage, qtbot: QtBot, way: str) -> None:
    page.remove.click()
    qtbot.waitUntil(lambda: page.remove.text() == "Quit")
    with qtbot.waitSignal(page.gone):
        page.remove.click() if way == "quit" else page.reject()


def test_cancelling_before_removes_nothing(page: UninstallPage, folders: Folders, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(page.gone):
        page.cancel.click()
    assert (folders.models / "tiny" / "weights").exists()


def test_a_removal_that_fails_says_why_and_the_companion_goes_on(
    page: UninstallPage, handle: FakeHandle, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StemBridgeError("REAPER is running.")

    monkeypatch.setattr(uninstall_page, "carry_out", fail)
    page.remove.click()
    qtbot.waitUntil(lambda: page.fault.text() == "REAPER is running.")
    assert handle.calls == [("stop",), ("start",)]
    assert all(one.isEnabled() for one in (page.remove, page.cancel, *page.boxes.values()))


def test_the_page_is_high_enough_for_its_words(page: UninstallPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.height() >= page._box.totalHeightForWidth(page.width()))
