"""API keys on disk: one SQLite file, readable by its user alone, that contains only the keys' hashes.

A key is 256 random bits, so one round of SHA-256 is enough: a slow hash only protects secrets that can be guessed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import InvalidValue, StemBridgeError

PREFIX = "sb_"
MAX_NAME = 100
MAX_CREDITS = 1_000_000_000
MAX_RATE = 100_000
DEFAULT_RATE = 120
"""The default for the requests a minute that may start work."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    created REAL NOT NULL,
    revoked REAL,
    credits INTEGER,
    rate INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value BLOB NOT NULL);
"""
_COLUMNS = "id, name, created, revoked, credits, rate"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key without its secret.

    Attributes:
        id: short; names the key in `revoke` and in jobs.
        name: chosen by its owner.
        created, revoked: seconds since 1970; `revoked` is None while the key is valid.
        credits: the number of takes left, None = without limit.
        rate: requests a minute that may start work.
    """

    id: str
    name: str
    created: float
    revoked: float | None
    credits: int | None
    rate: int


class KeyStore:
    """All keys of this user's companion. Every method raises `StemBridgeError` if the file cannot be used."""

    def __init__(self, path: Path) -> None:
        """Open or create the file.

        Raises
        ------
        StemBridgeError
            If it cannot be opened or is not a key file.
        """
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(path, timeout=5.0, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from None
        try:
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            self._db.close()
            raise self._unusable(error) from None

    def close(self) -> None:
        """Close the file; harmless when closed."""
        self._db.close()

    def create(self, name: str, credits: int | None = None, rate: int = DEFAULT_RATE) -> tuple[ApiKey, str]:
        """Make a key; return its record and its secret, which cannot be shown again.

        Raises
        ------
        InvalidValue
            If a value is out of range.
        """
        if not name.strip() or len(name) > MAX_NAME or not name.isprintable():
            raise InvalidValue("name", name, f"1–{MAX_NAME} printable characters")
        _check_count("credits", credits, 0, MAX_CREDITS)
        _check_count("rate", rate, 1, MAX_RATE)
        secret = PREFIX + secrets.token_urlsafe(32)
        key = ApiKey(secrets.token_hex(4), name.strip(), time.time(), None, credits, rate)
        self._run(
            "INSERT INTO keys (id, name, hash, created, credits, rate) VALUES (?, ?, ?, ?, ?, ?)",
            (key.id, key.name, _hash(secret), key.created, key.credits, key.rate),
        )
        return key, secret

    def all(self) -> list[ApiKey]:
        """Return every key, revoked ones too, oldest first."""
        return [ApiKey(*row) for row in self._run(f"SELECT {_COLUMNS} FROM keys ORDER BY created")]

    def get(self, key_id: str) -> ApiKey | None:
        """Return the key with this id."""
        rows = self._run(f"SELECT {_COLUMNS} FROM keys WHERE id=?", (key_id,))
        return ApiKey(*rows[0]) if rows else None

    def any_good(self) -> bool:
        """Return whether there is a key that is not revoked."""
        return bool(self._run("SELECT 1 FROM keys WHERE revoked IS NULL LIMIT 1"))

    def find(self, secret: str) -> ApiKey | None:
        """Return the valid key with this secret, compared in constant time; None if there is none."""
        wanted = _hash(secret)
        found = None
        for row in self._run(f"SELECT {_COLUMNS}, hash FROM keys WHERE revoked IS NULL"):
            if hmac.compare_digest(wanted, row[-1]):
                found = ApiKey(*row[:-1])
        return found

    def revoke(self, key_id: str) -> ApiKey:
        """Make a key invalid from now on; return it.

        Raises
        ------
        InvalidValue
            If there is no such key.
        """
        self._run("UPDATE keys SET revoked=? WHERE id=? AND revoked IS NULL", (time.time(), key_id))
        return self._known(key_id)

    def set_credits(self, key_id: str, credits: int | None) -> ApiKey:
        """Set a key's credits, None = without limit; return it.

        Raises
        ------
        InvalidValue
            If there is no such key, or the balance is out of range.
        """
        _check_count("credits", credits, 0, MAX_CREDITS)
        self._run("UPDATE keys SET credits=? WHERE id=?", (credits, key_id))
        return self._known(key_id)

    def spend(self, key_id: str, credits: int) -> bool:
        """Take `credits` from a key in one step; return False, and take none, if it has fewer."""
        rows = self._run(
            "UPDATE keys SET credits = credits - ? WHERE id=? AND (credits IS NULL OR credits >= ?) RETURNING id",
            (credits, key_id, credits),
        )
        return bool(rows)

    def refund(self, key_id: str, credits: int) -> None:
        """Give `credits` back."""
        self._run("UPDATE keys SET credits = credits + ? WHERE id=?", (credits, key_id))

    def signing_secret(self) -> bytes:
        """Return the secret for signing links to results; it is made once and kept across restarts."""
        self._run("INSERT OR IGNORE INTO secrets VALUES ('links', ?)", (secrets.token_bytes(32),))
        return bytes(self._run("SELECT value FROM secrets WHERE name='links'")[0][0])

    def _known(self, key_id: str) -> ApiKey:
        key = self.get(key_id)
        if key is None:
            raise InvalidValue("key", key_id, "the id of a key; `stembridge keys list` shows them")
        return key

    def _run(self, query: str, values: Sequence[str | float | bytes | None] = ()) -> list[Any]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def _unusable(self, error: Exception) -> StemBridgeError:
        return StemBridgeError(f"The file of API keys {self._path} cannot be used ({error}).")


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _check_count(name: str, value: int | None, low: int, high: int) -> None:
    if value is not None and not low <= value <= high:
        raise InvalidValue(name, value, f"an integer, {low}–{high}")
