"""Chooses the library that opens MIDI ports, and on Linux the MIDI system.

python-rtmidi comes first; its wheels end with Python 3.12. After it, the system's own librtmidi on Linux, where one
package brings it; rtmidi2 on macOS; pylibremidi on Windows. Each of these runs without a compiler.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from bridge.doors.midi.backends import libremidi, librtmidi, rtmidi2_wheel
from bridge.doors.midi.backends.interface import Backend, MidiLibrary, MidiUnavailable
from bridge.doors.midi.backends.jack_socket import jack_answers, prefer_system_libjack

SEQUENCER = Path("/dev/snd/seq")


def _python_rtmidi() -> Backend:
    if sys.platform.startswith("linux") and "rtmidi" not in sys.modules:
        prefer_system_libjack()
    module = importlib.import_module("rtmidi")
    try:
        systems = tuple(module.get_api_display_name(api) for api in module.get_compiled_api())
        return Backend(f"python-rtmidi {module.__version__}", systems, module)
    except AttributeError as error:  # another package with a module of this name
        raise ImportError(f"the module rtmidi is not python-rtmidi's: {error}") from error


Loader = Callable[[], Backend]
_BEHIND: dict[str, tuple[Loader, ...]] = {
    "darwin": (librtmidi.load, rtmidi2_wheel.load),
    "win32": (libremidi.load, librtmidi.load),
}
"""Platform → the libraries that are tried after python-rtmidi; all others have the system's librtmidi."""
REMEDY = {
    "darwin": "install the Python package rtmidi2",
    "win32": "install the Python package pylibremidi",
}
LINUX_REMEDY = "install librtmidi7 (Debian 12, Ubuntu 22.04 and 24.04: librtmidi6; Fedora and Arch: rtmidi)"


def load_backend() -> Backend:
    """Return the first library that can be loaded.

    Raises
    ------
    MidiUnavailable
        If there is none; the sentence says which package brings one.
    """
    for load in (_python_rtmidi, *_BEHIND.get(sys.platform, (librtmidi.load,))):
        try:
            return load()
        except (ImportError, OSError):
            continue
    remedy = REMEDY.get(sys.platform, LINUX_REMEDY)
    raise MidiUnavailable(f"MIDI is not available: no MIDI library can be loaded; {remedy}.")


def midi_api(system: str) -> tuple[MidiLibrary, int]:
    """Return the library and the number of the MIDI system to use; Linux has two.

    Raises
    ------
    MidiUnavailable
        If there is none: no sound devices (a container, a server), or no library can be loaded.
    """
    library = load_backend().library
    if not sys.platform.startswith("linux"):
        return library, int(library.API_UNSPECIFIED)
    # Both systems' libraries print errors if their system is missing: check first.
    if system in ("auto", "alsa") and SEQUENCER.exists():
        return library, int(library.API_LINUX_ALSA)
    if system in ("auto", "jack") and jack_answers():
        return library, int(library.API_UNIX_JACK)
    missing = {
        "alsa": "/dev/snd/seq is missing (the kernel module snd-seq)",
        "jack": "no JACK server runs",
        "auto": "/dev/snd/seq is missing (the kernel module snd-seq) and no JACK server runs",
    }
    raise MidiUnavailable(f"MIDI is not available: {missing[system]}.")
