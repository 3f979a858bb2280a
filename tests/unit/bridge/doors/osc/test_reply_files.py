"""Answers as a file, for clients that cannot hear OSC."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.doors.osc.encode import outgoing
from bridge.doors.osc.reply_files import KEEP_S, MAX_MESSAGES, ReplyFiles
from tests.helpers.lua_text import TEXTS

BOX = "ardour-1"


@pytest.fixture
def boxes(tmp_path: Path) -> ReplyFiles:
    box = ReplyFiles(tmp_path)
    box.prepare()
    return box


def lines_in(mailbox: Path) -> list[list[str]]:
    """Read the box as the scripts do, with their own reader."""
    text = TEXTS["5.3"]["read_reply"]((mailbox / "to" / f"{BOX}.txt").read_text(encoding="utf-8"))
    return [list(line.values()) for line in text.values()]


def messages_in(mailbox: Path) -> list[tuple[str, ...]]:
    return [tuple(line[1:]) for line in lines_in(mailbox)[1:-1]]


def test_messages_lie_there_at_once_with_rising_numbers(boxes: ReplyFiles, tmp_path: Path) -> None:
    boxes.put(BOX, outgoing("/job/accepted", "a1", 4.0))
    boxes.put(BOX, outgoing("/job/done", "a1", "/song/a\tb/manifest.json", 4))
    head, *between, end = lines_in(tmp_path)
    numbers = [int(line[0]) for line in between]
    assert head == ["stembridge", "1", str(numbers[-1])]
    assert end == ["end"]
    assert numbers == sorted(set(numbers))
    assert messages_in(tmp_path) == [
        ("/job/accepted", "a1", "4.0"),
        ("/job/done", "a1", "/song/a\tb/manifest.json", "4"),
    ]


def test_the_next_companion_goes_on(boxes: ReplyFiles, tmp_path: Path) -> None:
    boxes.put(BOX, outgoing("/job/failed", "a1", "no \\ luck\nat all"))
    first = int(lines_in(tmp_path)[1][0])
    follower = ReplyFiles(tmp_path)
    follower.prepare()
    follower.put(BOX, outgoing("/job/cancelled", "a2"))
    assert messages_in(tmp_path) == [("/job/failed", "a1", "no \\ luck\nat all"), ("/job/cancelled", "a2")]
    assert int(lines_in(tmp_path)[2][0]) > first


def test_of_progress_and_greetings_the_newest_is_kept(boxes: ReplyFiles, tmp_path: Path) -> None:
    for step in range(5):
        boxes.put(BOX, outgoing("/job/progress", "a1", step / 10, "generating"))
        boxes.put(BOX, outgoing("/job/progress", "a2", step / 10, "queued"))
        boxes.put(BOX, outgoing("/welcome", "1.0", 9125))
    boxes.flush()
    assert messages_in(tmp_path) == [
        ("/job/progress", "a1", "0.4", "generating"),
        ("/job/progress", "a2", "0.4", "queued"),
        ("/welcome", "1.0", "9125"),
    ]


def test_progress_alone_waits_for_the_next_flush(boxes: ReplyFiles, tmp_path: Path) -> None:
    boxes.put(BOX, outgoing("/job/progress", "a1", 0.5, "generating"))
    assert not (tmp_path / "to" / f"{BOX}.txt").exists()
    boxes.flush()
    assert messages_in(tmp_path) == [("/job/progress", "a1", "0.5", "generating")]


def test_a_box_keeps_the_newest_messages_only(boxes: ReplyFiles, tmp_path: Path) -> None:
    for number in range(MAX_MESSAGES + 5):
        boxes.put(BOX, outgoing("/job/cancelled", str(number)))
    assert [values for _, values in messages_in(tmp_path)] == [str(n) for n in range(5, MAX_MESSAGES + 5)]


def test_a_box_that_cannot_be_written_is_written_later(boxes: ReplyFiles, tmp_path: Path) -> None:
    blocked = tmp_path / "to" / f"{BOX}.tmp"
    blocked.mkdir()
    boxes.put(BOX, outgoing("/pong"))
    assert not (tmp_path / "to" / f"{BOX}.txt").exists()
    blocked.rmdir()
    boxes.flush()
    assert messages_in(tmp_path) == [("/pong",)]


@pytest.mark.parametrize("content", [b"", b"rubbish", b"stembridge\t1\tx\nx\t/pong\nend\n", b"\xff\n\n\n"])
def test_a_box_that_was_damaged_begins_empty(boxes: ReplyFiles, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "to" / f"{BOX}.txt").write_bytes(content)
    boxes.put(BOX, outgoing("/pong"))
    assert messages_in(tmp_path) == [("/pong",)]


def test_stale_boxes_are_deleted(boxes: ReplyFiles, tmp_path: Path) -> None:
    old, new = tmp_path / "to" / "old.txt", tmp_path / "to" / "new.seen"
    for path in (old, new):
        path.touch()
    os.utime(old, (0, time.time() - KEEP_S - 60))
    ReplyFiles(tmp_path).prepare()
    assert (old.exists(), new.exists()) == (False, True)


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
def test_any_text_comes_through(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("box")
    box = ReplyFiles(folder)
    box.prepare()
    box.put(BOX, outgoing("/job/failed", "a", text))
    ReplyFiles(folder).put(BOX, outgoing("/job/cancelled", "b"))
    follower = ReplyFiles(folder)
    follower.put(BOX, outgoing("/job/cancelled", "c"))
    assert messages_in(folder)[0] == ("/job/failed", "a", text)
