"""Words that every file system and sampler can hold: letters and digits, in plain ASCII wherever they are Latin.

Letters of other scripts stay as they are, in Unicode's composed form (NFC), on which macOS, Windows and Linux agree.
"""

from __future__ import annotations

import re
import unicodedata

_LATIN = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i", "♯": "#", "♭": "b", "’": "'"}
)
"""Latin letters that Unicode does not take apart into a letter and an accent."""
_AND = re.compile(r"\s*&\s*(?=\w)")
_APOSTROPHE = re.compile(r"(?<=\w)['ʼ](?=\w)")


def portable_words(text: str) -> list[str]:
    """Return the words of `text`: letters, digits, inner hyphens, decimal points, and sharps after a note's name.

    `"Drum & Bass"` becomes `["Drum", "n", "Bass"]`, `"R&B"` `["RnB"]`, `"Française"` `["Francaise"]`.
    """
    plain = _fold(_APOSTROPHE.sub("", text.translate(_LATIN)))
    plain = _AND.sub(lambda match: "n" if match[0] == "&" else " n ", plain)
    kept = "".join(char if _is_kept(plain, index) else " " for index, char in enumerate(plain))
    words = (word.strip("-.") for word in unicodedata.normalize("NFC", kept).split())
    return [word for word in words if word]


def size_bytes(text: str) -> int:
    """Return the length of a name as file systems count it: in bytes of UTF-8."""
    return len(text.encode("utf-8"))


def cut(text: str, room_bytes: int) -> str:
    """Return the beginning of `text` that fits into `room_bytes`, without half a character at its end."""
    return text.encode("utf-8")[: max(0, room_bytes)].decode("utf-8", "ignore").rstrip(" -._#")


def join_fitting(words: list[str], room_bytes: int, separator: str = " ") -> str:
    """Join the leading words that fit into `room_bytes`; a first word that is too long is cut."""
    result = cut(words[0], room_bytes) if words else ""
    for word in words[1:]:
        longer = f"{result}{separator}{word}"
        if size_bytes(longer) > room_bytes:
            break
        result = longer
    return result


def _fold(text: str) -> str:
    """Return `text` in composed form, with Latin letters without their accents and without lone surrogates."""
    sound = text.encode("utf-8", "ignore").decode("utf-8")
    return "".join(_without_accent(char) for char in unicodedata.normalize("NFKC", sound))


def _without_accent(char: str) -> str:
    apart = unicodedata.normalize("NFKD", char)
    return apart[0] if apart[:1].isascii() and apart[:1].isalpha() else char


def _is_kept(text: str, index: int) -> bool:
    char = text[index]
    before, after = text[index - 1 : index] if index else "", text[index + 1 : index + 2]
    if char == "-":
        return True
    if char == "#":
        return before in tuple("ABCDEFG")
    if char == ".":
        return before.isdigit() and after.isdigit()
    kind = unicodedata.category(char)[0]
    if kind == "M":  # a vowel sign belongs to a letter; an accent on a Latin one is dropped
        return bool(before) and not before.isascii() and unicodedata.category(before)[0] in "LM"
    return kind in "LN" and (char.isalnum() or not char.isascii())
