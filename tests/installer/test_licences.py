"""The licences in the bundle."""

from __future__ import annotations

import subprocess
from importlib.metadata import distribution
from pathlib import Path
from types import SimpleNamespace

import licences
import pytest


def test_a_python_packages_licence_files_lie_in_a_folder_of_its_name() -> None:
    pairs = licences.of_python_packages([distribution("mido"), distribution("numpy"), distribution("python-osc")])
    folders = {folder for path, folder in pairs if "dist-info" in path}
    assert folders == {"licences/mido", "licences/numpy", "licences/python-osc"}
    (metadata,) = [path for path, folder in pairs if folder == "licences/python-osc"]
    assert Path(metadata).name == "METADATA"  # python-osc has no licence file
    assert all(Path(path).is_file() for path, _ in pairs)


def test_the_texts_of_qts_licences_are_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "COMMON", tmp_path)
    for name in licences.QT:
        (tmp_path / name).touch()
    pairs = licences.of_python_packages([])
    assert {(str(tmp_path / "LGPL-3"), "licences/common"), (str(tmp_path / "GPL-3"), "licences/common")} <= set(pairs)


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A Debian with one library, whose package names two common licences; returns the calls of dpkg-query."""
    calls: list[list[str]] = []

    def run(command: list[str], **_: object) -> SimpleNamespace:
        calls.append(command)
        return SimpleNamespace(stdout="libone0:amd64: /usr/lib/x/libone.so.0\ndiversion by other from: /x\n")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(licences, "DOC", tmp_path / "doc")
    monkeypatch.setattr(licences, "COMMON", tmp_path / "common")
    (tmp_path / "doc" / "libone0").mkdir(parents=True)
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "LGPL-2.1").touch()
    text = "See /usr/share/common-licenses/LGPL-2.1. Or /usr/share/common-licenses/None.\n"
    (tmp_path / "doc" / "libone0" / "copyright").write_text(text)
    return calls


def test_a_librarys_package_gives_its_copyright_and_the_licences_that_it_names(
    debian: list[list[str]], tmp_path: Path
) -> None:
    assert licences.of_system_libraries([Path("/usr/lib/x/libone.so.0")]) == [
        (str(tmp_path / "common" / "LGPL-2.1"), "licences/common"),
        (str(tmp_path / "doc" / "libone0" / "copyright"), "licences/libone0"),
    ]
    assert {"/usr/lib/x/libone.so.0", "/lib/x/libone.so.0"} <= set(debian[0])


def test_a_package_without_a_licence_ends_the_build(debian: list[list[str]], tmp_path: Path) -> None:
    (tmp_path / "doc" / "libone0" / "copyright").unlink()
    with pytest.raises(SystemExit, match="the bundle needs the licence of libone0"):
        licences.of_system_libraries([Path("/usr/lib/x/libone.so.0")])


def test_elsewhere_the_builder_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def no_dpkg(*_: object, **__: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", no_dpkg)
    assert licences.of_system_libraries([Path("/opt/lib/libone.so.0")]) == []
    assert "added by hand" in capsys.readouterr().out
