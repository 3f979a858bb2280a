"""Names of presets: compared without case and punctuation, and valid as file names on every system."""

from __future__ import annotations

import re
import unicodedata

from bridge.request.block.values import printable
from engine.errors import InvalidValue

MAX_CHARS = 100
MAX_BYTES = 200
"""Longest name in bytes of UTF-8, so that with its suffix and a temporary one it fits a file name's 255 bytes."""

ALLOWED = (
    f"1–{MAX_CHARS} characters that can be a file name on every system: some letter or digit, none of"
    ' < > : " / \\ | ? *, no dot or space at its ends, and not a device name like CON'
)
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³")}


def slug(name: str) -> str:
    """Return the form that names are compared by: "Fast Prototyping" and "fast-prototyping" have the same slug."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "-".join(re.findall(r"[^\W_]+", folded))


def check_name(name: str) -> str:
    """Return `name` as a preset's name and file name, in NFC and without the spaces around it.

    Raises
    ------
    InvalidValue
        If it cannot be a file name on every system.
    """
    text = unicodedata.normalize("NFC", name).strip()
    sized = 0 < len(text) <= MAX_CHARS and len(text.encode(errors="replace")) <= MAX_BYTES
    # Windows takes "con.json" and "con.a.json" for the device as well.
    device = text.split(".")[0].strip().lower() in _DEVICES
    if not (sized and printable(text) and slug(text)) or _FORBIDDEN.search(text) or device:
        raise InvalidValue("The name of a preset", name, ALLOWED)
    if text.startswith(".") or text.endswith("."):
        raise InvalidValue("The name of a preset", name, ALLOWED)
    return text
