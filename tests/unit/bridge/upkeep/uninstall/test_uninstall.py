"""The plan of what an uninstallation removes, and its execution, on an account in a folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import bridge.upkeep.uninstall.uninstall as uninstalling
from bridge.daws.reaper import Reaper
from bridge.home.autostart import set_autostart
from bridge.home.folders import MODELS_VARIABLE, Folders
from bridge.upkeep.uninstall.belongings import ENGINE, MODELS, OWN, SETTINGS
from bridge.upkeep.uninstall.uninstall import AUTOSTART, SCRIPTS, carry_out, make_plan
from engine.errors import StemBridgeError
from tests.helpers.folders import snapshot

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the folders of a Linux account")


@pytest.fixture
def account_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An account that has a REAPER, which does not run."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("STEMBRIDGE_HOME", str(tmp_path / "stembridge"))
    monkeypatch.delenv(MODELS_VARIABLE, raising=False)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "WINEPREFIX"):
        monkeypatch.delenv(name, raising=False)
    reaper = tmp_path / ".config" / "REAPER"
    reaper.mkdir(parents=True)
    (reaper / "reaper.ini").touch()
    return tmp_path


@pytest.fixture
def folders(account_home: Path) -> Folders:
    return Folders.of_user()


@pytest.fixture
def is_reaper_running(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """True in it stands for a DAW that runs; the developer's own may be open."""
    runs = [False]
    monkeypatch.setattr("bridge.daws.scripted.is_running", lambda _: runs[0])
    return runs


def fill(folders: Folders) -> None:
    """Put one file into every group."""
    for path in (folders.window_memory, folders.settings, folders.takes / "take" / "manifest.json"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
    for folder, size_bytes in ((folders.engine, 10), (folders.models, 100)):
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(bytes(size_bytes))


def test_nothing_installed_is_an_empty_plan(account_home: Path, folders: Folders) -> None:
    plan = make_plan(folders)
    assert (plan.scripts, plan.autostart, plan.groups(())) == ([], None, [])
    before = snapshot(account_home)
    outcome = carry_out(plan, ())
    assert (outcome.removed, outcome.kept, outcome.faults) == ([], [], [])
    assert snapshot(account_home) == before


def test_groups_that_are_kept_or_empty_are_not_deleted(folders: Folders) -> None:
    fill(folders)
    plan = make_plan(folders)
    assert plan.groups(()) == [OWN, ENGINE, MODELS, SETTINGS]
    assert plan.groups((MODELS, ENGINE)) == [OWN, SETTINGS]
    folders.settings.unlink()
    assert make_plan(folders).groups(()) == [OWN, ENGINE, MODELS]


def test_everything_but_the_takes_goes(account_home: Path, folders: Folders, is_reaper_running: list[bool]) -> None:
    before = snapshot(account_home)
    Reaper().install(None)
    set_autostart(True)
    fill(folders)
    outcome = carry_out(plan := make_plan(folders), plan.groups(()))
    whats = [str(one["what"]) for one in outcome.removed]
    assert whats == [f"{SCRIPTS} in REAPER", AUTOSTART, OWN, ENGINE, MODELS, SETTINGS]
    assert outcome.removed[whats.index(MODELS)]["bytes"] == 100
    assert outcome.kept == [{"what": "1 take", "path": str(folders.takes)}]
    left = snapshot(account_home)
    takes = {name for name in left if name.startswith("stembridge")}
    assert {name: left[name] for name in left.keys() - takes} == before
    assert max(takes, key=len) == "stembridge/data/takes/take/manifest.json"
    assert len(takes) == 5  # the file and its four folders


def test_a_dry_run_names_the_same_and_changes_nothing(
    account_home: Path, folders: Folders, is_reaper_running: list[bool]
) -> None:
    Reaper().install(None)
    set_autostart(True)
    fill(folders)
    before = snapshot(account_home)
    plan = make_plan(folders)
    dry = carry_out(plan, plan.groups(()), dry_run=True)
    assert dry.is_dry_run
    assert snapshot(account_home) == before
    done = carry_out(plan, plan.groups(()))
    assert [one["what"] for one in dry.removed] == [one["what"] for one in done.removed]
    assert dry.kept == done.kept
    assert dry.removed[0]["paths"] == [str(account_home / ".config" / "REAPER")]


def test_kept_groups_and_foreign_files_are_named(folders: Folders) -> None:
    fill(folders)
    (folders.data / "mine.txt").touch()
    (folders.takes / "second").mkdir()
    (folders.takes / "second" / "manifest.json").touch()
    outcome = carry_out(plan := make_plan(folders), plan.groups((MODELS,)))
    assert outcome.kept == [
        {"what": "2 takes", "path": str(folders.takes)},
        {"what": "not deleted", "path": str(folders.data / "mine.txt")},
        {"what": "not deleted", "path": str(folders.models)},
    ]


def test_models_in_a_folder_of_the_users_choice_are_named_as_kept(
    folders: Folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared models"
    shared.mkdir()
    monkeypatch.setenv(MODELS_VARIABLE, str(shared))
    outcome = carry_out(plan := make_plan(folders), plan.groups(()))
    assert outcome.kept == [{"what": "models in a folder of your choice", "path": str(shared)}]


def test_a_daw_that_has_to_be_closed_first_stops_before_any_file_of_ours_is_deleted(
    account_home: Path, folders: Folders, is_reaper_running: list[bool]
) -> None:
    Reaper().install(None)
    fill(folders)
    before = snapshot(account_home)
    is_reaper_running[0] = True
    with pytest.raises(StemBridgeError, match="REAPER is running"):
        carry_out(plan := make_plan(folders), plan.groups(()))
    assert snapshot(account_home) == before


def test_a_companion_that_does_not_end_stops_everything(
    account_home: Path, folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Folders) -> None:
        raise StemBridgeError("The companion (process 7) does not end.")

    monkeypatch.setattr(uninstalling, "stop_companions", refuse)
    fill(folders)
    before = snapshot(account_home)
    plan = make_plan(folders)
    with pytest.raises(StemBridgeError, match="process 7"):
        carry_out(plan, plan.groups(()))
    assert snapshot(account_home) == before
    carry_out(plan, plan.groups(()), dry_run=True)  # which ends no companion


def test_what_cannot_be_deleted_is_a_fault_and_the_rest_goes(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(folders)
    real = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path == folders.window_memory:
            raise PermissionError(13, "Permission denied", str(path))
        real(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    outcome = carry_out(plan := make_plan(folders), plan.groups(()))
    assert outcome.faults == [f"{folders.window_memory} cannot be deleted (Permission denied)."]
    assert not folders.settings.exists()
