"""Tempo, key and meter words inside `genres`: found, and replaced by the DAW's own.

Genre texts are plain language, so what looks like such a word has to be one: "24/7", "90s", "a minor mood" and a
"major label" are none. What is no such word is kept as it stands, to the byte.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.request.block import music_word_patterns as patterns
from bridge.request.block.music_word_patterns import Found, T
from engine.music import Key, Meter


@dataclass(frozen=True, slots=True)
class GenreWords:
    """What a genre text says of the music's tempo (beats per minute), key and meter; None where it says nothing."""

    tempo: float | None = None
    key: Key | None = None
    meter: Meter | None = None


def read_words(genres: str) -> GenreWords:
    """Return the first tempo, key and meter that `genres` names; of a range of tempos its middle."""
    return GenreWords(
        tempo=next((found.value for found in patterns.tempos(genres) if found.value is not None), None),
        key=next((found.value for found in patterns.keys(genres)), None),
        meter=next((found.value for found in patterns.meters(genres)), None),
    )


def replace_words(genres: str, tempo: float | None = None, key: Key | None = None, meter: Meter | None = None) -> str:
    """Return `genres` with these values in place of the words for other ones.

    The first such word is replaced and further ones are taken out. Words that are not there are not added, and those
    of a value that is None are kept.

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
    """Write a tempo (beats per minute) as the shortest text that reads back as the same number: `"97.6 BPM"`."""
    return f"{int(tempo) if float(tempo).is_integer() else float(tempo)!r} BPM"


_LINK = re.compile(r"\s*(?:,?\s*\b(?:to|or|and|then|into)\b|->|[/&+→–—-])\s*")
_OPEN_NUMBER = re.compile(r"[0-9][.,:/–—-]$")
_SEPARATORS = ",;|/·•"
_OPENING = ("(", "\n")
_TIGHT = (*",;.!?)\n", "")  # no space stands before these


def _replace(text: str, every: Sequence[Found[T]], words: str) -> str:
    """Put `words` in the place of the first of `every`, and take the others out with what joined them to it."""
    if not every:
        return text
    before = text[: every[0].start]
    # "808,bpm: 128" must not become "808,97.6 BPM", which reads as a number of its own.
    out, end = before + (" " if _OPEN_NUMBER.search(before) else "") + words, every[0].end
    for found in every[1:]:
        between = text[end : found.whole_start]
        out, end = _join(out + ("" if _LINK.fullmatch(between) else between), text, found.whole_end)
    return out + text[end:]


def _join(out: str, text: str, end: int) -> tuple[str, int]:
    """Clean the seam between `out` and what follows `end` in `text` of doubled spaces, separators and empty brackets.

    Returns the new `out`, and where in `text` to go on.
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
