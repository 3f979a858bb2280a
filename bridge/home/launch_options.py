"""The launch options of a companion; in a module of their own, so that the window need not load the companion."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bridge.home.folders import Folders

DEFAULT_OSC_PORT = 9124
DEFAULT_HTTP_PORT = 9125
DEFAULT_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class LaunchOptions:
    """The options that a companion is started with.

    Attributes:
        host: the address to listen on.
        osc_port, http_port: port numbers; 0 picks a free one.
        project: the project folder of clients that name none.
        engine: the engine of requests that name none.
        abletonosc: True to connect to Live through AbletonOSC as well.
        abletonosc_ports: the port AbletonOSC listens at, and the one it answers to.
    """

    folders: Folders
    host: str = DEFAULT_HOST
    osc_port: int = DEFAULT_OSC_PORT
    http_port: int = DEFAULT_HTTP_PORT
    project: Path | None = None
    engine: str = "auto"
    abletonosc: bool = False
    abletonosc_ports: tuple[int, int] = (11000, 11001)
