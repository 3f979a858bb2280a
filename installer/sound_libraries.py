"""Run by the bundle before anything else, on Linux: sound libraries of its own where the system has none.

PortAudio, ALSA and JACK are the system's where it has them: their plug-ins (PipeWire, PulseAudio) must fit them. What
is missing is taken from the folder `spare`, where the library path does not look. A library that is loaded already is
what later ones are linked to by its name. ALSA's own configuration likewise: without any, PortAudio aborts.
"""

import ctypes
import ctypes.util
import os
import sys
from pathlib import Path

SPARE = Path(getattr(sys, "_MEIPASS", ".")) / "spare"
IN_ORDER = ("libasound.so.2", "libdb-5.3.so", "libjack.so.0", "libportaudio.so.2")
"""Each needs only those before it."""

ALSA_CONFIGURATION = Path("/usr/share/alsa")

ALSA_CONFIGURATION = Path("/usr/share/alsa")

_found_by_system = ctypes.util.find_library


def _find_library(name: str) -> str | None:
    spare = SPARE / f"lib{name}.so.2"
    return _found_by_system(name) or (str(spare) if spare.is_file() else None)


def _load(name: str) -> None:
    for candidate in (name, str(SPARE / name)):
        try:
            ctypes.CDLL(candidate, mode=ctypes.RTLD_GLOBAL)
        except OSError:
            continue
        return


if sys.platform == "linux" and getattr(sys, "frozen", False):
    for _name in IN_ORDER:
        _load(_name)
    ctypes.util.find_library = _find_library
    if not (ALSA_CONFIGURATION / "alsa.conf").is_file():
        os.environ.setdefault("ALSA_CONFIG_DIR", str(SPARE / "alsa"))
