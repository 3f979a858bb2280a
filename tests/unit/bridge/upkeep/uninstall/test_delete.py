"""Deleting: links, and files that cannot be deleted."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bridge.home.folders import MODELS_VARIABLE, Folders
from bridge.upkeep.uninstall.belongings import (
    MODELS,
    OWN,
    find_belongings,
)
from bridge.upkeep.uninstall.delete import delete_all, delete_empty


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    monkeypatch.delenv(MODELS_VARIABLE, raising=False)
    made = Folders(tmp_path / "data", tmp_path / "config")
    for folder in (made.data, made.config):
        folder.mkdir()
    return made


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


def test_files_and_whole_folders_go_and_missing_ones_are_harmless(tmp_path: Path) -> None:
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "folder" / "deep" / "file").touch()
    (tmp_path / "file").touch()
    assert delete_all([tmp_path / "folder", tmp_path / "file", tmp_path / "none"]) == []
    assert list(tmp_path.iterdir()) == []


def test_only_empty_folders_are_deleted_as_empty(tmp_path: Path) -> None:
    for name in ("empty", "full/deep"):
        (tmp_path / name).mkdir(parents=True)
    delete_empty([tmp_path / "empty", tmp_path / "full", tmp_path / "none"])
    assert [path.name for path in tmp_path.iterdir()] == ["full"]
