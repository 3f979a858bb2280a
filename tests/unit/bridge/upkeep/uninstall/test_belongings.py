"""The files of Stem Bridge, by group: none forgotten, none of the user's among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.home.file_versions import backup_of
from bridge.home.folders import MODELS_VARIABLE, Folders
from bridge.upkeep.uninstall.belongings import (
    GROUPS,
    MODELS,
    OWN,
    SETTINGS,
    TAKES,
    count_takes,
    find_belongings,
    leftovers,
    size_bytes,
)
from bridge.upkeep.uninstall.delete import delete_all, delete_empty


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    monkeypatch.delenv(MODELS_VARIABLE, raising=False)
    made = Folders(tmp_path / "data", tmp_path / "config")
    for folder in (made.data, made.config):
        folder.mkdir()
    return made


def test_every_file_and_folder_of_ours_is_in_one_group() -> None:
    properties = {name for name, value in vars(Folders).items() if isinstance(value, property)}
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(properties)


def test_all_of_it_goes_but_the_takes(folders: Folders) -> None:
    for name in (name for group, names in GROUPS.items() for name in names):
        path = getattr(folders, name)
        if path.suffix:
            path.write_text("ours")
        else:
            (path / "deep").mkdir(parents=True)
            (path / "deep" / "file").write_text("ours")
    beside = [folders.database.with_name("jobs.sqlite3-wal"), backup_of(folders.settings, 0)]
    for path in (*beside, folders.data / ".0123abcd.tmp"):
        path.write_text("ours")
    found = find_belongings(folders)
    faults = delete_all(path for group in GROUPS if group != TAKES for path in found[group].paths)
    assert faults == []
    assert leftovers(folders) == [folders.takes]
    assert (folders.takes / "deep" / "file").read_text() == "ours"


def test_what_is_not_ours_stays_in_its_folder(folders: Folders) -> None:
    (folders.config / "notes of mine.txt").write_text("mine")
    (folders.config / "settings.json.mine").write_text("mine")
    folders.settings.write_text("{}")
    delete_all(find_belongings(folders)[SETTINGS].paths)
    delete_empty([folders.config])
    assert [path.name for path in leftovers(folders)] == ["notes of mine.txt", "settings.json.mine"]


def test_models_in_a_folder_of_the_users_choice_are_not_ours(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    (shared / "htdemucs").mkdir(parents=True)
    monkeypatch.setenv(MODELS_VARIABLE, str(shared))
    assert find_belongings(folders)[MODELS].paths == ()


def test_sizes_are_those_of_the_files(folders: Folders) -> None:
    (folders.models / "a" / "b").mkdir(parents=True)
    (folders.models / "a" / "weights").write_bytes(bytes(1000))
    (folders.models / "a" / "b" / "more").write_bytes(bytes(24))
    assert size_bytes(folders.models) == 1024
    assert size_bytes(folders.models / "none") == 0


def test_locks_and_the_files_of_sqlite_belong_to_what_they_lie_beside(folders: Folders) -> None:
    names = {folders.database.name + ending for ending in ("", "-wal", "-shm", "-journal", ".lock")}
    for name in (*names, folders.database.name + "-mine"):
        (folders.data / name).touch()
    assert {path.name for path in find_belongings(folders)[OWN].paths} == names


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        (".0123abcd.tmp", True),
        (f".{'a' * 32}.tmp", True),
        (".0123abc.tmp", False),
        (f".{'a' * 33}.tmp", False),
        (".0123ABCD.tmp", False),
        ("0123abcd.tmp", False),
    ],
)
def test_only_our_own_temporary_files_are_ours(folders: Folders, name: str, is_ours: bool) -> None:
    for folder in (folders.data, folders.config):
        (folder / name).touch()
    assert len(find_belongings(folders)[OWN].paths) == (2 if is_ours else 0)


def test_takes_are_counted_by_their_manifests(folders: Folders) -> None:
    assert count_takes(folders) == 0
    for name in ("a", "b/c"):
        (folders.takes / name).mkdir(parents=True)
        (folders.takes / name / "manifest.json").touch()
    (folders.takes / "no take").mkdir()
    assert count_takes(folders) == 2


def test_an_account_without_our_folders_has_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MODELS_VARIABLE, raising=False)
    folders = Folders(tmp_path / "no data", tmp_path / "no config")
    assert all(not one.paths and not one.size_bytes for one in find_belongings(folders).values())
    assert leftovers(folders) == []
