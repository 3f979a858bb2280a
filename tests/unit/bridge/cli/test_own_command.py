"""The line that starts this program again."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bridge.cli.own_command import copyable, own_command

NAME = "stembridge.exe" if os.name == "nt" else "stembridge"


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with this Python, as far as the program can see; nothing in it is on the path."""
    folder = tmp_path / "my venv"
    folder.mkdir()
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    return folder


def test_without_the_script_python_runs_the_module(bin_folder: Path) -> None:
    assert own_command("demo") == copyable([str(bin_folder / "python"), "-m", "bridge", "demo"])


def test_the_script_beside_python_is_named_by_its_path(bin_folder: Path) -> None:
    (bin_folder / NAME).touch(mode=0o755)
    assert own_command() == copyable([str(bin_folder / NAME)])
    assert own_command().startswith(("'", '"'))  # the path has a space


def test_the_name_is_enough_if_the_path_leads_there(bin_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bin_folder / NAME).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(bin_folder))
    assert own_command("engine", "install") == "stembridge engine install"


def test_a_bundle_is_its_own_program(bin_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_command() == copyable([str(bin_folder / "python")])
