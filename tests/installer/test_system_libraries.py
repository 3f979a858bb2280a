"""Advice on missing system libraries, with faked systems and loaders."""

from __future__ import annotations

import ctypes
import re
import shlex
import sys
from pathlib import Path

import distribution
import pytest
import system_libraries
from distribution import read_os_release

from tests.helpers.paths import ROOT

BOOKWORM = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'
NOBLE = 'NAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\nID_LIKE=debian\nPRETTY_NAME="Ubuntu 24.04 LTS"\n'
FEDORA = "# a comment = here\nNAME=Fedora\nID=fedora\nPRETTY_NAME='Fedora Linux 42'\n"
ARCH = 'NAME="Arch Linux"\nID=arch\n'
ALPINE = 'NAME="Alpine Linux"\nID=alpine\n'


def advice_for(
    text: str,
    glibc: tuple[int, ...],
    *,
    present: set[str],
    screen: bool = False,
    fonts: bool = True,
    python: tuple[int, ...] = (3, 12),
) -> str:
    missing = system_libraries.missing_libraries(screen, present.__contains__, lambda: fonts, python)
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
def test_one_command_installs_only_the_missing_libraries(text: str, glibc: tuple[int, ...], line: str) -> None:
    said = advice_for(text, glibc, present=ALL - SOUND_AND_MIDI)
    assert said.splitlines() == ["sound and MIDI will not work before this has been run:", f"  {line}"]


def test_packages_are_named_once_and_fonts_are_no_library() -> None:
    said = advice_for(ARCH, (2, 40), present=ALL - {"libEGL.so.1", "libGL.so.1"}, fonts=False)
    assert said.splitlines()[1].split()[-2:] == ["libglvnd", "ttf-dejavu"]


def test_libraries_for_a_screen_are_only_required_with_a_screen() -> None:
    present = ALL - {"libxcb-cursor.so.0"}
    assert not system_libraries.missing_libraries(False, present.__contains__, lambda: True, (3, 12))
    assert "libxcb-cursor0" in advice_for(BOOKWORM, (2, 36), present=present, screen=True)


@pytest.mark.parametrize(
    ("text", "glibc", "package"),
    [
        (BOOKWORM, (2, 36), "librtmidi6"),
        (NOBLE, (2, 39), "librtmidi6"),
        (BOOKWORM.replace("12", "13"), (2, 41), "librtmidi7"),
        (FEDORA, (2, 41), "rtmidi"),
        (ARCH, (2, 41), "rtmidi"),
    ],
)
def test_after_python_3_12_midi_needs_the_systems_rtmidi(text: str, glibc: tuple[int, ...], package: str) -> None:
    for python in ((3, 13, 0), (3, 14)):
        assert advice_for(text, glibc, present=ALL, python=python).split()[-1] == package
        for soname in system_libraries.RTMIDI_SONAMES:  # either version will do
            assert not system_libraries.missing_libraries(False, {*ALL, soname}.__contains__, lambda: True, python)
    assert not system_libraries.missing_libraries(False, ALL.__contains__, lambda: True, (3, 12))


def test_on_an_unknown_linux_the_libraries_themselves_are_named() -> None:
    said = advice_for(ALPINE, (0,), present=ALL - SOUND_AND_MIDI)
    assert said == "sound and MIDI will not work before Alpine Linux has libportaudio.so.2, libasound.so.2."


def test_every_library_has_a_package_in_every_family() -> None:
    for library in (*system_libraries.LIBRARIES, system_libraries.RTMIDI, system_libraries.ANY_FONT):
        assert set(library.packages) == set(distribution.FAMILIES) == set(distribution.INSTALL)


def test_the_table_names_all_libraries_that_qt_loads_on_this_machine() -> None:
    """The table is complete: if none of its libraries is missing, Qt's plugin loads with the system's real loader."""
    missing = system_libraries.missing_libraries(False, system_libraries.has_library, system_libraries.has_font)
    if sys.platform == "linux" and not [library for library in missing if library.part == system_libraries.WINDOW]:
        import PySide6

        ctypes.CDLL(str(next(Path(PySide6.__file__).parent.glob("Qt/plugins/platforms/libqoffscreen.so"))))
    assert not system_libraries.has_library("libstembridge-that-does-not-exist.so.9")


def test_the_window_and_the_installer_name_the_same_packages() -> None:
    """The window repeats the table for installations by pip, since it cannot import the installer."""
    from bridge.desktop import display

    known = {library.soname: library.packages["debian"] for library in system_libraries.LIBRARIES}
    for soname, package in (display._LIBRARIES | display._X_LIBRARIES | display._WAYLAND_LIBRARIES).items():
        assert known[soname] == package


@pytest.mark.parametrize("page", ["README.md", "docs/install.md"])
def test_the_pages_line_of_packages_is_what_check_asks_for_on_a_fresh_debian(page: str) -> None:
    """One line for Debian 12, 13 and Ubuntu 24.04, so by names that all three know."""
    text = (ROOT / page).read_text(encoding="utf-8")
    (line,) = re.findall(r"`apt-get install -y (git python3 [^`]*)`", text)
    missing = system_libraries.missing_libraries(True, lambda _: False, lambda: False)
    asked = {library.package(read_os_release(BOOKWORM, (2, 36))) for library in missing}
    # Two packages provide libasound2 in Ubuntu 24.04; libportaudio2 brings the right one. librtmidi is for MIDI with
    # Python 3.13 and newer, and called 6 or 7.
    elsewhere = {"libasound2", "librtmidi6"}
    assert set(shlex.split(line)) == {"git", "python3", "python3-venv", "librtmidi[67]"} | asked - elsewhere
