"""The mailbox folder on disk: what counts as a request, whole replies, and stale files."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.doors.files.folder import KEEP_REPLY_S, KEEP_STRAY_S, MAX_REQUEST_BYTES, RequestFolder


@pytest.fixture
def folder(tmp_path: Path) -> RequestFolder:
    folder = RequestFolder(tmp_path / "mailbox")
    folder.prepare()
    return folder


def put(folder: RequestFolder, name: str, data: bytes = b"{}") -> Path:
    path = folder.folder / "in" / name
    path.write_bytes(data)
    return path


def make_old(path: Path, age_s: float) -> None:
    os.utime(path, (0, time.time() - age_s))


def test_requests_are_read_lowest_name_first(folder: RequestFolder) -> None:
    for name in ("20-b", "10-a", "20-a"):
        put(folder, f"{name}.json", name.encode())
    assert [(file.id, file.data) for file in folder.requests()] == [
        ("10-a", b"10-a"),
        ("20-a", b"20-a"),
        ("20-b", b"20-b"),
    ]


@pytest.mark.parametrize(
    "name", ["x.tmp", "a b.json", "..json", "-a.json", "a.JSON", "a.json.tmp", "x" * 65 + ".json", "ä.json", "a"]
)
def test_other_names_are_no_requests(folder: RequestFolder, name: str) -> None:
    put(folder, name)
    assert list(folder.requests()) == []


def test_a_folder_in_the_place_of_a_request_is_skipped(folder: RequestFolder) -> None:
    (folder.folder / "in" / "1-aa.json").mkdir()
    put(folder, "2-bb.json")
    assert [file.id for file in folder.requests()] == ["2-bb"]


def test_no_more_is_read_of_a_request_than_shows_that_it_is_too_long(folder: RequestFolder) -> None:
    put(folder, "1-aa.json", b"x" * (MAX_REQUEST_BYTES + 5))
    (file,) = folder.requests()
    assert len(file.data) == MAX_REQUEST_BYTES + 1


def test_a_request_is_deleted_once_and_a_missing_one_is_deleted_too(folder: RequestFolder) -> None:
    path = put(folder, "1-aa.json")
    (file,) = folder.requests()
    assert folder.discard(file)
    assert not path.exists()
    assert folder.discard(file)
    path.mkdir()
    assert not folder.discard(file), "it cannot be deleted now"


@given(text=st.text(st.characters(exclude_characters="\r"), max_size=200))
def test_a_reply_is_the_text_with_plain_line_breaks(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = RequestFolder(tmp_path_factory.mktemp("mailbox"))
    folder.prepare()
    assert folder.reply("1-aa", text)
    written = (folder.folder / "out" / "1-aa.txt").read_bytes()
    assert written == text.encode("utf-8", "replace")


def test_a_newer_reply_replaces_the_older_and_nothing_else_is_left(folder: RequestFolder) -> None:
    for text in ("state\tqueued\n", "state\tdone\n"):
        assert folder.reply("1-aa", text)
    (path,) = (folder.folder / "out").iterdir()
    assert (path.name, path.read_text(encoding="utf-8")) == ("1-aa.txt", "state\tdone\n")


def test_a_reply_that_cannot_be_written_now_is_reported(folder: RequestFolder) -> None:
    (folder.folder / "out" / "1-aa.txt").mkdir()
    assert not folder.reply("1-aa", "x")


def test_stale_files_are_swept_and_waiting_requests_never(folder: RequestFolder) -> None:
    request, stray = put(folder, "1-aa.json"), put(folder, "2-bb.tmp")
    folder.reply("0-old", "x")
    reply = folder.folder / "out" / "0-old.txt"
    ages = {request: 10 * KEEP_REPLY_S, stray: KEEP_STRAY_S - 5, reply: KEEP_REPLY_S - 5}
    for path, age_s in ages.items():
        make_old(path, age_s)
    folder.sweep()
    assert all(path.exists() for path in ages)
    for path, age_s in {stray: KEEP_STRAY_S + 1, reply: KEEP_REPLY_S + 1}.items():
        make_old(path, age_s)
    folder.sweep()
    assert [path.exists() for path in (request, stray, reply)] == [True, False, False]


def test_without_its_folder_nothing_is_waiting_and_nothing_is_swept(tmp_path: Path) -> None:
    folder = RequestFolder(tmp_path / "none")
    assert list(folder.requests()) == []
    folder.sweep()
    assert not folder.reply("1-aa", "x")
    assert not (tmp_path / "none").exists()


def test_replies_that_were_not_read_are_deleted_after_a_day(folder: RequestFolder) -> None:
    assert folder.reply("1-ab", "x")
    path = folder.folder / "out" / "1-ab.txt"
    folder.sweep()
    assert path.exists()
    make_old(path, KEEP_REPLY_S + 1)
    folder.sweep()
    assert not path.exists()
