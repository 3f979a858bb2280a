"""The scripts in DAWs: their state, installing them, and the one thing to do while no DAW is connected."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.app import daws
from bridge.app.daws import ALONE, DawSetup, advice
from bridge.daws.daw import DawStatus
from engine.errors import StemBridgeError

WAIT_S = 30.0
FOLDER = Path("/somewhere")
ABSENT = DawSetup("REAPER", DawStatus("reaper", None))
FOUND = DawSetup("REAPER", DawStatus("reaper", FOLDER))
OLD = DawSetup("REAPER", DawStatus("reaper", FOLDER, "0.0.1"))
READY = DawSetup("REAPER", DawStatus("reaper", FOLDER, "1.0", is_current=True))
OTHER = DawSetup("Ardour", DawStatus("ardour", FOLDER))


def test_without_a_daw_one_works_alone() -> None:
    assert advice([]) is ALONE
    assert advice([ABSENT]) is ALONE


def test_a_script_that_is_missing_or_old_is_one_click_away() -> None:
    assert (advice([FOUND]).button, advice([FOUND]).command) == ("Install the script", "install reaper")
    assert (advice([OLD, ABSENT]).button, advice([OLD]).command) == ("Update the script", "install reaper")
    assert advice([READY, OTHER]).command == "install ardour"


def test_several_of_them_have_their_page() -> None:
    both = advice([FOUND, OTHER])
    assert both.sentence == "Found here: REAPER and Ardour."
    assert both.command == "connect"


def test_an_installed_script_only_has_to_run() -> None:
    assert advice([READY]).sentence == "REAPER: the script is installed; run it there."


@pytest.mark.parametrize(
    ("setup", "words", "next_step"),
    [
        (ABSENT, "not found on this computer", ""),
        (FOUND, "found; the script is not installed", "Install the script"),
        (OLD, "an older version of the script is installed", "Update the script"),
        (READY, "the script is installed", ""),
    ],
)
def test_the_state_of_a_script_has_its_words_and_its_button(setup: DawSetup, words: str, next_step: str) -> None:
    assert (setup.words, setup.next_step) == (words, next_step)


class FakeDaw:
    """A DAW whose script is installed in memory."""

    name, label = "reaper", "REAPER"

    def __init__(self) -> None:
        self.version = ""

    def status(self, dest: Path | None) -> DawStatus:
        assert dest is None  # its usual folder
        return DawStatus(self.name, FOLDER, self.version, is_current=bool(self.version))

    def install(self, dest: Path | None) -> list[Path]:
        assert dest is None
        self.version = "1.0"
        return []

    def uninstall(self, dest: Path | None) -> list[Path]:
        assert dest is None
        if not self.version:
            raise StemBridgeError("Nothing is installed.")
        self.version = ""
        return []


@pytest.fixture
def reaper(monkeypatch: pytest.MonkeyPatch) -> FakeDaw:
    daw = FakeDaw()
    monkeypatch.setattr(daws, "all_daws", lambda: [daw])
    monkeypatch.setattr(daws, "find_daw", lambda name: {"reaper": daw}[name])
    return daw


def test_looking_finds_every_daw_of_the_table(reaper: FakeDaw) -> None:
    assert daws.look().result(WAIT_S) == [FOUND]


def test_installing_and_uninstalling_end_with_the_new_state(reaper: FakeDaw) -> None:
    assert daws.install("reaper").result(WAIT_S) == READY
    assert daws.uninstall("reaper").result(WAIT_S) == FOUND


def test_what_cannot_be_done_is_the_futures_error(reaper: FakeDaw) -> None:
    assert str(daws.uninstall("reaper").exception(WAIT_S)) == "Nothing is installed."
    assert isinstance(daws.install("cubase").exception(WAIT_S), KeyError)
