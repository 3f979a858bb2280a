"""The page of the engine environment over a desk that answers as it is set."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from bridge.desktop.settings.environment import FULL, EnvironmentPage
from bridge.upkeep.engine_env.choice import DISK_GB, DOWNLOAD_GB, OTHERS_GB
from engine.errors import Cancelled, StemBridgeError

RECORD = SimpleNamespace(reason="The CPU, as there is no graphics card", asked="cpu")


def state(kind: str, record: object = None, device: str | None = "cpu", size_bytes: int = 0) -> SimpleNamespace:
    return SimpleNamespace(
        kind=kind,
        sentence=f"It is {kind}.",
        record=record,
        wanted_device=device,
        wanted_reason="there is no graphics card",
        size_bytes=size_bytes,
    )


class Desk:
    """Answers `look` with `now`; the futures of all else are left to the test."""

    def __init__(self) -> None:
        self.place = SimpleNamespace(root=Path("/data/engine"))
        self.is_busy = False
        self.now: object = state("absent")
        self.asked: list[tuple[object, ...]] = []
        self.future: Future[Any] = Future()
        self.report: Callable[[object], None] = pytest.fail

    def devices(self) -> tuple[str, ...]:
        return ("auto", "cuda", "cpu")

    def look(self) -> Future[Any]:
        future: Future[Any] = Future()
        if isinstance(self.now, Exception):
            future.set_exception(self.now)
        else:
            future.set_result(self.now)
        return future

    def make(self, device: str, thorough: bool, report: Callable[[object], None]) -> Future[Any]:
        return self._begin(report, "make", device, thorough)

    def remove(self) -> Future[Any]:
        return self._begin(pytest.fail, "remove")

    def _begin(self, report: Callable[[object], None], *asked: object) -> Future[Any]:
        self.asked.append(asked)
        self.report, self.future, self.is_busy = report, Future(), True
        return self.future

    def cancel(self) -> None:
        self.asked.append(("cancel",))

    def end(self, result: object) -> None:
        self.is_busy = False
        if isinstance(result, Exception):
            self.future.set_exception(result)
        else:
            self.future.set_result(result)


@pytest.fixture
def desk() -> Desk:
    return Desk()


Show = Callable[[object], EnvironmentPage]


@pytest.fixture
def show(desk: Desk, qtbot: QtBot) -> Show:
    """Opens the page on an environment in some state."""

    def one(now: object) -> EnvironmentPage:
        desk.now = now
        page = EnvironmentPage(desk)  # type: ignore[arg-type]
        qtbot.addWidget(page)
        page.show()
        qtbot.waitUntil(lambda: page.headline.text() != "Looking…")
        return page

    return one


def visible(page: EnvironmentPage) -> list[str]:
    return [one.text() for one in (page.install, page.repair, page.cancel, page.remove) if one.isVisible()]


@pytest.mark.parametrize(
    ("now", "buttons"),
    [
        (state("absent"), ["Install"]),
        (state("begun"), ["Go on installing", "Remove"]),
        (state("whole", RECORD), ["Repair", "Remove"]),
        (state("damaged", RECORD), ["Repair", "Remove"]),
    ],
    ids=["absent", "begun", "whole", "damaged"],
)
def test_the_state_decides_what_can_be_done(show: Show, now: SimpleNamespace, buttons: list[str]) -> None:
    page = show(now)
    assert page.headline.text() == now.sentence
    assert visible(page) == buttons
    assert not page.bar.isVisible()


def test_before_an_install_the_page_says_what_it_would_take(show: Show) -> None:
    page = show(state("absent"))
    fetched = DOWNLOAD_GB["cpu"] + OTHERS_GB
    assert page.detail.text() == (
        f"It would be made for cpu: there is no graphics card. "
        f"About {fetched:.1f} GB to fetch, {DISK_GB['cpu']:.0f} GB of room to begin with."
    )
    assert page.place.text() == "/data/engine"


def test_where_nothing_can_be_installed_the_reason_is_all_there_is(show: Show) -> None:
    page = show(state("absent", device=None))
    assert page.detail.text() == "there is no graphics card"
    assert not page.install.isEnabled()


def test_what_was_made_is_shown_with_size_and_device(show: Show) -> None:
    page = show(state("whole", RECORD, size_bytes=3_210_000_000))
    assert page.detail.text() == RECORD.reason
    assert page.place.text() == "3.21 GB in /data/engine"
    assert page.device.currentData() == "cpu"


def test_another_device_can_be_installed_for(show: Show) -> None:
    page = show(state("whole", RECORD))
    page.device.setCurrentIndex(page.device.findData("cuda"))
    assert visible(page) == ["Make it for this device", "Repair", "Remove"]


def test_an_install_shows_its_progress_and_its_end(show: Show, desk: Desk, qtbot: QtBot) -> None:
    page = show(state("absent"))
    page.install.click()
    assert desk.asked == [("make", "auto", False)]
    assert visible(page) == ["Cancel"]
    desk.report(SimpleNamespace(share=0.25, words="Fetching torch"))
    qtbot.waitUntil(lambda: page.words.text() == "25%   Fetching torch")
    assert page.bar.value() == FULL / 4
    desk.now = state("whole", RECORD)
    with qtbot.waitSignal(page.changed):
        desk.end("record")
    qtbot.waitUntil(lambda: visible(page) == ["Repair", "Remove"])


def test_a_repair_is_thorough(show: Show, desk: Desk) -> None:
    show(state("damaged", RECORD)).repair.click()
    assert desk.asked == [("make", "cpu", True)]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Cancelled(), "Stopped; what has arrived is kept, installing goes on from there."),
        (StemBridgeError("The disk is full."), "The disk is full."),
        (OSError("broken"), "That did not work (OSError: broken)."),
    ],
    ids=["cancelled", "fault", "unexpected"],
)
def test_an_install_that_ends_early_says_why(
    show: Show, desk: Desk, qtbot: QtBot, error: Exception, words: str
) -> None:
    page = show(state("absent"))
    page.install.click()
    page.cancel.click()
    assert page.words.text() == "Stopping…"
    assert not page.cancel.isEnabled()
    assert desk.asked[-1] == ("cancel",)
    desk.end(error)
    qtbot.waitUntil(lambda: page.words.text() == words)


def test_removing_says_what_is_free_again(show: Show, desk: Desk, qtbot: QtBot) -> None:
    page = show(state("whole", RECORD))
    page.remove.click()
    assert not page.cancel.isEnabled()
    desk.now = state("absent")
    desk.end(3_210_000_000)
    qtbot.waitUntil(lambda: page.words.text() == "3.21 GB are free again. Models are kept.")


def test_an_environment_that_cannot_be_looked_at_is_a_sentence(show: Show) -> None:
    assert show(StemBridgeError("The folder cannot be read.")).headline.text() == "The folder cannot be read."
