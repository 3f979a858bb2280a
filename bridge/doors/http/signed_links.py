"""Signed links to results, which need no API key: audio players and browsers cannot send one."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qs, quote


class SignedLinks:
    """Signs paths with the companion's own secret (HMAC-SHA-256)."""

    def __init__(self, secret: bytes) -> None:
        """Sign with `secret`."""
        self._secret = secret

    def sign(self, path: str) -> str:
        """Return `path` as a URL has it (a space is `%20`), with its signature."""
        return f"{quote(path)}?sig={self._signature(path)}"

    def is_signed(self, path: str, query: str) -> bool:
        """Return whether `query` holds the signature of `path`, which is unquoted, as in ASGI."""
        given = parse_qs(query).get("sig", [""])[0]
        return hmac.compare_digest(given.encode(), self._signature(path).encode())

    def _signature(self, path: str) -> str:
        return hmac.new(self._secret, path.encode(), hashlib.sha256).hexdigest()[:32]
