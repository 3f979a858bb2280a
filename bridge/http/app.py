"""The HTTP application: every route behind one guard."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from bridge.http.guard import Guard
from bridge.http.links import Links
from bridge.http.problems import HANDLERS
from bridge.keys.store import Key

FindKey = Callable[[str], Key | None]


def build_app(routes: Sequence[BaseRoute], find_key: FindKey, links: Links) -> Starlette:
    """Return the application."""
    guard = Middleware(Guard, find_key=find_key, links=links)
    return Starlette(routes=list(routes), middleware=[guard], exception_handlers=HANDLERS)
