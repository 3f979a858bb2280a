"""Files that belong to DAWs, whatever is in them."""

from __future__ import annotations

from pathlib import Path

from bridge.daws.foreign import read_foreign


def test_the_beginning_of_a_file_is_text_whatever_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes("für".encode() + b"\xff!" + b"x" * 10)
    assert read_foreign(tmp_path / "file", 6) == "für\ufffd!"
    assert read_foreign(tmp_path / "file", 2) == "f\ufffd"  # ü is cut in half


def test_a_file_that_cannot_be_read_is_empty(tmp_path: Path) -> None:
    assert read_foreign(tmp_path / "none", 10) == ""
    assert read_foreign(tmp_path, 10) == ""
