"""The HTTP application: every route behind one guard, and `/docs` made from the routes' own table."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from bridge.http.audio import AudioStore
from bridge.http.docs import DocRoutes
from bridge.http.extras import ExtraRoutes
from bridge.http.guard import Guard
from bridge.http.hosted import HostedRoutes
from bridge.http.links import Links
from bridge.http.own import OwnRoutes
from bridge.http.problems import HANDLERS
from bridge.http.service import HostedService
from bridge.jobs.queue import JobQueue
from bridge.jobs.watch import Watch
from bridge.keys.store import Key
from bridge.presets.presets import Presets

FindKey = Callable[[str], Key | None]


def build_app(
    queue: JobQueue, presets: Presets, service: HostedService, audio: AudioStore, links: Links, find_key: FindKey
) -> Starlette:
    """Return the application."""
    watch = Watch(queue)
    routes: list[BaseRoute] = [
        *OwnRoutes(queue, presets, watch).routes(),
        *ExtraRoutes(service, links).routes(),
        *DocRoutes().routes(),
        *HostedRoutes(service, watch, audio, links).routes(),
    ]
    guard = Middleware(Guard, find_key=find_key, links=links)
    return Starlette(routes=routes, middleware=[guard], exception_handlers=HANDLERS)
