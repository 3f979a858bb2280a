"""`companion.json` while a companion runs, and after a newer one has taken its place."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from bridge import __version__
from bridge.home.companion_file import CompanionFile, unusable
from engine.errors import StemBridgeError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "companion.json"


def test_it_holds_ports_process_version_and_mailbox_while_the_companion_runs(path: Path) -> None:
    with CompanionFile(path, 9124, 9125, Path("/data/mailbox")):
        content = json.loads(path.read_text(encoding="utf-8"))
        token = content.pop("token")
        assert content == {
            "pid": os.getpid(),
            "version": __version__,
            "osc_port": 9124,
            "http_port": 9125,
            "mailbox": str(Path("/data/mailbox")),
        }
        assert len(token) == 32  # 24 random bytes in base64
    assert list(path.parent.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="Windows has no file modes")
def test_only_the_user_can_read_it(path: Path) -> None:
    with CompanionFile(path, 1, 2, path.parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_companion_has_another_token(path: Path) -> None:
    tokens = set()
    for _ in range(3):
        with CompanionFile(path, 1, 2, path.parent):
            tokens.add(json.loads(path.read_text())["token"])
    assert len(tokens) == 3


def test_a_newer_companion_overwrites_the_file_and_the_end_of_the_older_one_leaves_it(path: Path) -> None:
    older, newer = CompanionFile(path, 1, 2, path.parent), CompanionFile(path, 3, 4, path.parent)
    with older:
        assert older.is_there()
        newer.__enter__()
        assert (older.is_there(), newer.is_there()) == (False, True)
    assert json.loads(path.read_text())["osc_port"] == 3
    newer.__exit__()
    assert not path.exists()


def test_a_file_that_was_deleted_meanwhile_is_no_error(path: Path) -> None:
    file = CompanionFile(path, 1, 2, path.parent)
    with file:
        path.unlink()
        assert not file.is_there()
    assert not path.exists()


def test_a_folder_that_cannot_be_written_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "companion.json"
    with (
        pytest.raises(StemBridgeError, match=r"own folder cannot be used: .*companion\.json: .*disk full\?$"),
        CompanionFile(path, 1, 2, tmp_path),
    ):
        pass
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_rename_that_fails_removes_the_temporary_file(path: Path) -> None:
    path.mkdir()  # a folder where the file should be
    with pytest.raises(StemBridgeError), CompanionFile(path, 1, 2, path.parent):
        pass
    assert list(path.parent.iterdir()) == [path]


def test_the_error_names_path_and_reason() -> None:
    error = unusable(Path("/data/jobs"), OSError(28, "No space left on device"))
    assert str(error) == (
        "Stem Bridge's own folder cannot be used: /data/jobs: No space left on device; is its disk full?"
    )
