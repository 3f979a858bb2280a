"""The window's memory: kept from start to start, and empty where its file is of no use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bridge.app.memory import Memory


def test_what_is_kept_is_there_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "new" / "window.json"
    Memory(path).keep(volume=-6.0, split=[1, 2])
    memory = Memory(path)
    memory.keep(volume=-3.0)
    assert json.loads(path.read_text()) == {"volume": -3.0, "split": [1, 2]}
    assert (Memory(path).get("volume"), Memory(path).get("split")) == (-3.0, [1, 2])


def test_an_unknown_key_has_its_default(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "window.json")
    assert (memory.get("theme"), memory.get("theme", "dark")) == (None, "dark")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'"x"', b"\xff", b"[" * 100_000, b"x" * (2 << 20)])
def test_a_file_of_no_use_is_an_empty_memory_that_replaces_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.json"
    path.write_bytes(content)
    memory = Memory(path)
    assert memory.get("volume") is None
    memory.keep(volume=1)
    assert json.loads(path.read_text()) == {"volume": 1}


def test_a_disk_that_cannot_be_written_is_only_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    memory = Memory(tmp_path / "file" / "window.json")
    memory.keep(volume=1)
    assert memory.get("volume") == 1
    (record,) = caplog.records
    assert "cannot be written" in record.getMessage()
