"""The vocabulary of prompts: all known words and phrases with their meanings, and the lookup in a text."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from engine.sketch.library import StyleLibrary

WORDS_FILE = Path(__file__).with_name("words.toml")


class WordMeaning(NamedTuple):
    """The meaning of a word.

    Attributes:
        sort: "style", "tint", "instrument", "mood", "energy", "space", "touch", "time", "feel", "voice", "part",
            "ignored".
        value: the style, the instrument, or the trait's value ("dark", "high", …).
        stem: the part that an instrument or part word refers to, else "".
    """

    sort: str
    value: str
    stem: str = ""


@dataclass(frozen=True, slots=True)
class WordMatch:
    """A known word or phrase found in a prompt: its start as an index into the text, and its meaning."""

    at: int
    text: str
    meaning: WordMeaning


class Vocabulary:
    """Looks up the words of prompts, the longest phrases first."""

    def __init__(
        self, meanings: Mapping[str, WordMeaning], moods: Mapping[str, tuple[str, ...]], against: set[frozenset[str]]
    ) -> None:
        """Take `meanings` by plain phrase, the modes of each mood, and pairs of values that contradict each other."""
        self._meanings = meanings
        self._longest = max(len(phrase.split()) for phrase in meanings)
        self.moods = moods
        self._contradictions = against

    def phrases(self, sort: str) -> list[str]:
        """Return every phrase whose meaning is of that sort."""
        return [phrase for phrase, meaning in self._meanings.items() if meaning.sort == sort]

    def contradict(self, first: str, second: str) -> bool:
        """Return whether the two values cannot both hold."""
        return frozenset((first, second)) in self._contradictions

    def read(self, plain: str) -> tuple[list[WordMatch], list[str]]:
        """Return the known phrases and the unknown words of `plain` (see `plain_text`), in order, without numbers."""
        words = list(re.finditer(r"[^\W_]+(?:['’][^\W_]+)*", plain))
        found: list[WordMatch] = []
        unknown: list[str] = []
        at = 0
        while at < len(words):
            for count in range(min(self._longest, len(words) - at), 0, -1):
                span = words[at : at + count]
                text = plain[span[0].start() : span[-1].end()]
                if text in self._meanings:
                    found.append(WordMatch(span[0].start(), text, self._meanings[text]))
                    at += count
                    break
            else:
                if not words[at].group().isnumeric():
                    unknown.append(words[at].group())
                at += 1
        return found, unknown


def plain_text(text: str) -> str:
    """Return `text` normalised for lookup: case-folded, one blank for blanks and hyphens, "and" for "&" or "'n'"."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    spelled = re.sub(r"&|['’]n['’]|(?<=\w)['’]n(?= )", " and ", folded)
    return re.sub(r"[\s_\-‐‑–]+", " ", spelled).strip()


def vocabulary_of(library: StyleLibrary) -> Vocabulary:
    """Return the vocabulary of `library`'s styles and of `WORDS_FILE`; where both have a word, the style's wins."""
    meanings: dict[str, WordMeaning] = {}
    data = _words_table()
    for text, meaning in (*_table_words(data), *_style_words(library)):
        meanings[plain_text(text)] = meaning
    moods = {name: tuple(entry["modes"]) for name, entry in data["moods"].items()}
    pairs = {
        frozenset((name, entry["against"]))
        for sort in ("moods", "energy", "space", "touch", "time", "feel")
        for name, entry in data[sort].items()
        if "against" in entry
    }
    return Vocabulary(meanings, moods, pairs)


@cache
def _words_table() -> dict[str, Any]:
    return tomllib.loads(WORDS_FILE.read_text(encoding="utf-8"))


def _table_words(data: dict[str, Any]) -> Iterator[tuple[str, WordMeaning]]:
    for word in data["ignored"]["words"]:
        yield word, WordMeaning("ignored", "")
    for word in data["voice"]["words"]:
        yield word, WordMeaning("voice", "")
    for stem, words in data["parts"].items():
        yield from ((word, WordMeaning("part", stem, stem)) for word in words)
    for sort in ("moods", "energy", "space", "touch", "time", "feel"):
        for value, entry in data[sort].items():
            yield from ((word, WordMeaning(sort.removesuffix("s"), value)) for word in entry["words"])
    for stem, instruments in data["instruments"].items():
        for instrument, words in instruments.items():
            yield from ((word, WordMeaning("instrument", instrument, stem)) for word in words)
    for style, words in data["tints"].items():
        yield from ((word, WordMeaning("tint", style)) for word in words)


def _style_words(library: StyleLibrary) -> Iterator[tuple[str, WordMeaning]]:
    for name in library:
        yield from ((word, WordMeaning("style", name)) for word in (*library.words(name), name))
