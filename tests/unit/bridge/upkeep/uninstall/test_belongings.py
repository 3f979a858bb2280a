"""What there is to delete, and deleting it: nothing forgotten, nothing of the user's taken along."""

from __future__ import annotations

import os
import sys
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


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few users make symbolic links")
def test_of_a_link_only_the_link_goes(folders: Folders, tmp_path: Path) -> None:
    elsewhere = tmp_path / "another disk"
    elsewhere.mkdir()
    (elsewhere / "model").write_text("x" * 100)
    folders.models.symlink_to(elsewhere, target_is_directory=True)
    found = find_belongings(folders)[MODELS]
    assert found.size_bytes < 100
    assert delete_all(found.paths) == []
    assert (elsewhere / "model").exists()
    assert not folders.models.is_symlink()


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() == 0, reason="root may delete everything")
def test_what_cannot_be_deleted_is_named_and_the_rest_goes(folders: Folders) -> None:
    folders.mailbox.mkdir()
    (folders.mailbox / "in").touch()
    folders.mailbox.chmod(0o500)
    folders.window_memory.write_text("{}")
    faults = delete_all(find_belongings(folders)[OWN].paths)
    folders.mailbox.chmod(0o700)
    assert any("cannot be deleted" in fault for fault in faults)
    assert not folders.window_memory.exists()


def test_a_deletion_that_fails_is_a_sentence(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    folders.window_memory.write_text("{}")
    monkeypatch.setattr(Path, "unlink", refuse)
    assert delete_all([folders.window_memory]) == [f"{folders.window_memory} cannot be deleted (Permission denied)."]


def test_sizes_are_those_of_the_files(folders: Folders) -> None:
    (folders.models / "a" / "b").mkdir(parents=True)
    (folders.models / "a" / "weights").write_bytes(bytes(1000))
    (folders.models / "a" / "b" / "more").write_bytes(bytes(24))
    assert size_bytes(folders.models) == 1024
    assert size_bytes(folders.models / "none") == 0
