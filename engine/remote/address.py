"""The address and API key of another companion. Cheap to import, as the registry uses it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from engine.errors import InvalidValue

ALLOWED = "an address like http://studio.local:9125"
_PORTS = {"http": 80, "https": 443}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class RemoteAddress:
    """A checked address, without a slash at its end, and the API key to send there (empty = none)."""

    url: str
    key: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str, key: str = "", name: str = "url") -> RemoteAddress:
        """Check `url`, which error messages call `name`.

        Raises
        ------
        InvalidValue
            If it is not an HTTP address, holds a password, query or fragment, or `key` cannot be sent in a header.
        """
        text = url.strip().rstrip("/")
        try:
            parts = urlsplit(text)
            good = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
        except ValueError:
            good = False
        if not good or not text.isascii() or not text.isprintable() or " " in text:
            raise InvalidValue(name, url, ALLOWED)
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise InvalidValue(name, parts.hostname, f"{ALLOWED}, and no more")
        secret = key.strip()
        if not secret.isascii() or (secret and not secret.isprintable()):
            raise InvalidValue("API key", "something else", "one that `stembridge keys create` has shown there")
        return cls(text, secret)

    def is_own(self, http_port: int) -> bool:
        """Return whether this is the address of a companion on this machine that listens on `http_port`."""
        parts = urlsplit(self.url)
        return parts.hostname in _LOOPBACK and (parts.port or _PORTS[parts.scheme]) == http_port
