"""Finds tempo, key and meter words inside `genres`, and replaces them by the DAW's values.

Genre texts are plain language: "24/7", "90s", "a minor mood" and a "major label" look like such words and are none.
All other text is kept byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.request.block import music_word_patterns as patterns
from bridge.request.block.music_word_patterns import T, WordMatch
from engine.music import Key, Meter


@dataclass(frozen=True, slots=True)
class GenreWords:
    """Tempo (beats per minute), key and meter in a genre text; None for each that it does not name."""

    tempo: float | None = None
    key: Key | None = None
    meter: Meter | None = None


def read_words(genres: str) -> GenreWords:
    """Return the first tempo, key and meter in `genres`; a range of tempos gives its middle."""
    return GenreWords(
        tempo=next((found.value for found in patterns.tempos(genres) if found.value is not None), None),
        key=next((found.value for found in patterns.keys(genres)), None),
        meter=next((found.value for found in patterns.meters(genres)), None),
    )


def replace_words(genres: str, tempo: float | None = None, key: Key | None = None, meter: Meter | None = None) -> str:
    """Return `genres` with its tempo, key and meter words replaced by these values.

    The first word of each sort is replaced, further ones are deleted. Nothing is added to a text without such a word,
    and words of a sort whose value is None are kept.

    Parameters
    ----------
    genres : str
        Styles, instruments and mood.
    tempo : float, optional
        Beats per minute.
    """
    text = genres
    if tempo is not None:
        text = _replace(text, patterns.tempos(text), tempo_words(tempo))
    if key is not None:
        text = _replace(text, patterns.keys(text), str(key))
    if meter is not None:
        text = _replace(text, patterns.meters(text), str(meter))
    return text


def prompt_text(genres: str, tempo: float | None = None, key: Key | None = None, meter: Meter | None = None) -> str:
    """Return `genres` with these values replaced where it names them and appended where it does not.

    `"funk"` at 97.6 beats per minute in E minor and 4/4 becomes `"funk, 97.6 BPM, E minor, 4/4"`.
    """
    missing: list[str] = []
    if tempo is not None and not patterns.tempos(genres):
        missing.append(tempo_words(tempo))
    if key is not None and not patterns.keys(genres):
        missing.append(str(key))
    if meter is not None and not patterns.meters(genres):
        missing.append(str(meter))
    text = replace_words(genres, tempo, key, meter)
    if not missing:
        return text
    start = text.rstrip(" \t\n,;")
    if not start:
        return ", ".join(missing)
    return start + (" " if start[-1] in ".!?:" else ", ") + ", ".join(missing)


def tempo_words(tempo: float) -> str:
    """Return a tempo (beats per minute) as the shortest text that reads back as the same number: `"97.6 BPM"`."""
    return f"{int(tempo) if float(tempo).is_integer() else float(tempo)!r} BPM"


_LINK = re.compile(r"\s*(?:,?\s*\b(?:to|or|and|then|into)\b|->|[/&+→–—-])\s*")
_OPEN_NUMBER = re.compile(r"[0-9][.,:/–—-]$")
_SEPARATORS = ",;|/·•"
_OPENING = ("(", "\n")
_TIGHT = (*",;.!?)\n", "")  # no space stands before these


def _replace(text: str, every: Sequence[WordMatch[T]], words: str) -> str:
    """Replace the first of `every` by `words`, and delete the others with the words that joined them to it."""
    if not every:
        return text
    before = text[: every[0].start]
    # "808,bpm: 128" must not become "808,97.6 BPM", which reads as one number.
    out, end = before + (" " if _OPEN_NUMBER.search(before) else "") + words, every[0].end
    for found in every[1:]:
        between = text[end : found.whole_start]
        out, end = _join(out + ("" if _LINK.fullmatch(between) else between), text, found.whole_end)
    return out + text[end:]


def _join(out: str, text: str, end: int) -> tuple[str, int]:
    """Remove doubled spaces, doubled separators and empty brackets between `out` and the text after `end`.

    Returns the new `out`, and the index in `text` to go on from.
    """
    start = out.rstrip(" \t")
    following = len(text) - len(text[end:].lstrip(" \t"))
    spaced = start != out or following != end
    last, after = start[-1:], text[following : following + 1]
    if last == "(" and after == ")":
        return _join(start[:-1], text, following + 1)
    if last in _OPENING and after in _SEPARATORS:
        return start, len(text) - len(text[following:].lstrip(" \t" + _SEPARATORS))
    if last in _SEPARATORS and (after in _TIGHT or after in _SEPARATORS):
        start = start.rstrip(" \t" + _SEPARATORS)
    return start + (" " if spaced and last not in _OPENING and after not in _TIGHT else ""), following
