"""Sentence on lyrics: the sketch engine plays their sections, but sings no words."""

from __future__ import annotations

import re

_TAG = re.compile(r"\[[^\]]*\]")


def unsung(lyrics: str) -> str:
    """Return the sentence on lyrics that have words; "" for none, or for structure tags alone."""
    return "The lyrics were not sung: the sketch engine has no voice." if _TAG.sub("", lyrics).strip() else ""
