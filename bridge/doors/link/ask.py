"""Reads a Link session: starts the peer's process, and parses the line that it prints."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import shlex
import sys
from contextlib import suppress

from bridge.doors.link.peer import MISSING
from bridge.doors.link.reading import LinkReading
from bridge.home.system_library import loads
from engine.interpreter import environ_with_source

log = logging.getLogger("stembridge.link")

WAIT_S = 1.5
"""The time to wait for peers; they are found within about half a second."""
GRACE_S = 5.0
"""The time that the peer's process may take in addition, to start and to end."""
LIBRARY = "LinkPython-extern"
"""The package of the extra `link`."""
IN_BUNDLE = "Ableton Link needs a library that is no part of the bundle (GPL): install Stem Bridge in a clone instead"
ATOMIC = "libatomic.so.1"
"""The system library that the wheels for Linux are linked with; a minimal system lacks it."""
INSTALL_ATOMIC = f"Ableton Link's library needs {ATOMIC}; Debian and Ubuntu: apt-get install libatomic1"


def is_installed() -> bool:
    """Return whether the library is there, without importing it."""
    return importlib.util.find_spec("link") is not None


def _pip(*options: str) -> str:
    """Return the command line that installs the library into this Python, wherever Stem Bridge was installed from."""
    return shlex.join([sys.executable, "-m", "pip", "install", *options, LIBRARY])


def obstacle() -> str:
    """Return why Link cannot be used here and what to install, "" if no obstacle is known."""
    if not is_installed():
        return IN_BUNDLE if getattr(sys, "frozen", False) else f"Ableton Link needs its library (GPL): {_pip()}"
    return INSTALL_ATOMIC if sys.platform == "linux" and not loads(ATOMIC) else ""


async def ask_link(quantum_beats: float = 4.0, wait_s: float = WAIT_S) -> LinkReading | None:
    """Return the Link session on this network, None if there are no peers or Link cannot be used."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bridge.doors.link.peer",
            str(wait_s),
            str(quantum_beats),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            env=environ_with_source(),
        )
    except OSError as error:
        log.warning("Link cannot be asked (%s)", error)
        return None
    try:
        output, _ = await asyncio.wait_for(process.communicate(), wait_s + GRACE_S)
    except (TimeoutError, asyncio.CancelledError) as error:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        if isinstance(error, asyncio.CancelledError):
            raise
        log.warning("Link did not answer in time")
        return None
    if process.returncode == MISSING:
        log.warning("%s", obstacle() or f"Ableton Link's library cannot be loaded: {_pip('--force-reinstall')}")
    return _parse(output)


def _parse(output: bytes) -> LinkReading | None:
    try:
        values = json.loads(output)
        return LinkReading(**values) if values else None
    except (ValueError, TypeError):
        return None
