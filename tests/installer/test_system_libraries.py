"""What `installer/setup.py` says about the system it is run on: faked systems, faked loaders."""

from __future__ import annotations

import ast
import ctypes
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import distribution
import pytest
import python_check
import system_libraries
from distribution import Distribution, read_os_release

from tests.helpers.paths import ROOT

INSTALLER = ROOT / "installer"

BOOKWORM = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'
NOBLE = 'NAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\nPRETTY_NAME="Ubuntu 24.04 LTS"\n'
JAMMY = 'PRETTY_NAME="Ubuntu 22.04.5 LTS"\nID=ubuntu\nID_LIKE=debian\n'
MINT = "NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE='ubuntu debian'\n"
FEDORA = "# a comment = here\nNAME=Fedora\nID=fedora\nPRETTY_NAME='Fedora Linux 42'\n"
ROCKY = 'ID="rocky"\nID_LIKE="rhel centos fedora"\n'
ARCH = 'NAME="Arch Linux"\nID=arch\n'
MANJARO = "ID=manjaro\nID_LIKE=arch\n"
ALPINE = 'NAME="Alpine Linux"\nID=alpine\n'


@pytest.mark.parametrize(
    ("text", "glibc", "family", "has_t64"),
    [
        (BOOKWORM, (2, 36), "debian", False),
        (BOOKWORM.replace("12", "13"), (2, 41), "debian", True),
        (JAMMY, (2, 35), "debian", False),
        (NOBLE, (2, 39), "debian", True),
        (MINT, (2, 39), "debian", True),
        (FEDORA, (2, 41), "fedora", False),
        (ROCKY, (2, 34), "fedora", False),
        (ARCH, (2, 40), "arch", False),
        (MANJARO, (2, 40), "arch", False),
        (ALPINE, (0,), "", False),
        ("", (0,), "", False),
    ],
)
def test_the_family_of_a_linux_comes_from_its_os_release(
    text: str, glibc: tuple[int, ...], family: str, has_t64: bool
) -> None:
    read = read_os_release(text, glibc)
    assert (read.family, read.has_t64) == (family, has_t64)


def advice_for(
    text: str, glibc: tuple[int, ...], *, present: set[str], screen: bool = False, fonts: bool = True
) -> str:
    missing = system_libraries.missing_libraries(screen, present.__contains__, lambda: fonts)
    return system_libraries.advice(missing, read_os_release(text, glibc), as_root=False)


ALL = {library.soname for library in system_libraries.LIBRARIES}
SOUND_AND_MIDI = {"libportaudio.so.2", "libasound.so.2"}


@pytest.mark.parametrize(
    ("text", "glibc", "line"),
    [
        (BOOKWORM, (2, 36), "sudo apt-get install -y libportaudio2 libasound2"),
        (NOBLE, (2, 39), "sudo apt-get install -y libportaudio2 libasound2t64"),
        (FEDORA, (2, 41), "sudo dnf install -y portaudio alsa-lib"),
        (ARCH, (2, 40), "sudo pacman -S --needed --noconfirm portaudio alsa-lib"),
    ],
)
def test_one_line_installs_just_what_is_missing(text: str, glibc: tuple[int, ...], line: str) -> None:
    said = advice_for(text, glibc, present=ALL - SOUND_AND_MIDI)
    assert said.splitlines() == ["sound and MIDI will not work before this has been run:", f"  {line}"]


def test_nothing_is_installed_twice_and_fonts_are_no_library() -> None:
    said = advice_for(ARCH, (2, 40), present=ALL - {"libEGL.so.1", "libGL.so.1"}, fonts=False)
    assert said.splitlines()[1].split()[-2:] == ["libglvnd", "ttf-dejavu"]


def test_only_a_screen_needs_the_libraries_of_a_screen() -> None:
    present = ALL - {"libxcb-cursor.so.0"}
    assert not system_libraries.missing_libraries(False, present.__contains__, lambda: True)
    assert "libxcb-cursor0" in advice_for(BOOKWORM, (2, 36), present=present, screen=True)


def test_an_unknown_linux_is_told_the_libraries_themselves() -> None:
    said = advice_for(ALPINE, (0,), present=ALL - SOUND_AND_MIDI)
    assert said == "sound and MIDI will not work before Alpine Linux has libportaudio.so.2, libasound.so.2."


def test_every_library_has_a_package_in_every_family() -> None:
    for library in (*system_libraries.LIBRARIES, system_libraries.ANY_FONT):
        assert set(library.packages) == set(distribution.FAMILIES) == set(distribution.INSTALL)


def test_the_window_of_this_machine_finds_what_the_table_says_it_needs() -> None:
    """The table is what the loader needs: if nothing of it is missing, Qt loads; and the loader is really asked."""
    missing = system_libraries.missing_libraries(False, system_libraries.has_library, system_libraries.has_font)
    if sys.platform == "linux" and not [library for library in missing if library.part == system_libraries.WINDOW]:
        import PySide6

        ctypes.CDLL(str(next(Path(PySide6.__file__).parent.glob("Qt/plugins/platforms/libqoffscreen.so"))))
    assert not system_libraries.has_library("libstembridge-that-nobody-has.so.9")


@pytest.mark.parametrize(
    ("version", "text", "wanted"),
    [
        ((3, 11, 2), BOOKWORM, ""),
        ((3, 10, 12), JAMMY, "sudo apt-get install -y python3.11 python3.11-venv"),
        ((3, 9, 18), ROCKY, "sudo dnf install -y python3.12"),
        ((3, 9, 0), ALPINE, "https://www.python.org/downloads/"),
    ],
)
def test_an_old_python_is_told_with_the_way_to_a_newer_one(version: tuple[int, ...], text: str, wanted: str) -> None:
    said = python_check.too_old(version, read_os_release(text, (2, 35)), as_root=False)
    assert (wanted in said) if wanted else not said


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (BOOKWORM, "apt-get install -y python3.11-venv"),
        (FEDORA, "dnf install -y python3.11"),
        (ARCH, "pacman -S --needed --noconfirm python"),
        (ALPINE, "install Python with it"),
    ],
)
def test_a_missing_venv_is_told_with_the_package_that_has_it(text: str, wanted: str) -> None:
    def has(name: str) -> bool:
        return name != "ensurepip"

    said = python_check.without_venv((3, 11, 2), read_os_release(text, (2, 36)), True, has)
    assert "ensurepip" in said
    assert wanted in said
    assert not python_check.without_venv((3, 11, 2), read_os_release(text, (2, 36)), True, lambda _: True)


def test_other_systems_get_no_packages() -> None:
    assert "python.org" in python_check.too_old((3, 9, 6), None, as_root=False)
    assert python_check.without_venv((3, 11, 0), None, False, lambda _: False).endswith("install Python with it.")


def test_setup_can_be_read_by_a_python_that_is_too_old() -> None:
    """Else a newcomer with Python 3.8 sees a SyntaxError and not the sentence."""
    for name in ("setup", "distribution", "python_check", "system_libraries"):
        ast.parse((INSTALLER / f"{name}.py").read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.fixture
def setup() -> ModuleType:
    """`installer/setup.py` as a module."""
    spec = importlib.util.spec_from_file_location("stembridge_setup", INSTALLER / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_setup_names_its_commands(setup: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert setup.main(["instal"]) == 1
    said = capsys.readouterr().err
    assert all(command in said for command in setup.COMMANDS)
    assert all(f"setup.py {command}" in (setup.__doc__ or "") for command in setup.COMMANDS if command != "install")


def test_setup_takes_away_what_it_has_made_and_nothing_else(
    setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = tmp_path / "calls"
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "$@" >> "{calls}"\ntest "$4" != --fail\n')
    python.chmod(0o755)
    (tmp_path / "stembridge.egg-info").mkdir()
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "PYTHON", python)
    assert setup.main(["uninstall", "--fail"]) == 1  # what `stembridge uninstall` could not do keeps all of it here
    assert setup.main(["uninstall", "--dry-run"]) == 0
    assert python.exists()
    assert setup.main(["uninstall", "--yes"]) == 0
    assert calls.read_text().splitlines()[-1] == "-m bridge uninstall --yes"
    assert {path.name for path in tmp_path.iterdir()} == {"calls", "pyproject.toml"}
    assert str(tmp_path) in capsys.readouterr().err


def test_a_linux_line_begins_with_sudo_only_for_those_who_are_not_root() -> None:
    debian = Distribution("debian", "Debian")
    assert debian.line(["a", "b"], as_root=True) == "apt-get install -y a b"
    assert debian.line(["a"], as_root=False) == "sudo apt-get install -y a"


def test_the_window_and_the_installer_name_the_same_packages() -> None:
    """The window says it again for those who came by pip; it cannot import the installer."""
    from bridge.desktop import display

    known = {library.soname: library.packages["debian"] for library in system_libraries.LIBRARIES}
    for soname, package in (display._LIBRARIES | display._X_LIBRARIES).items():
        assert known[soname] == package
