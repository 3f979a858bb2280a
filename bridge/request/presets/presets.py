"""The factory's and the user's presets in one collection; changes on disk are seen at the next call."""

from __future__ import annotations

import copy
import difflib
import json
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from bridge.home import user_files
from bridge.request.block import check_block, parse_json_block
from bridge.request.presets.names import check_name, slug
from engine.errors import InvalidValue, StemBridgeError

OWN_GROUP = "yours"
OWN_DESCRIPTION = "Your own preset."


@dataclass(frozen=True, slots=True)
class Preset:
    """A named part of a parameter block.

    Attributes:
        name: as shown.
        description: one sentence on its purpose.
        group: the heading it is listed under: "use case", "creative goal" or "yours".
        block: the keys that it sets, checked; a copy that the caller may change.
        clears: keys that it removes from the block, so that their defaults apply.
        origin: its owner.
    """

    name: str
    description: str
    group: str
    block: dict[str, object]
    clears: tuple[str, ...]
    origin: Literal["factory", "user"]


def apply_preset(block: Mapping[str, object], preset: Preset) -> dict[str, object]:
    """Return `block` without the keys that the preset clears, updated with those that it sets."""
    kept = {name: value for name, value in block.items() if name not in preset.clears}
    return {**kept, **copy.deepcopy(preset.block)}


class Presets:
    """All presets: the factory's, and the user's JSON files, which replace factory presets of the same name."""

    def __init__(self, user_folder: Path) -> None:
        """Read the user's presets from `user_folder`, which need not exist."""
        self._folder = user_folder
        self._read: dict[Path, tuple[user_files.Signature, Preset | str]] = {}

    def names(self) -> list[str]:
        """Return every preset's name: the factory's in their order, then the user's alphabetically."""
        return [preset.name for preset in self._all().values()]

    def all(self) -> list[Preset]:
        """Return every preset, in the order of `names`."""
        return [_fresh(preset) for preset in self._all().values()]

    def get(self, name: str) -> Preset:
        """Return the preset called `name`; case and punctuation are ignored.

        Raises
        ------
        InvalidValue
            If there is none; the sentence suggests similar names.
        """
        found = self._all()
        preset = found.get(slug(name))
        if preset is None:
            raise InvalidValue("preset", name, _allowed(slug(name), found))
        return _fresh(preset)

    def problems(self) -> list[str]:
        """Return one sentence for each invalid file of the user."""
        return [content for _, content in self._files() if isinstance(content, str)]

    def save(self, name: str, block: Mapping[str, object], *, replace: bool = False) -> Path:
        """Write `block` as the user's preset `name` and return its file.

        Raises
        ------
        InvalidBlock
            If the block is not valid.
        InvalidValue
            If the name cannot be a file name, or the user has a preset of that name and `replace` is False.
        StemBridgeError
            If the file cannot be written.
        """
        checked = check_block(block)
        checked.pop("preset", None)  # a preset cannot contain another one
        path = self._own_file(name) or self._folder / f"{check_name(name)}.json"
        text = json.dumps(checked, indent=2, ensure_ascii=False) + "\n"
        if len(text.encode()) > user_files.MAX_BYTES:
            text = json.dumps(checked, ensure_ascii=False)
        if not user_files.write_text(path, text, replace=replace):
            raise InvalidValue(
                "The name of a new preset", name, "one that you have not given yet (or ask to replace it)"
            )
        return path

    def remove(self, name: str) -> None:
        """Delete the user's preset `name`; a factory preset of that name comes back.

        Raises
        ------
        InvalidValue
            If the user has no preset of that name.
        StemBridgeError
            If its file cannot be deleted.
        """
        path = self._own_file(name)
        if path is None:
            fixed = "; those of the factory stay" if slug(name) in _factory() else ""
            raise InvalidValue("The preset to remove", name, f"one of your own{fixed}")
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StemBridgeError(f"{path} cannot be deleted: {error.strerror or error}.") from error

    def _all(self) -> dict[str, Preset]:
        found = dict(_factory())
        for _, content in self._files():
            if isinstance(content, Preset):
                found[slug(content.name)] = content
        return found

    def _own_file(self, name: str) -> Path | None:
        """Return the user's file for `name`, valid or not; None if there is none."""
        wanted = slug(name)
        return next((path for path in self._paths() if wanted and slug(path.stem) == wanted), None)

    def _paths(self) -> list[Path]:
        try:
            paths = [
                path for path in self._folder.iterdir() if path.suffix.lower() == ".json" and path.name[0] != "."
            ]
        except OSError:
            return []
        return sorted(paths, key=lambda path: (path.stem.casefold(), path.name))

    def _files(self) -> Iterator[tuple[Path, Preset | str]]:
        """Yield the user's files with their preset or a sentence about their fault; unchanged ones are cached."""
        read: dict[Path, tuple[user_files.Signature, Preset | str]] = {}
        taken: dict[str, Path] = {}
        for path in self._paths():
            current = user_files.signature(path)
            if current is None:
                continue
            known = self._read.get(path)
            read[path] = known if known and known[0] == current else (current, _read_preset(path))
            first = taken.setdefault(slug(path.stem), path)
            yield (
                path,
                read[path][1] if first == path else f"{path.name} has the same name as {first.name}; rename one.",
            )
        self._read = read


def _fresh(preset: Preset) -> Preset:
    return replace(preset, block=copy.deepcopy(preset.block))


def _allowed(wanted: str, found: Mapping[str, Preset]) -> str:
    close = difflib.get_close_matches(wanted[:100], found, n=3, cutoff=0.5)
    if close:
        return f"a preset that exists (did you mean {' or '.join(found[match].name for match in close)}?)"
    names = ", ".join(preset.name for preset in list(found.values())[:12])
    return f"a preset that exists ({names}{', …' if len(found) > 12 else ''})"


def _read_preset(path: Path) -> Preset | str:
    """Return the preset in a user's file, or a sentence about its fault."""
    if not slug(path.stem):
        return f"{path.name} needs a name with some letter or digit."
    try:
        block = check_block(parse_json_block(user_files.read_bytes(path)))
    except StemBridgeError as error:
        sentence = str(error)
        return sentence if sentence.startswith(path.name) else f"{path.name}: {sentence}"
    block.pop("preset", None)
    return Preset(unicodedata.normalize("NFC", path.stem), OWN_DESCRIPTION, OWN_GROUP, block, (), "user")


@cache
def _factory() -> dict[str, Preset]:
    """Return the factory's presets by slug."""
    text = resources.files(__package__).joinpath("factory.toml").read_text(encoding="utf-8")
    presets = [
        Preset(
            entry["name"],
            entry["description"],
            entry["group"],
            check_block(entry["block"]),
            tuple(entry.get("clears", ())),
            "factory",
        )
        for entry in tomllib.loads(text)["preset"]
    ]
    return {slug(preset.name): preset for preset in presets}
