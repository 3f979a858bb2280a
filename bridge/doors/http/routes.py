"""The HTTP application: all routes behind access control."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from bridge.doors.http.access import Guard
from bridge.doors.http.errors import HANDLERS
from bridge.doors.http.keys.store import ApiKey
from bridge.doors.http.signed_links import SignedLinks

FindKey = Callable[[str], ApiKey | None]


def build_app(routes: Sequence[BaseRoute], find_key: FindKey, links: SignedLinks) -> Starlette:
    """Return the application."""
    guard = Middleware(Guard, find_key=find_key, links=links)
    return Starlette(routes=list(routes), middleware=[guard], exception_handlers=HANDLERS)
