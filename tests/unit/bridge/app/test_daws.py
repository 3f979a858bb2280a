"""The one thing to do while no DAW is connected."""

from __future__ import annotations

from pathlib import Path

from bridge.app.daws import ALONE, DawSetup, advice
from bridge.daws.daw import Status

FOLDER = Path("/somewhere")
ABSENT = DawSetup("REAPER", Status("reaper", None))
FOUND = DawSetup("REAPER", Status("reaper", FOLDER))
OLD = DawSetup("REAPER", Status("reaper", FOLDER, "0.0.1"))
READY = DawSetup("REAPER", Status("reaper", FOLDER, "1.0", is_current=True))
OTHER = DawSetup("Ardour", Status("ardour", FOLDER))


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
