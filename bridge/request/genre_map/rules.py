"""Rules from tempo and mode to genres, read from TOML; every fault of a file gets its own sentence."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge.request.block.check import check_value
from bridge.request.block.invalid_block import shorten, shorten_bytes, wrong_value
from engine.errors import InvalidValue, StemBridgeError
from engine.music import Key
from engine.music.key import MODES
from engine.music.tempo import MAX_BPM, MIN_BPM

UNKNOWN = "unknown"
MODE_WORDS = (*MODES, UNKNOWN)
KEYS = ("tempo", "modes", "genres")
MAX_SENTENCE_BYTES = 900

TEMPO_ALLOWED = f"[from, to] with {MIN_BPM:g} ≤ from < to ≤ {MAX_BPM:g} beats per minute"
MODES_ALLOWED = f"a list of some of {', '.join(MODE_WORDS)}"
GENRES_ALLOWED = "text that names styles, instruments or mood"


@dataclass(frozen=True, slots=True)
class Rule:
    """The genres for tempos from `low` up to but not including `high` (beats per minute), in `modes` (None = any)."""

    low: float
    high: float
    modes: frozenset[str] | None
    genres: str

    def fits(self, tempo: float, key: Key | None) -> bool:
        """Return True if the rule covers `tempo` (beats per minute) and `key` (None = unknown)."""
        # `high` is excluded, except for the fastest tempo there is: no rule could cover it otherwise.
        in_time = self.low <= tempo < self.high or tempo == self.high == MAX_BPM
        return in_time and (self.modes is None or (key.mode if key else UNKNOWN) in self.modes)


class InvalidRules(StemBridgeError):
    """A file of rules that cannot be used.

    Attributes
    ----------
    faults : tuple of str
        One sentence for each fault.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(shorten_bytes(" ".join(faults), MAX_SENTENCE_BYTES))
        self.faults = tuple(faults)


def read_rules(content: bytes, label: str) -> tuple[Rule, ...]:
    """Return the rules in `content`, TOML as UTF-8; `label` names the file in errors.

    Raises
    ------
    InvalidRules
        If it is not TOML, or a rule is not valid; each fault names the rule's number, the key and the allowed values.
    """
    faults: list[str] = []
    rules = [
        rule
        for number, table in enumerate(_tables(content, label, faults), 1)
        if (rule := _read_rule(table, f"{label}, rule {number}", faults))
    ]
    if faults:
        raise InvalidRules(faults)
    return tuple(rules)


def _tables(content: bytes, label: str, faults: list[str]) -> list[object]:
    try:
        document = tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise InvalidRules([f"{label} must be UTF-8 text; its byte {error.start + 1} is not."]) from None
    except RecursionError:
        raise InvalidRules([f"{label} is nested too deeply."]) from None
    except ValueError as error:  # TOMLDecodeError, and integers of thousands of digits
        raise InvalidRules([f"{label} is not valid TOML: {shorten(str(error), 200)}."]) from None
    faults += [
        f"{label} has {shorten(name, 40)!r}, but nothing other than [[rule]] tables is known."
        for name in document
        if name != "rule"
    ]
    tables = document.get("rule", [])
    if isinstance(tables, list):
        return tables
    faults.append(f"{label} must begin its rules with [[rule]], in double brackets.")
    return []


def _read_rule(table: object, place: str, faults: list[str]) -> Rule | None:
    """Return the rule in `table`, or None after adding what is wrong with it to `faults`."""
    before = len(faults)
    if not isinstance(table, Mapping):
        faults.append(f"{place} must be a table that begins with [[rule]].")
        return None
    for name in table:
        if name not in KEYS:
            faults.append(f"{place} has {shorten(name, 40)!r}, but only {', '.join(KEYS)} are known.")
    low, high = _tempo(table, place, faults)
    modes = _modes(table, place, faults)
    genres = _genres(table, place, faults)
    return Rule(low, high, modes, genres) if len(faults) == before else None


def _tempo(table: Mapping[str, object], place: str, faults: list[str]) -> tuple[float, float]:
    value = table.get("tempo")
    if isinstance(value, list) and len(value) == 2 and all(map(_is_bpm, value)) and value[0] < value[1]:
        return float(value[0]), float(value[1])
    faults.append(_fault(table, "tempo", place, TEMPO_ALLOWED))
    return 0.0, 0.0


def _is_bpm(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and MIN_BPM <= value <= MAX_BPM


def _modes(table: Mapping[str, object], place: str, faults: list[str]) -> frozenset[str] | None:
    if "modes" not in table:
        return None
    value = table["modes"]
    words = [word.strip().lower() for word in value if isinstance(word, str)] if isinstance(value, list) else []
    if not words or not isinstance(value, list) or len(words) < len(value) or not set(words) <= set(MODE_WORDS):
        faults.append(_fault(table, "modes", place, MODES_ALLOWED))
    return frozenset(words)


def _genres(table: Mapping[str, object], place: str, faults: list[str]) -> str:
    value = table.get("genres")
    try:
        genres = str(check_value("genres", value)).strip()
    except InvalidValue as error:
        faults.append(_fault(table, "genres", place, error.allowed))
        return ""
    if not genres:
        faults.append(_fault(table, "genres", place, GENRES_ALLOWED))
    return genres


def _fault(table: Mapping[str, object], name: str, place: str, allowed: str) -> str:
    if name not in table:
        return f"{place} has no {name}: it must be {allowed}."
    return str(wrong_value(f"{place}: {name}", table[name], allowed))
