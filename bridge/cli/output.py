"""Standard output and error of every command: no character breaks a command, whatever the terminal's encoding.

Signs that an encoding lacks are written in ASCII (`−` as `-`, `→` as `->`), all others as escapes (`\\u65e5`).
"""

from __future__ import annotations

import codecs
import json
import sys
from io import TextIOWrapper

ERRORS = "stembridge-plain"
"""The name of the error handler for characters that an encoding lacks."""

PLAIN = {
    **dict.fromkeys("−–—‐", "-"),
    **dict.fromkeys("“”„", '"'),
    **dict.fromkeys("‘’", "'"),
    "…": "...",
    "→": "->",
    "×": "x",
    "±": "+-",
    "·": ".",
    "█": "#",
    "♯": "#",
    "♭": "b",
    "≤": "<=",
    "≥": ">=",
    "\N{NO-BREAK SPACE}": " ",
}
"""Signs of our own sentences → the same in ASCII."""


def make_streams_safe() -> None:
    """Let standard output and error write every character in some form, instead of raising UnicodeEncodeError."""
    codecs.register_error(ERRORS, _in_ascii)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # None in a bundle without a console
            stream.reconfigure(errors=ERRORS)


def print_json(document: object) -> None:
    """Print `document` as JSON: as it is read where the output is UTF-8, else in ASCII, which every encoding has."""
    print(json.dumps(document, indent=2, ensure_ascii=not _is_utf8(sys.stdout.encoding)))


def _is_utf8(encoding: str | None) -> bool:
    try:
        return codecs.lookup(encoding or "ascii").name == "utf-8"
    except LookupError:
        return False


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(PLAIN.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in text), error.end
