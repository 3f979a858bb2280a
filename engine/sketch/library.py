"""The available styles: those that ship, and the user's own from a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from engine.errors import InvalidValue
from engine.sketch.style.file import build_style, merge, read_toml
from engine.sketch.style.model import Style

STYLE_FOLDER = Path(__file__).with_name("styles")
MOST_BASES = 8
BASE_ONLY_PREFIX = "_"
"""Prefix of the names of base styles: others may be based on them, but no prompt can ask for them."""


class StyleLibrary(Mapping[str, Style]):
    """Styles by name, in alphabetical order.

    A style is parsed and checked on first access: a piece needs only one or two of thirty.

    Attributes:
        faults: one sentence for each invalid file of the user's; all other styles work.
    """

    def __init__(self, tables: Mapping[str, dict[str, object]], files: Mapping[str, str]) -> None:
        """Take the parsed `tables` and their file names, both by style name."""
        self._tables = dict(sorted(tables.items()))
        self._files = files
        self._built: dict[str, Style] = {}
        self.faults: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Style:
        if name not in self._built:
            self._built[name] = build_style(self._merged_table(name), self._files[name])
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._tables if not name.startswith(BASE_ONLY_PREFIX))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def words(self, name: str) -> tuple[str, ...]:
        """Return the prompt words of the style `name` without building the style."""
        words = self._tables[name].get("words")
        return tuple(word for word in words if isinstance(word, str)) if isinstance(words, list) else ()

    def _merged_table(self, name: str, depth: int = 0) -> dict[str, object]:
        """Return the table of `name` merged over the styles that it is based on."""
        own = self._tables[name]
        base = own.get("based_on")
        if base is None:
            return own
        if not isinstance(base, str) or base not in self._tables or depth == MOST_BASES or base == name:
            where = f"{self._files[name]}: based_on"
            raise InvalidValue(where, base, f"another style's name ({', '.join(self)}), not in a circle")
        return merge(self._merged_table(base, depth + 1), own)

    def with_user_files(self, folder: Path) -> StyleLibrary:
        """Return these styles and those of `folder`; an invalid file there becomes a sentence in `faults`.

        A user's style replaces the factory style of the same name.
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
        return self._without_broken(StyleLibrary(tables, files), own, faults)

    def _without_broken(self, library: StyleLibrary, own: Sequence[str], faults: list[str]) -> StyleLibrary:
        """Return `library` without those of the `own` styles that cannot be built; their factory namesakes return."""
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
        kept = StyleLibrary(good, {**self._files, **files})
        kept.faults = tuple(faults)
        return kept


@cache
def factory_styles(folder: Path = STYLE_FOLDER) -> StyleLibrary:
    """Return the styles that ship.

    Raises
    ------
    InvalidValue
        If a file is not valid TOML, or its name is missing or already taken.
    """
    tables: dict[str, dict[str, object]] = {}
    files: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        table = read_toml(path)
        name = _name(table, path)
        if name in tables:
            raise InvalidValue(f"{path.name}: name", name, "different from every other style's")
        tables[name], files[name] = table, path.name
    return StyleLibrary(tables, files)


def load_styles(extra_folder: Path | None = None) -> StyleLibrary:
    """Return the factory styles and the user's from `extra_folder`; `faults` says which of those are invalid."""
    styles = factory_styles()
    return styles.with_user_files(extra_folder) if extra_folder is not None else styles


def _name(table: Mapping[str, object], path: Path) -> str:
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        raise InvalidValue(f"{path.name}: name", name, "a text")
    return name
