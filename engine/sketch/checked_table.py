"""A table of a style file that checks what is taken out of it, and knows what nobody asked for."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import cast

from engine.errors import InvalidValue


class Table:
    """One table of the file; every error names the file and the key."""

    def __init__(self, data: object, where: str) -> None:
        """Wrap `data`, which stands at `where` ("mine.toml: parts.").

        Raises
        ------
        InvalidValue
            If it is no table.
        """
        if not isinstance(data, dict):
            raise InvalidValue(where.rstrip(".: "), data, "a table")
        self.data = cast("dict[str, object]", data)
        self.where = where
        self.unread = set(self.data)

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def name(self, key: str) -> str:
        """Return how errors call `key`."""
        return f"{self.where}{key}"

    def get(self, key: str, default: object = None) -> object:
        """Return any value; without a `default` it has to be there."""
        self.unread.discard(key)
        if key not in self.data and default is None:
            raise InvalidValue(self.name(key), "nothing", "given")
        return self.data.get(key, default)

    def table(self, key: str, default: object = None) -> Table:
        """Return the table under `key`."""
        return Table(self.get(key, default), f"{self.name(key)}.")

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
        """Refuse keys that nobody has read.

        Raises
        ------
        InvalidValue
            If there is one.
        """
        if self.unread:
            raise InvalidValue(self.where.rstrip(".: "), ", ".join(sorted(self.unread)), "without keys nobody knows")
