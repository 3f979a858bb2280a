"""How a companion is to be run; apart from it, because the window needs this before it may load all of that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bridge.home.folders import Folders

DEFAULT_OSC_PORT = 9124
DEFAULT_HTTP_PORT = 9125
DEFAULT_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class LaunchOptions:
    """How to run a companion; port 0 picks a free one, `project` is for clients that name none.

    With `abletonosc`, Live is listened to through AbletonOSC as well.
    """

    folders: Folders
    host: str = DEFAULT_HOST
    osc_port: int = DEFAULT_OSC_PORT
    http_port: int = DEFAULT_HTTP_PORT
    project: Path | None = None
    engine: str = "auto"
    abletonosc: bool = False
