"""The tempo/key map: genres for requests without genres."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

from bridge.home import user_files
from bridge.request.genre_map.rules import Rule, read_rules
from engine.errors import StemBridgeError
from engine.music import Key
from engine.music.tempo import check_bpm

STARTER = """\
# Your own tempo/key map: the genres that Stem Bridge takes when a generation names none.
#
# Each rule begins with [[rule]]. The first one that fits the DAW's tempo and key wins; where none of yours fits, the
# map that comes with Stem Bridge is asked. Changes hold from the next generation on, without a restart.
#
#   tempo   [from, to] in beats per minute, 20 to 400. "from" is in, "to" is not.
#   modes   the key's modes that the rule is for: major, minor, dorian, phrygian, lydian, mixolydian, locrian, or
#           "unknown" for music whose key nobody said. Leave it out and the rule is for all of them.
#   genres  styles, instruments and mood. Leave tempo and key out: they come from the DAW.
#
# A rule to start from; take the # at the line starts away to use it:
#
# [[rule]]
# tempo = [96, 104]
# modes = ["minor", "dorian"]
# genres = "dusty hip hop, electric piano, upright bass, vinyl crackle, late night"
"""


@dataclass(frozen=True, slots=True)
class GenreChoice:
    """Genres from the map, and the owner of the rule that gave them."""

    genres: str
    origin: Literal["user", "factory"]


class GenreMap:
    """The user's rules before the factory's; the user's file is reloaded whenever it has changed."""

    def __init__(self, user_file: Path) -> None:
        """Read the user's rules from the TOML file `user_file`, which need not exist."""
        self._file = user_file
        self._read: tuple[user_files.Signature | None, tuple[Rule, ...], str | None] = (None, (), None)

    def lookup(self, tempo: float, key: Key | None = None) -> GenreChoice:
        """Return the genres for `tempo` (beats per minute) and `key` (None = unknown); never empty.

        A broken user file is ignored; `problem` returns what is wrong with it.

        Raises
        ------
        InvalidValue
            If the tempo is outside 20–400.
        """
        bpm = check_bpm(tempo)
        rules, _ = self._user_rules()
        for rule in rules:
            if rule.fits(bpm, key):
                return GenreChoice(rule.genres, "user")
        return GenreChoice(next(rule.genres for rule in _factory() if rule.fits(bpm, key)), "factory")

    def problem(self) -> str | None:
        """Return a sentence about the fault of the user's file, or None if it is valid or missing."""
        return self._user_rules()[1]

    def _user_rules(self) -> tuple[tuple[Rule, ...], str | None]:
        current = user_files.signature(self._file)
        known, rules, problem = self._read
        if current != known:
            rules, problem = _read(self._file) if current else ((), None)
            self._read = (current, rules, problem)
        return rules, problem


def write_starter(user_file: Path) -> bool:
    """Write a template for the user's rules, all of it comments, to `user_file`, unless the file exists.

    Returns
    -------
    bool
        True if it was written, False if the file exists, which is left unchanged.

    Raises
    ------
    StemBridgeError
        If it cannot be written.
    """
    return user_files.write_text(user_file, STARTER, replace=False)


def _read(path: Path) -> tuple[tuple[Rule, ...], str | None]:
    try:
        return read_rules(user_files.read_bytes(path), path.name), None
    except StemBridgeError as error:
        return (), f"{error} Until it is mended, the map that comes with Stem Bridge is used."


@cache
def _factory() -> tuple[Rule, ...]:
    return read_rules(resources.files(__package__).joinpath("factory.toml").read_bytes(), "factory.toml")
