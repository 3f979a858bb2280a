"""Small files of the user's: read within a limit, replaced as a whole, never half-written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.home import user_files
from bridge.home.user_files import MAX_BYTES, read_bytes, signature, write_text
from engine.errors import StemBridgeError


def test_text_is_written_in_utf_8_with_unix_line_ends_and_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "preset.json"
    assert write_text(path, "Ünï\n", replace=False)
    assert path.read_bytes() == "Ünï\n".encode()
    assert read_bytes(path) == path.read_bytes()
    assert list(path.parent.iterdir()) == [path]


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("any") / "file"
    write_text(path, text, replace=True)
    assert read_bytes(path).decode("utf-8") == text


def test_an_existing_file_is_replaced_only_on_request(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text("mine")
    assert write_text(path, "new", replace=False) is False
    assert path.read_text() == "mine"
    assert write_text(path, "new", replace=True) is True
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_that_leads_nowhere_counts_as_an_existing_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.symlink_to(tmp_path / "elsewhere")
    assert write_text(path, "new", replace=False) is False
    assert path.is_symlink()


def test_a_file_that_appears_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mine.json"
    path.write_text("theirs")
    monkeypatch.setattr(user_files.os.path, "lexists", lambda _: False)  # it appeared right after this look
    assert write_text(path, "new", replace=False) is False
    assert path.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_without_hard_links_the_file_is_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    assert write_text(tmp_path / "a", "new", replace=False) is True
    assert [path.read_text() for path in tmp_path.iterdir()] == ["new"]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no file modes")
def test_a_private_file_is_readable_by_its_user_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_text(tmp_path / "secret", "x", replace=True, private=True)
        write_text(tmp_path / "open", "x", replace=True)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o644


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "settings.json"
    path.write_text("old")
    monkeypatch.setattr(user_files.os, "fsync", full)
    with pytest.raises(StemBridgeError) as caught:
        write_text(path, "new", replace=True)
    assert str(caught.value) == f"{path} cannot be written: No space left on device."
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("settings.json", "old")]


def test_a_mebibyte_is_read_and_a_byte_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "long.json"
    path.write_bytes(b"x" * MAX_BYTES)
    assert len(read_bytes(path)) == MAX_BYTES == 1_048_576
    path.write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(StemBridgeError, match=r"^long\.json is too long: at most 1,048,576 bytes are read\.$"):
        read_bytes(path)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StemBridgeError, match=r"^gone\.json cannot be read: No such file or directory\.$"):
        read_bytes(tmp_path / "gone.json")


def test_the_signature_changes_with_the_file_and_is_none_without_a_regular_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert signature(path) is None
    assert signature(tmp_path) is None
    write_text(path, "one", replace=True)
    os.utime(path, ns=(1, 1))
    first = signature(path)
    assert first == (1, 3, path.stat().st_ino)
    assert signature(path) == first
    write_text(path, "four", replace=True)
    assert signature(path) != first
