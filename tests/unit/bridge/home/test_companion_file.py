"""`companion.json` while a companion runs, and with several companions of one user."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bridge import __version__
from bridge.home.companion_file import CompanionFile, unusable
from bridge.home.companion_lock import CompanionLock
from engine.errors import StemBridgeError

Make = Callable[..., CompanionFile]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "companion.json"


@pytest.fixture
def companion(tmp_path: Path) -> Iterator[Callable[..., CompanionFile]]:
    """Make companions that run, each with a lock of its own."""
    with ExitStack() as stack:

        def make(path: Path, osc_port: int = 1, http_port: int = 2, mailbox: Path = Path("/data")) -> CompanionFile:
            lock = stack.enter_context(CompanionLock.begin(tmp_path / "locks"))
            return CompanionFile(path, osc_port, http_port, mailbox, lock)

        yield make


def test_it_holds_ports_process_version_and_mailbox_while_the_companion_runs(path: Path, companion: Make) -> None:
    with companion(path, 9124, 9125, Path("/data/mailbox")):
        content = json.loads(path.read_text(encoding="utf-8"))
        token = content.pop("token")
        assert re.fullmatch("[0-9a-f]{16}", content.pop("session"))
        assert content == {
            "pid": os.getpid(),
            "version": __version__,
            "osc_port": 9124,
            "http_port": 9125,
            "mailbox": str(Path("/data/mailbox")),
        }
        assert len(token) == 32  # 24 random bytes in base64
    assert [one.name for one in path.parent.iterdir()] == ["locks"]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no file modes")
def test_only_the_user_can_read_it(path: Path, companion: Make) -> None:
    with companion(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_companion_has_another_token(path: Path, companion: Make) -> None:
    tokens = set()
    for _ in range(3):
        with companion(path):
            tokens.add(json.loads(path.read_text())["token"])
    assert len(tokens) == 3


def test_the_first_of_two_companions_keeps_the_file_and_the_other_claims_it_after(
    path: Path, companion: Make
) -> None:
    first, second = companion(path, 1), companion(path, 3)
    first.__enter__()
    with second:
        assert (first.is_mine(), second.is_mine()) == (True, False)
        assert port_in(path) == 1
        first.__exit__()
        assert not path.exists()
        assert (second.is_mine(), port_in(path)) == (True, 3)
    assert not path.exists()


def test_the_end_of_the_second_leaves_the_file_of_the_first(path: Path, companion: Make) -> None:
    with companion(path, 1):
        with companion(path, 3):
            pass
        assert port_in(path) == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "no JSON", '{"session": "0123456789abcdef"}', '{"session": "../x"}', "{}"]
)
def test_the_file_of_a_companion_that_was_killed_is_replaced(path: Path, companion: Make, text: str) -> None:
    path.write_text(text)
    with companion(path, 5):
        assert port_in(path) == 5


def test_a_disk_that_is_full_is_no_end_of_a_running_companion(
    path: Path, companion: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = companion(path, 5)
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", full_disk)
        assert not file.is_mine()
    assert (file.is_mine(), port_in(path)) == (True, 5)


def full_disk(*_: object) -> int:
    raise OSError(28, "No space left on device")


def port_in(path: Path) -> int:
    return int(json.loads(path.read_text())["osc_port"])


def test_a_file_that_was_deleted_meanwhile_is_no_error(path: Path, companion: Make) -> None:
    file = companion(path)
    with file:
        path.unlink()
    assert not path.exists()


def test_a_folder_that_cannot_be_written_is_a_sentence_and_leaves_nothing(tmp_path: Path, companion: Make) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "companion.json"
    with (
        pytest.raises(StemBridgeError, match=r"own folder cannot be used: .*companion\.json: .*disk full\?$"),
        companion(path),
    ):
        pass
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "locks"]


def test_a_rename_that_fails_removes_the_temporary_file(path: Path, companion: Make) -> None:
    path.mkdir()  # a folder where the file should be
    with pytest.raises(StemBridgeError), companion(path):
        pass
    assert sorted(path.parent.iterdir()) == [path, path.parent / "locks"]


def test_the_error_names_path_and_reason() -> None:
    error = unusable(Path("/data/jobs"), OSError(28, "No space left on device"))
    assert str(error) == (
        "Stem Bridge's own folder cannot be used: /data/jobs: No space left on device; is its disk full?"
    )
