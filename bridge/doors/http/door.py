"""The HTTP door: puts the routes together, and deletes results and uploads that are no longer kept."""

from __future__ import annotations

import asyncio
import shutil
import time
from contextlib import suppress
from pathlib import Path

from starlette.types import ASGIApp

from bridge.doors.http.account_routes import AccountRoutes
from bridge.doors.http.audio import AudioStore
from bridge.doors.http.companion_routes import CompanionRoutes
from bridge.doors.http.docs_routes import DocRoutes
from bridge.doors.http.hosted_routes import HostedRoutes
from bridge.doors.http.keys.store import KeyStore
from bridge.doors.http.routes import build_app
from bridge.doors.http.service import KEEP_RESULT_S, HostedService
from bridge.doors.http.signed_links import SignedLinks
from bridge.doors.studio_desk import StudioDesk
from bridge.home.folders import Folders
from bridge.jobs.queue import JobQueue
from bridge.jobs.watch import Watch
from bridge.request.presets.presets import Presets
from bridge.takes.layout import takes_folder
from bridge.takes.take import MANIFEST
from engine.errors import StemBridgeError

SWEEP_INTERVAL_S = 60.0
SWEEP_GRACE_S = 120.0
"""The time after `KEEP_RESULT_S` in which a download that has begun may still open its file."""
KEEP_UPLOAD_S = 86_400.0


class HttpDoor:
    """Everything behind the HTTP socket."""

    def __init__(
        self, folders: Folders, desk: StudioDesk, queue: JobQueue, presets: Presets, keys: KeyStore, engine: str
    ) -> None:
        """Serve the jobs of `queue`; `engine` runs requests that name none."""
        self._takes = takes_folder(folders.http_takes)
        self._audio = AudioStore(folders.http_audio)
        links = SignedLinks(keys.signing_secret())
        service = HostedService(desk, queue, keys, self._audio, folders.http_takes, engine, time.time)
        watch = Watch(queue)
        routes = [
            *CompanionRoutes(service, queue, presets, watch, folders.models).routes(),
            *AccountRoutes(service, links).routes(),
            *DocRoutes().routes(),
            *HostedRoutes(service, watch, self._audio, links).routes(),
        ]
        self.app: ASGIApp = build_app(routes, keys.find, links)

    async def sweep(self) -> None:
        """Delete old results and uploads now and every minute, until cancelled."""
        while True:
            await asyncio.to_thread(self._sweep_once)
            await asyncio.sleep(SWEEP_INTERVAL_S)

    def _sweep_once(self) -> None:
        self._audio.drop_older_than(KEEP_UPLOAD_S)
        with suppress(OSError):
            for take in self._takes.iterdir():
                if _age_s(take / MANIFEST) > KEEP_RESULT_S + SWEEP_GRACE_S:
                    shutil.rmtree(take, ignore_errors=True)


def check_host(host: str, keys: KeyStore) -> None:
    """Refuse to listen to other machines while there is no key.

    Raises
    ------
    StemBridgeError
        If `host` is not a loopback address and there is no key.
    """
    if host not in ("127.0.0.1", "localhost", "::1") and not keys.any_good():
        raise StemBridgeError(
            f"To listen on {host} an API key is needed for other machines: `stembridge keys create NAME` makes one."
        )


def _age_s(file: Path) -> float:
    try:
        return time.time() - file.stat().st_mtime
    except OSError:
        return 0.0
