"""Finds missing system libraries that the wheels do not contain, and the command line that installs them.

Standard library only. The sonames are those that `ldd` lists for PySide6 6.11 (Widgets, Network, the platform
plug-ins `offscreen` and `xcb`), sounddevice and python-rtmidi. From Python 3.13 on, for which python-rtmidi has no
wheel, MIDI goes through the system's RtMidi. On macOS and Windows the wheels are complete.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from distribution import ARCH, DEBIAN, FEDORA, Distribution


class Library(NamedTuple):
    """One library.

    Attributes:
        soname: its name for the system's loader.
        part: the part of Stem Bridge that requires it, for the user.
        packages: family of distributions → package.
        t64: the Debian package where 64-bit time_t has changed its name.
        newer: the Debian package from the C library `NEWER_GLIBC` on.
    """

    soname: str
    part: str
    packages: dict[str, str]
    t64: str = ""
    newer: str = ""

    def package(self, distribution: Distribution) -> str:
        """Return the package's name in a distribution."""
        if self.newer and distribution.family == DEBIAN and distribution.glibc >= NEWER_GLIBC:
            return self.newer
        return self.t64 if self.t64 and distribution.has_t64 else self.packages[distribution.family]


WINDOW, SCREEN, SOUND, MIDI = "the window", "the window on a screen", "sound", "MIDI"
FONTS = "letters in the window"


def _library(soname: str, part: str, debian: str, fedora: str, arch: str, t64: str = "") -> Library:
    return Library(soname, part, {DEBIAN: debian, FEDORA: fedora, ARCH: arch}, t64)


LIBRARIES = (
    _library("libEGL.so.1", WINDOW, "libegl1", "libglvnd-egl", "libglvnd"),
    _library("libGL.so.1", WINDOW, "libgl1", "libglvnd-glx", "libglvnd"),
    _library("libglib-2.0.so.0", WINDOW, "libglib2.0-0", "glib2", "glib2", t64="libglib2.0-0t64"),
    _library("libdbus-1.so.3", WINDOW, "libdbus-1-3", "dbus-libs", "dbus"),
    _library("libxkbcommon.so.0", WINDOW, "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    _library("libfontconfig.so.1", WINDOW, "libfontconfig1", "fontconfig", "fontconfig"),
    _library("libgssapi_krb5.so.2", WINDOW, "libgssapi-krb5-2", "krb5-libs", "krb5"),
    _library("libxcb-cursor.so.0", SCREEN, "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    _library("libxkbcommon-x11.so.0", SCREEN, "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    _library("libxcb-icccm.so.4", SCREEN, "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    _library("libxcb-keysyms.so.1", SCREEN, "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    _library("libxcb-shape.so.0", SCREEN, "libxcb-shape0", "libxcb", "libxcb"),
    _library("libwayland-cursor.so.0", SCREEN, "libwayland-cursor0", "libwayland-cursor", "wayland"),
    _library("libportaudio.so.2", SOUND, "libportaudio2", "portaudio", "portaudio"),
    _library("libasound.so.2", MIDI, "libasound2", "alsa-lib", "alsa-lib", t64="libasound2t64"),
)
FIRST_WITHOUT_PYTHON_RTMIDI = (3, 13)
NEWER_GLIBC = (2, 41)
"""The C library of Debian 13 and Ubuntu 25.04."""
RTMIDI_SONAMES = ("librtmidi.so.7", "librtmidi.so.6")
"""RtMidi 6 and 5; one of them is enough."""
RTMIDI = Library(
    RTMIDI_SONAMES[0], MIDI, {DEBIAN: "librtmidi6", FEDORA: "rtmidi", ARCH: "rtmidi"}, newer="librtmidi7"
)
ANY_FONT = _library("", FONTS, "fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu")

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
FONT_ENDINGS = {".ttf", ".otf", ".ttc", ".pfb"}


def missing_libraries(
    with_screen: bool,
    has_library: Callable[[str], bool],
    has_font: Callable[[], bool],
    python: Sequence[int] = sys.version_info,
) -> list[Library]:
    """Return the libraries that this Python misses, in the table's order; those of `SCREEN` only `with_screen`."""
    missing = [
        library
        for library in LIBRARIES
        if (with_screen or library.part != SCREEN) and not has_library(library.soname)
    ]
    if tuple(python[:2]) >= FIRST_WITHOUT_PYTHON_RTMIDI and not any(map(has_library, RTMIDI_SONAMES)):
        missing.append(RTMIDI)
    return missing if has_font() else [*missing, ANY_FONT]


def advice(missing: Sequence[Library], distribution: Distribution, as_root: bool) -> str:
    """Return the advice for `missing`: the parts that do not work, and the command line that installs them."""
    parts = list(dict.fromkeys(library.part for library in missing))
    what = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    line = install_line(missing, distribution, as_root)
    if not line:
        names = [library.soname or "any font" for library in missing]
        return f"{what} will not work before {distribution.name} has {', '.join(names)}."
    return f"{what} will not work before this has been run:\n  {line}"


def install_line(missing: Sequence[Library], distribution: Distribution, as_root: bool) -> str:
    """Return the command line that installs `missing`, "" if the package names are unknown."""
    if not distribution.family:
        return ""
    packages = dict.fromkeys(library.package(distribution) for library in missing)
    return distribution.line(list(packages), as_root)


def has_library(soname: str) -> bool:
    """Return whether the system's loader finds a library."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Return whether there is a font that Qt can use."""
    folders = [Path(folder).expanduser() for folder in FONT_FOLDERS]
    return any(path.suffix.lower() in FONT_ENDINGS for folder in folders for path in folder.rglob("*"))


def has_screen() -> bool:
    """Return whether there is a screen of X11 or Wayland."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
