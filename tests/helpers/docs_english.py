"""Sentences of a Markdown page, each with the line it begins at: no code; cells and list items apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MOST_WORDS = 30
"""The most words of a sentence that a reader can follow in one go."""

_FENCE = re.compile(r"\s*(```|~~~)")
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_SENTENCE_END = re.compile(r"""[.!?]["'”’)\]*_]*$""")

_Word = tuple[str, int]


class Sentence(NamedTuple):
    """The words of a sentence, and the line of the page at which it begins."""

    text: str
    line: int

    @property
    def words(self) -> int:
        return len(self.text.split())


def sentences(page: str) -> list[Sentence]:
    """Return all sentences of a page outside its blocks of code, headings included."""
    return [sentence for words in _blocks(page) for sentence in _split(words)]


def too_long(page: str) -> list[Sentence]:
    """Return the sentences of a page that have more than `MOST_WORDS` words."""
    return [sentence for sentence in sentences(page) if sentence.words > MOST_WORDS]


def found_phrases(page: str, phrases: tuple[str, ...]) -> list[str]:
    """Return those of the phrases (patterns) that a page has, in its code too, across line ends and in any case."""
    text = " ".join(page.split())
    return [phrase for phrase in phrases if re.search(phrase, text, re.IGNORECASE)]


def _blocks(page: str) -> Iterator[list[_Word]]:
    """Yield the words of each paragraph, list item, heading and table cell."""
    block: list[_Word] = []
    for number, line in _prose_lines(page):
        text = line.strip()
        item = _ITEM.match(line)
        alone = text.startswith(("|", "#", "<!--"))
        if alone or item or not text:
            yield block
            block = []
        if text.startswith("|"):
            yield from ([(word, number) for word in cell.split()] for cell in _CELL_BORDER.split(text))
        elif text.startswith("#"):
            yield [(word, number) for word in text.split()]
        elif not text.startswith("<!--"):
            block += [(word, number) for word in line[item.end() if item else 0 :].split()]
    yield block


def _prose_lines(page: str) -> Iterator[tuple[int, str]]:
    fence = ""
    for number, line in enumerate(page.splitlines(), 1):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
            yield number, ""  # a block of code ends the paragraph before it
        elif mark and mark[1] == fence:
            fence = ""
        elif not fence:
            yield number, line


def _split(words: list[_Word]) -> Iterator[Sentence]:
    begun: list[_Word] = []
    for word in words:
        begun.append(word)
        if _SENTENCE_END.search(word[0]):
            yield _sentence(begun)
            begun = []
    if begun:
        yield _sentence(begun)


def _sentence(words: list[_Word]) -> Sentence:
    return Sentence(" ".join(word for word, _ in words), words[0][1])
