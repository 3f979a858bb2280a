"""Names of takes' folders, and of stems inside file names: readable, unique, accepted by every file system. No numpy.

A take's folder is named by time, style and id ("2026-11-21 034207 funk slap bass ab12cd"), in plain ASCII. The files
in it have names of their own, made to travel: `file_names`.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from bridge.takes.portable_words import join_fitting, portable_words
from engine.errors import InvalidValue

MAX_FOLDER_NAME = 80
_MAX_WORDS = 40
_MAX_STEM_BYTES = 40
_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,38}[A-Za-z0-9])?")
_BPM = re.compile(r"\d+(?:[.,]\d+)?[\s-]*bpm|bpm[\s:-]*\d+(?:[.,]\d+)?|bpm", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")
# Device names of Windows, with any suffix (Microsoft, "Naming Files, Paths, and Namespaces"), and a take's own files.
RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}
RESERVED |= {"conin$", "conout$", "mix", "manifest", "song"}


def take_folder_name(created: datetime, genres: str, take_id: str) -> str:
    """Return the folder name of a take: `created` in its own zone, words of `genres`, and `take_id`, ≤ 80 characters.

    Names sort by time as long as all times are in the same zone.

    Raises
    ------
    InvalidValue
        If `take_id` is not 1–40 letters, digits, "-" and "_" with a letter or digit at both ends.
    """
    if not _ID.fullmatch(take_id):
        raise InvalidValue("take id", take_id, "1–40 ASCII letters, digits, - or _")
    stamp = f"{created.year:04d}-{created:%m-%d %H%M%S}"
    room = min(_MAX_WORDS, MAX_FOLDER_NAME - len(stamp) - len(take_id) - 2)
    words = _portable(_BPM.sub(" ", _ascii(genres)), " ", room)
    return f"{stamp} {words} {take_id}" if words else f"{stamp} {take_id}"


def stem_file_name(name: str) -> str:
    """Return a stem's name as it stands in file names: `"Lead Vocals"` becomes `"Lead_Vocals"`.

    Names that Windows reserves for devices, and the take's own `mix`, `manifest` and `song`, get `_stem` appended; a
    name without any usable character becomes `"stem"`.
    """
    words = join_fitting(portable_words(name.replace("_", " ")), _MAX_STEM_BYTES, "_") or "stem"
    return f"{words}_stem" if words.lower() in RESERVED else words


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")


def _portable(text: str, separator: str, room: int) -> str:
    """Join the leading words of `text` that fit into `room` characters; a first word that is too long is cut."""
    result = ""
    for word in _WORD.findall(text.replace("_", " ")):
        longer = f"{result}{separator}{word}" if result else word[:room].rstrip("-")
        if len(longer) > room:
            break
        result = longer
    return result
