"""The scripts of this installation."""

from __future__ import annotations

from pathlib import Path

import pytest

import bridge.daws.scripts as module
from bridge.daws.scripts import SCRIPTS, read_scripts
from engine.errors import StemBridgeError


def test_scripts_that_are_not_in_the_installation_are_an_error() -> None:
    with pytest.raises(StemBridgeError, match="The scripts for nothing are missing"):
        read_scripts("nothing")


def test_the_scripts_of_a_daw_are_all_its_files_by_relative_path() -> None:
    scripts = read_scripts("reaper")
    files = [path for path in (SCRIPTS / "reaper").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert scripts.keys() == {path.relative_to(SCRIPTS / "reaper").as_posix() for path in files}
    assert scripts["lib/text.lua"] == (SCRIPTS / "reaper" / "lib" / "text.lua").read_bytes()


def test_only_files_with_the_endings_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "toy/a.py",
        "toy/b.lua",
        "toy/deep/c.py",
        "toy/__pycache__/a.cpython-311.pyc",
        "toy/__pycache__/x.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(module, "SCRIPTS", tmp_path)
    assert read_scripts("toy") == {name: f"toy/{name}".encode() for name in ("a.py", "b.lua", "deep/c.py")}
    assert list(read_scripts("toy", (".py",))) == ["a.py", "deep/c.py"]
    with pytest.raises(StemBridgeError, match=r"The scripts for toy are missing \(.*toy\); install"):
        read_scripts("toy", (".txt",))
