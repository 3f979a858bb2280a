"""The parts of the bundle that PyInstaller does not find itself; imported by `stembridge.spec`."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

from sound_libraries import ALSA_CONFIGURATION, IN_ORDER

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
ICONS = BUILD / "icons"
IDENTIFIER = "org.stembridge.StemBridge"
OWN = ("bridge", "engine")
ALSA_PARTS = ("alsa.conf", "cards/*.conf", "ctl/*.conf", "pcm/*.conf", "pcm/*/*.conf")
"""The files of alsa-lib itself; alsa.conf.d belongs to plug-ins of the build machine."""
WAYLAND = ("libwayland-cursor.so.0", "libwayland-egl.so.1")
SOURCE_FOLDERS = (*OWN, "daw_scripts")


def _sources() -> list[tuple[str, str]]:
    """Return the project's own installed files, each with its folder in the bundle."""
    spec = importlib.util.find_spec("bridge")
    if spec is None or spec.origin is None:
        raise SystemExit("build: Stem Bridge is not installed here; run installer/build.py.")
    installed = Path(spec.origin).parents[1]
    pairs = []
    for folder in SOURCE_FOLDERS:
        for path in sorted((installed / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                pairs.append((str(path), Path("source", path.relative_to(installed)).parent.as_posix()))
    return [*pairs, (str(ROOT / "constraints.txt"), "source")]


SOURCES = _sources()


MIDI_MODULES = [name for name in ("rtmidi", "rtmidi2", "pylibremidi") if importlib.util.find_spec(name)]
"""The MIDI libraries that are installed here, of which the code imports one by its name."""


def uv_program() -> Path:
    """Return the program uv, which creates the engine environment for the bundle."""
    from uv import find_uv_bin

    return Path(find_uv_bin())


def spare_libraries() -> list[Path]:
    """Return the build machine's sound libraries, which minimal Linux systems lack; elsewhere wheels contain them."""
    return _of_this_system(IN_ORDER, "libportaudio2 libasound2")


def window_libraries() -> list[Path]:
    """Return the build machine's libraries of Wayland that PyInstaller leaves to the system.

    Desktops without GTK and Qt lack them. `libwayland-client` is not among them: it has to fit the graphics driver.
    """
    return _of_this_system(WAYLAND, "libwayland-cursor0 libwayland-egl1")


def _of_this_system(sonames: tuple[str, ...], packages: str) -> list[Path]:
    if sys.platform != "linux":
        return []
    listed = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    known = {line.split()[0]: Path(line.split()[-1]) for line in listed.splitlines() if "=>" in line}
    missing = [name for name in sonames if name not in known]
    if missing:
        raise SystemExit(f"build: {', '.join(missing)} is missing; on Debian: apt-get install -y {packages}")
    return [known[name] for name in sonames]


def spare_configuration() -> list[tuple[str, str]]:
    """Return the files of the build machine's ALSA configuration, each with its folder in the bundle."""
    if sys.platform != "linux":
        return []
    files = [path for part in ALSA_PARTS for path in sorted(ALSA_CONFIGURATION.glob(part))]
    if not files:
        raise SystemExit("build: ALSA's configuration is missing; on Debian: apt-get install -y libasound2-data")
    return [(str(path), str(Path("spare", "alsa", path.relative_to(ALSA_CONFIGURATION).parent))) for path in files]
