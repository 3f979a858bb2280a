"""The bundle's sound libraries: loaded where the system lacks them."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import runpy
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

MODULE = str(ROOT / "installer" / "sound_libraries.py")


RunModule = Callable[..., "Loader"]
"""Runs the module on a system with the libraries `present`; `frozen` as in a bundle."""


class Loader:
    """A fake `ctypes.CDLL`: finds the libraries in `present`, and records the requested ones."""

    def __init__(self, present: set[str]) -> None:
        self.present, self.asked = present, list[str]()

    def __call__(self, name: str, mode: int = 0) -> None:
        self.asked.append(name)
        assert mode == ctypes.RTLD_GLOBAL
        if name not in self.present:
            raise OSError(name)


@pytest.fixture
def run_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunModule]:
    """Runs the module on Linux, with the bundle's files in `tmp_path`."""
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: "system.so" if name == "here" else None)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("ALSA_CONFIG_DIR", raising=False)

    def run(present: set[str], frozen: bool = True) -> Loader:
        loader = Loader(present)
        monkeypatch.setattr(ctypes, "CDLL", loader)
        monkeypatch.setattr(sys, "frozen", frozen, raising=False)
        runpy.run_path(MODULE)
        return loader

    yield run
    os.environ.pop("ALSA_CONFIG_DIR", None)


def test_the_systems_libraries_come_first_and_missing_ones_from_the_bundle(
    run_module: RunModule, tmp_path: Path
) -> None:
    spare = str(tmp_path / "spare" / "libjack.so.0")
    loader = run_module({"libasound.so.2", "libdb-5.3.so", spare})
    assert loader.asked == [
        "libasound.so.2",
        "libdb-5.3.so",
        "libjack.so.0",
        spare,
        "libportaudio.so.2",
        str(tmp_path / "spare" / "libportaudio.so.2"),
    ]


def test_a_library_that_the_system_lacks_is_found_in_the_bundle(run_module: RunModule, tmp_path: Path) -> None:
    run_module(set())
    assert ctypes.util.find_library("here") == "system.so"
    assert ctypes.util.find_library("portaudio") is None
    (tmp_path / "spare").mkdir()
    (tmp_path / "spare" / "libportaudio.so.2").touch()
    assert ctypes.util.find_library("portaudio") == str(tmp_path / "spare" / "libportaudio.so.2")


def test_outside_a_bundle_nothing_is_loaded_or_changed(run_module: RunModule) -> None:
    before = ctypes.util.find_library
    loader = run_module({"libasound.so.2"}, frozen=False)
    assert loader.asked == []
    assert ctypes.util.find_library is before
    assert "ALSA_CONFIG_DIR" not in os.environ


def test_the_bundles_alsa_configuration_is_used_only_without_the_systems(
    run_module: RunModule, tmp_path: Path
) -> None:
    run_module(set())
    is_there = Path("/usr/share/alsa/alsa.conf").is_file()
    assert os.environ.get("ALSA_CONFIG_DIR") == (None if is_there else str(tmp_path / "spare" / "alsa"))
