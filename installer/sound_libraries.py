"""Loads the bundle's own sound libraries on Linux systems that lack them; runs first in the bundle.

The system's PortAudio, ALSA and JACK are preferred, since its plug-ins (PipeWire, PulseAudio) have to match them.
Missing ones are loaded from the folder `spare`, which is not in the library path; later libraries are then linked to
the loaded ones by name. ALSA's configuration is replaced likewise: without any, PortAudio aborts.
"""

import ctypes
import ctypes.util
import os
import sys
from pathlib import Path

SPARE = Path(getattr(sys, "_MEIPASS", ".")) / "spare"
IN_ORDER = ("libasound.so.2", "libdb-5.3.so", "libjack.so.0", "libportaudio.so.2")
"""Order of loading: each library depends only on those before it."""

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
