"""Origin of a value of a request: who said it, or who decided it because nobody did."""

from __future__ import annotations

from enum import StrEnum


class Origin(StrEnum):
    """The source of one value, as the manifest's `origin` names it."""

    USER = "user"
    DAW = "daw"
    PRESET = "preset"
    SAVED_SET = "saved set"
    STYLE = "style"
    MODEL = "model"
    DEFAULT = "default"


ASKED = frozenset({Origin.USER, Origin.DAW, Origin.PRESET, Origin.SAVED_SET})
"""Origins of values that were asked for; what cannot be kept of them is told. The others were filled in."""
