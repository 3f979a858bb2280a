"""Every word and phrase that means something in a prompt, and what it means."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from engine.sketch.library import Library

WORDS_FILE = Path(__file__).with_name("words.toml")


class Meaning(NamedTuple):
    """What a word is for.

    Attributes:
        sort: "style", "tint", "instrument", "mood", "energy", "space", "touch", "time", "feel", "voice", "part",
            "ignored".
        value: the style, the instrument, "dark", "high", …
        stem: the part that an instrument or part word is about.
    """

    sort: str
    value: str
    stem: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A word or phrase of the prompt, where it starts, and what it means."""

    at: int
    text: str
    meaning: Meaning


class Vocabulary:
    """Looks up the words of prompts, the longest phrases first."""

    def __init__(
        self, meanings: Mapping[str, Meaning], moods: Mapping[str, tuple[str, ...]], against: set[frozenset[str]]
    ) -> None:
        """Take `meanings` by plain phrase, the modes of each mood, and pairs of values that contradict each other."""
        self._meanings = meanings
        self._longest = max(len(phrase.split()) for phrase in meanings)
        self.moods = moods
        self._against = against

    def __len__(self) -> int:
        return len(self._meanings)

    def phrases(self, sort: str) -> list[str]:
        """Return every phrase of that sort."""
        return [phrase for phrase, meaning in self._meanings.items() if meaning.sort == sort]

    def contradict(self, first: str, second: str) -> bool:
        """Return whether the two values cannot both hold."""
        return frozenset((first, second)) in self._against

    def read(self, plain: str) -> tuple[list[Found], list[str]]:
        """Return what the words of `plain` mean, in order, and the words that mean nothing; numbers are neither."""
        words = list(re.finditer(r"[^\W_]+(?:['’][^\W_]+)*", plain))
        found: list[Found] = []
        unknown: list[str] = []
        at = 0
        while at < len(words):
            for count in range(min(self._longest, len(words) - at), 0, -1):
                span = words[at : at + count]
                text = plain[span[0].start() : span[-1].end()]
                if text in self._meanings:
                    found.append(Found(span[0].start(), text, self._meanings[text]))
                    at += count
                    break
            else:
                if not words[at].group().isnumeric():
                    unknown.append(words[at].group())
                at += 1
        return found, unknown


def plain_text(text: str) -> str:
    """Lower case, one form of each letter, one blank for blanks and hyphens, "and" for "&" and "'n'"."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    spelled = re.sub(r"&|['’]n['’]|(?<=\w)['’]n(?= )", " and ", folded)
    return re.sub(r"[\s_\-‐‑–]+", " ", spelled).strip()


def vocabulary_of(library: Library) -> Vocabulary:
    """Return the words of `library`'s styles and of the file of words; a style's own word wins."""
    meanings: dict[str, Meaning] = {}
    data = _file()
    for text, meaning in (*_file_words(data), *_style_words(library)):
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
def _file() -> dict[str, Any]:
    return tomllib.loads(WORDS_FILE.read_text(encoding="utf-8"))


def _file_words(data: dict[str, Any]) -> Iterator[tuple[str, Meaning]]:
    for word in data["ignored"]["words"]:
        yield word, Meaning("ignored", "")
    for word in data["voice"]["words"]:
        yield word, Meaning("voice", "")
    for stem, words in data["parts"].items():
        yield from ((word, Meaning("part", stem, stem)) for word in words)
    for sort in ("moods", "energy", "space", "touch", "time", "feel"):
        for value, entry in data[sort].items():
            yield from ((word, Meaning(sort.removesuffix("s"), value)) for word in entry["words"])
    for stem, instruments in data["instruments"].items():
        for instrument, words in instruments.items():
            yield from ((word, Meaning("instrument", instrument, stem)) for word in words)
    for style, words in data["tints"].items():
        yield from ((word, Meaning("tint", style)) for word in words)


def _style_words(library: Library) -> Iterator[tuple[str, Meaning]]:
    for name in library:
        yield from ((word, Meaning("style", name)) for word in (*library.words(name), name))
