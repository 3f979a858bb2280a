"""The page of the engine environment: a real one is made, cancelled, repaired and removed by its buttons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bridge.app.environment import EnvironmentDesk
from bridge.desktop.settings.environment import EnvironmentPage
from bridge.upkeep.engine_env.find import find_interpreter
from bridge.upkeep.engine_env.hardware import Hardware, detect_system
from bridge.upkeep.engine_env.requirements import Requirements
from tests.helpers.wheel_index import WheelIndex, wheel_index

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
STEP_MS = 120_000
FEW = Requirements("torch>=2.13,<2.14", ("psutil>=6", "soxr>=1.0"))


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[WheelIndex]:
    with wheel_index() as running:
        for name, value in running.environ().items():
            monkeypatch.setenv(name, value)
        yield running


class EnvironmentPageRig:
    """A page on an environment of few libraries, with the hardware that is reported to it."""

    def __init__(self, root: Path, qtbot: QtBot) -> None:
        self.hardware: Hardware = detect_system()
        self.desk = EnvironmentDesk(root, requirements=lambda: FEW, look_around=lambda: self.hardware)
        self.page = EnvironmentPage(self.desk)
        self.qtbot = qtbot
        qtbot.addWidget(self.page)
        self.page.show()
        self.await_state("absent")

    def await_state(self, kind: str) -> None:
        page = self.page

        def there() -> bool:
            return not self.desk.is_busy and page.state is not None and page.state.kind == kind

        self.qtbot.waitUntil(there, timeout=STEP_MS)

    def visible(self) -> list[str]:
        buttons = (self.page.install, self.page.repair, self.page.cancel, self.page.remove)
        return [one.text() for one in buttons if one.isVisible()]


@pytest.fixture
def rig(tmp_path: Path, index: WheelIndex, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> EnvironmentPageRig:
    import bridge.upkeep.engine_env.check as check
    import bridge.upkeep.engine_env.state as state

    monkeypatch.setattr(check, "PACKAGES", ("torch", "psutil", "soxr"))
    monkeypatch.setattr(check, "SEPARATE_PACKAGES", ("torch",))
    monkeypatch.setattr(state, "own_requirements", lambda: FEW)
    return EnvironmentPageRig(tmp_path / "engine", qtbot)


def test_installing_repairing_and_removing_an_environment(rig: EnvironmentPageRig, index: WheelIndex) -> None:
    page = rig.page
    assert rig.visible() == ["Install"]
    assert "It would be made for" in page.detail.text()
    assert page.device.currentData() == "auto"

    index.hold("soxr")
    page.install.click()
    assert rig.visible() == ["Cancel"]
    rig.qtbot.waitUntil(index.reached.is_set, timeout=STEP_MS)
    rig.qtbot.waitUntil(lambda: page.bar.value() > 0, timeout=STEP_MS)
    page.cancel.click()
    index.let_go()
    rig.await_state("begun")
    assert rig.visible() == ["Go on installing", "Remove"]
    assert "what has arrived is kept" in page.words.text()

    page.install.click()
    rig.await_state("whole")
    assert "torch 2.13.0" in page.headline.text()
    assert find_interpreter(rig.desk.place.root) is not None

    packages = rig.desk.place.packages
    assert packages is not None
    (packages / "soxr" / "padding.txt").unlink()
    page.refresh()
    rig.await_state("damaged")
    assert "soxr" in page.headline.text()
    page.repair.click()
    rig.await_state("whole")

    page.remove.click()
    rig.await_state("absent")
    assert "free again" in page.words.text()
    assert not rig.desk.place.root.exists()


def test_a_failure_is_shown_on_the_page(rig: EnvironmentPageRig, index: WheelIndex) -> None:
    index.is_down = True
    rig.page.install.click()
    rig.await_state("begun")
    assert str(rig.desk.place.log) in rig.page.words.text()
    rig.hardware = Hardware("darwin", "x86_64")
    rig.page.refresh()
    rig.qtbot.waitUntil(lambda: not rig.page.install.isEnabled(), timeout=STEP_MS)


def test_a_new_graphics_card_is_reported(rig: EnvironmentPageRig) -> None:
    rig.page.install.click()
    rig.await_state("whole")
    rig.hardware = Hardware("linux", "x86_64", "A new card", (12, 4), (8, 6))
    rig.page.refresh()
    rig.await_state("misfit")
    assert "A new card" in rig.page.headline.text()
    rig.page.repair.click()
    rig.await_state("whole")
    assert rig.page.state is not None
    assert rig.page.state.record is not None
    assert rig.page.state.record.channel == "cu126"
