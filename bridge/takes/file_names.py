"""Names of a take's audio and MIDI files, made to travel: `<title> <tempo>bpm <key> <stem>.wav`. No numpy.

The title is what the music is ("dusty lofi") and four characters of the take's id, so that ten takes of the same
words stay apart in one sample folder. Only the manifest says which file is which stem: readers never guess names.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import takewhile
from pathlib import Path

from bridge.takes.naming import RESERVED
from bridge.takes.portable_words import cut, join_fitting, portable_words, size_bytes
from engine.music import Key, TempoMap

MAX_NAME_BYTES = 80
"""Longest file name, suffix included."""
MAX_WINDOWS_PATH = 259
"""Longest path of a file that every program on Windows can open."""
MAX_TITLE_BYTES = 24
_SUFFIX_BYTES = len(".wav")
_TEMPORARY_CHARS = len("..tmp")
"""Characters by which a name is longer while its file is written."""
MIX_STEM = "mix"
_LEAST_BYTES = 24
_LEAST_TITLE_BYTES = 3
_TEMPO = re.compile(r"\d+(?:[.,]\d+)?(?:-\d+(?:[.,]\d+)?)?[\s-]*bpm|bpm[\s:-]*\d+(?:[.,]\d+)?|\bbpm\b", re.IGNORECASE)
_KEY = re.compile(
    r"(?:\bin )?\b[A-G](?:#|b|♯|♭)?[ -](?:major|minor|dorian|phrygian|lydian|mixolydian|locrian)\b", re.IGNORECASE
)
_METER = re.compile(r"\b\d{1,2}/\d{1,2}\b")


@dataclass(frozen=True, slots=True)
class FileLabel:
    """The parts of a file's name, in this order; each may be empty.

    Attributes:
        title: words of the music; the first to be shortened.
        take: the short id of the take.
        tempo: from `tempo_words`.
        key: from `key_words`.
        stem: the stem's name.
    """

    title: str = ""
    take: str = ""
    tempo: str = ""
    key: str = ""
    stem: str = ""

    def text(self) -> str:
        """Return the name without suffix."""
        return " ".join(filter(None, (self.title, self.take, self.tempo, self.key, self.stem)))


def title_words(genres: str, room_bytes: int = MAX_TITLE_BYTES) -> str:
    """Return the leading words of `genres` as a title; tempo, key and meter in them have places of their own."""
    return join_fitting(portable_words(_METER.sub(" ", _KEY.sub(" ", _TEMPO.sub(" ", genres)))), room_bytes)


def source_words(name: str, *, keep_tempo: bool = False) -> str:
    """Return the name of a user's audio file as a title, without "mix" at its end.

    Without `keep_tempo` a tempo in it is left out: that of the result is another one.
    """
    words = portable_words(name if keep_tempo else _TEMPO.sub(" ", name))
    return join_fitting(words[:-1] if words[-1:] == [MIX_STEM] else words, MAX_NAME_BYTES)


def common_words(names: Sequence[str]) -> str:
    """Return the leading words that all `names` of a user's audio files share, as a title."""
    split = [source_words(name).split() for name in names]
    return " ".join(words[0] for words in takewhile(lambda words: len(set(words)) == 1, zip(*split, strict=False)))


def short_id(take_id: str) -> str:
    """Return the first four characters of a job's id, and the number of a variation: `"3fa94c1e-2"` is `"3fa9-2"`."""
    job, dash, number = take_id.partition("-")
    return f"{job[:4]}{dash}{number[:4]}" if number else job[:4]


def tempo_words(tempo_map: TempoMap, length_beats: Fraction) -> str:
    """Return the tempo for a file name: `97.6bpm`, or `97.6-132bpm` from the first to the last one.

    If it comes back to where it began, the second is the one that is farthest from the first.
    """
    points = tempo_map.points
    first = points[0].bpm
    within = [point.bpm for point in points if point.beat < length_beats]
    ramps_on = points[len(within) - 1].ramp and len(within) < len(points)
    tempos = [*within, points[len(within)].bpm] if ramps_on else within
    last = tempos[-1] if bpm_text(tempos[-1]) != bpm_text(first) else max(tempos, key=lambda bpm: abs(bpm - first))
    if bpm_text(last) == bpm_text(first):
        return f"{bpm_text(first)}bpm"
    return f"{bpm_text(first)}-{bpm_text(last)}bpm"


def key_words(key: Key | None) -> str:
    """Return the key for a file name: `Em`, `C`, `F#m`, `D dorian`; "" if unknown."""
    if key is None:
        return ""
    mode = {"major": "", "minor": "m"}.get(key.mode, f" {key.mode}")
    return f"{key.tonic}{mode}"


def room_in(folder: Path, is_windows: bool = os.name == "nt") -> int:
    """Return how many bytes a file name may have, suffix included, that is written in `folder`.

    Windows limits whole paths, so that in a deep project the names get shorter.
    """
    if not is_windows:
        return MAX_NAME_BYTES
    return max(_LEAST_BYTES, min(MAX_NAME_BYTES, MAX_WINDOWS_PATH - _TEMPORARY_CHARS - len(str(folder)) - 1))


def base_names(labels: Sequence[FileLabel], room_bytes: int = MAX_NAME_BYTES) -> list[str]:
    """Return a name without suffix for each label, in order: all different (without case), none longer than the room.

    All are shortened alike: first the titles, then the take's id, then tempo and key.
    """
    room = room_bytes - _SUFFIX_BYTES
    fitted = next(form for form in _shorter(labels, room) if all(size_bytes(one.text()) <= room for one in form))
    used: set[str] = set()
    return [_unused(_never_reserved(label.text()), used, room) for label in fitted]


def _shorter(labels: Sequence[FileLabel], room: int) -> list[list[FileLabel]]:
    """Return the labels as they are, and ever shorter forms of them; the last one always fits."""
    spare = min((room - size_bytes(replace(label, title="").text()) - 1 for label in labels), default=room)
    forms = [list(labels)]
    if spare >= _LEAST_TITLE_BYTES:
        forms.append([replace(label, title=_fit_title(label.title, spare)) for label in labels])
    forms.append([replace(label, title="" if label.stem else label.title) for label in labels])
    forms.append([replace(label, title="" if label.stem else label.title, take="") for label in labels])
    forms.append([FileLabel(stem=cut(label.stem or label.title, room) or "take") for label in labels])
    return forms


def _fit_title(title: str, room: int) -> str:
    return join_fitting(title.split(), room)


def _never_reserved(name: str) -> str:
    return f"{name}_take" if name.split(".")[0].strip().lower() in RESERVED - {MIX_STEM} else name or "take"


def _unused(name: str, used: set[str], room: int) -> str:
    candidate, number = cut(name, room) or "take", 2
    while _folded(candidate) in used:
        candidate = f"{cut(name, room - len(f'_{number}'))}_{number}"
        number += 1
    used.add(_folded(candidate))
    return candidate


def _folded(name: str) -> str:
    """Return a name so that two which any file system takes for the same become equal."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def bpm_text(bpm: float) -> str:
    """Return a tempo with at most three decimals, as many as DAWs show: Ardour keeps 97 as 97.00000016."""
    return f"{bpm:.3f}".rstrip("0").rstrip(".")
