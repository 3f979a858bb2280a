"""The styles at hand: those of the factory, and the user's own from a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from engine.errors import InvalidValue
from engine.sketch.style.file import build_style, merge, read_toml
from engine.sketch.style.model import Style

STYLE_FOLDER = Path(__file__).with_name("styles")
MOST_BASES = 8
HIDDEN = "_"
"""Styles whose name begins so are there for others to be based on."""


class Library(Mapping[str, Style]):
    """Styles by name, in alphabetical order.

    The factory's are built when somebody asks for them: a piece needs one or two of thirty.

    Attributes:
        faults: one sentence for each file of the user's that is broken; the other styles work.
    """

    def __init__(self, tables: Mapping[str, dict[str, object]], files: Mapping[str, str]) -> None:
        """Take the files' `tables` and names, by style name."""
        self._tables = dict(sorted(tables.items()))
        self._files = files
        self._built: dict[str, Style] = {}
        self.faults: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Style:
        if name not in self._built:
            self._built[name] = build_style(self._whole(name), self._files[name])
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._tables if not name.startswith(HIDDEN))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def words(self, name: str) -> tuple[str, ...]:
        """Return the prompt words of the style `name` without building it."""
        words = self._tables[name].get("words")
        return tuple(word for word in words if isinstance(word, str)) if isinstance(words, list) else ()

    def _whole(self, name: str, depth: int = 0) -> dict[str, object]:
        """Return the table of `name` laid over those that it is based on."""
        own = self._tables[name]
        base = own.get("based_on")
        if base is None:
            return own
        if not isinstance(base, str) or base not in self._tables or depth == MOST_BASES or base == name:
            where = f"{self._files[name]}: based_on"
            raise InvalidValue(where, base, f"another style's name ({', '.join(self)}), not in a circle")
        return merge(self._whole(base, depth + 1), own)

    def with_user_files(self, folder: Path) -> Library:
        """Return these styles and those of `folder`; a file there that is broken becomes a sentence in `faults`.

        A user's style with a factory style's name stands in for it.
        """
        faults: list[str] = []
        tables, files = dict(self._tables), dict(self._files)
        own: list[str] = []
        for path in sorted(folder.glob("*.toml")):
            try:
                table = read_toml(path)
                name = _name(table, path)
                if name in own:
                    raise InvalidValue(f"{path.name}: name", name, "different from every other style's")
            except InvalidValue as fault:
                faults.append(str(fault))
            else:
                tables[name], files[name] = table, path.name
                own.append(name)
        return self._sound(Library(tables, files), own, faults)

    def _sound(self, library: Library, own: Sequence[str], faults: list[str]) -> Library:
        """Return `library` without those of its `own` styles that cannot be built."""
        broken: list[str] = []
        for name in own:
            try:
                library[name]
            except InvalidValue as fault:
                faults.append(str(fault))
                broken.append(name)
        good = {name: table for name, table in library._tables.items() if name not in broken}
        good |= {name: self._tables[name] for name in broken if name in self._tables}
        files = {name: library._files[name] for name in own if name not in broken}
        kept = Library(good, {**self._files, **files})
        kept.faults = tuple(faults)
        return kept


@cache
def factory_styles(folder: Path = STYLE_FOLDER) -> Library:
    """Return the styles that ship.

    Raises
    ------
    InvalidValue
        If one of the files is no TOML, or has no name or another's.
    """
    tables: dict[str, dict[str, object]] = {}
    files: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        table = read_toml(path)
        name = _name(table, path)
        if name in tables:
            raise InvalidValue(f"{path.name}: name", name, "different from every other style's")
        tables[name], files[name] = table, path.name
    return Library(tables, files)


def load_styles(extra_folder: Path | None = None) -> Library:
    """Return the factory's styles and, from `extra_folder`, the user's; `faults` tells what is wrong with those."""
    styles = factory_styles()
    return styles.with_user_files(extra_folder) if extra_folder is not None else styles


def _name(table: Mapping[str, object], path: Path) -> str:
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        raise InvalidValue(f"{path.name}: name", name, "a text")
    return name
