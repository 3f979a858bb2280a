"""A table of a style file: checks the type and range of each value read, and finds unknown keys."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import cast

from engine.errors import InvalidValue


class CheckedTable:
    """One table of a TOML file; every error message names the file and the key."""

    def __init__(self, data: object, where: str) -> None:
        """Wrap `data`; `where` is its path for error messages ("mine.toml: parts.").

        Raises
        ------
        InvalidValue
            If `data` is not a table.
        """
        if not isinstance(data, dict):
            raise InvalidValue(where.rstrip(".: "), data, "a table")
        self.data = cast("dict[str, object]", data)
        self.where = where
        self.unread = set(self.data)

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def name(self, key: str) -> str:
        """Return the full path of `key`, as error messages show it."""
        return f"{self.where}{key}"

    def get(self, key: str, default: object = None) -> object:
        """Return the value of `key`, of any type; without a `default` it is required."""
        self.unread.discard(key)
        if key not in self.data and default is None:
            raise InvalidValue(self.name(key), "nothing", "given")
        return self.data.get(key, default)

    def table(self, key: str, default: object = None) -> CheckedTable:
        """Return the table under `key`."""
        return CheckedTable(self.get(key, default), f"{self.name(key)}.")

    def text(self, key: str) -> str:
        """Return a text that is not blank."""
        value = self.get(key)
        if not isinstance(value, str) or not value.strip():
            raise InvalidValue(self.name(key), value, "a text")
        return value

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """Return a number from `low` to `high`."""
        value = self.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise InvalidValue(self.name(key), value, f"a number from {low:g} to {high:g}")
        return float(value)

    def list(self, key: str) -> list[object]:
        """Return a list that is not empty."""
        value = self.get(key)
        if not isinstance(value, list) or not value:
            raise InvalidValue(self.name(key), value, "a list that is not empty")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        values = self.list(key)
        for value in values:
            if not isinstance(value, str):
                raise InvalidValue(self.name(key), value, "a list of texts")
        return tuple(cast("list[str]", values))

    def fraction(self, key: str, low: Fraction, high: Fraction) -> Fraction:
        """Return a fraction, written as a text like "3/5"."""
        text = self.text(key)
        try:
            value = Fraction(text)
        except (ValueError, ZeroDivisionError):
            value = low - 1
        if not low <= value <= high:
            raise InvalidValue(self.name(key), text, f'a fraction from "{low}" to "{high}"')
        return value

    def close(self) -> None:
        """Check that every key has been read.

        Raises
        ------
        InvalidValue
            If a key is left over: it is unknown to the reader.
        """
        if self.unread:
            raise InvalidValue(self.where.rstrip(".: "), ", ".join(sorted(self.unread)), "without keys nobody knows")
