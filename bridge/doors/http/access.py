"""Access control in front of every route.

1. `Host` must be an address or this machine's own name, else a web page could reach the companion by a host
   name that points here (DNS rebinding).
2. `Origin`, which only browsers send, must be the companion's own, else any web page could drive it.
3. A key, in `x-api-key` or as a bearer token, is required, except from programs on this machine. A wrong key is
   refused even from there. A signed link to a result needs no key.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from bridge.doors.http.errors import HttpError
from bridge.doors.http.keys.store import ApiKey
from bridge.doors.http.signed_links import SignedLinks

FindKey = Callable[[str], ApiKey | None]


class Guard:
    """ASGI middleware. It sets `scope["state"]["key"]`: the `ApiKey`, or None for a program on this machine."""

    def __init__(self, app: ASGIApp, find_key: FindKey, links: SignedLinks) -> None:
        """Guard `app`."""
        self._app = app
        self._find_key = find_key
        self._links = links
        own = socket.gethostname().lower()
        self._names = {"localhost", own, f"{own}.local"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer with the reason why not."""
        if scope["type"] == "http":
            try:
                scope.setdefault("state", {})["key"] = self._admit(scope, Headers(scope=scope))
            except HttpError as problem:
                await problem.response()(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _admit(self, scope: Scope, headers: Headers) -> ApiKey | None:
        self._check_names(headers)
        secret = headers.get("x-api-key") or _bearer(headers.get("authorization", ""))
        if secret:
            key = self._find_key(secret)
            if key is None:
                raise HttpError(401, "The API key in x-api-key is unknown or revoked.")
            return key
        if not is_local(scope) and not self._is_signed(scope):
            raise HttpError(401, "An API key is needed in x-api-key; `stembridge keys create` makes one.")
        return None

    def _check_names(self, headers: Headers) -> None:
        host = _host_name(headers.get("host", ""))
        if host not in self._names and not _is_address(host):
            raise HttpError(403, f"The companion does not answer to the name {host[:200]!r}; use its address.")
        origin = headers.get("origin")
        if origin is not None and _netloc(origin) != headers.get("host"):
            raise HttpError(403, f"A page of {origin[:200]!r} may not use the companion.")

    def _is_signed(self, scope: Scope) -> bool:
        query = bytes(scope["query_string"]).decode("latin-1")
        return scope["method"] in ("GET", "HEAD") and self._links.is_signed(scope["path"], query)


def is_local(scope: Scope) -> bool:
    """Return whether the request comes from this machine."""
    client = scope.get("client")
    return client is not None and _is_address(client[0]) and ipaddress.ip_address(client[0]).is_loopback


def _host_name(host: str) -> str:
    """Return `Host` without its port, in lower case: `[::1]:9125` is `::1`."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
