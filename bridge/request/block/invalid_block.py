"""Errors of the parameter block.

::

    StemBridgeError
    ├── InvalidValue       one value: its name, the given value and the allowed ones
    │   └── UnknownKey     a key that the block does not have
    └── InvalidBlock       all faults of a whole block, in one sentence
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence

from bridge.request.block.table import SPEC
from engine.did_you_mean import hint
from engine.errors import InvalidValue, StemBridgeError

MAX_BYTES = 900
"""Longest sentence in bytes of UTF-8: with its address it has to fit an OSC message of 1,024 bytes."""

ROOM_FOR_NAMES = 360
"""Bytes of it for the names of faults that are listed without their sentence."""

OTHER_NAMES = {
    "bpm": "tempo",
    "prompt": "genres",
    "tags": "genres",
    "duration": "output_seconds",
    "length": "output_seconds",
    "timesig": "time_signature",
    "meter": "time_signature",
    "guidance_scale": "cfg",
    "inference_steps": "steps",
    "count": "variations",
}
"""Other programs' names for keys of the block, for names that are not spelled alike."""


class UnknownKey(InvalidValue):
    """A key that the parameter block does not have; the sentence suggests the nearest one."""

    def __init__(self, name: object) -> None:
        text = name if isinstance(name, str) else repr(_Json(name))
        nearest = closest_key(text)
        hint = f" (did you mean {nearest}?)" if nearest else ""
        # InvalidValue's own sentence would quote a value; an unknown key has none.
        StemBridgeError.__init__(self, f"{shorten(text, 40)!r} is not a key of the parameter block{hint}.")
        self.name = text
        self.given = name
        self.allowed = ", ".join(SPEC)


class InvalidBlock(StemBridgeError, ValueError):
    """A parameter block that cannot be used.

    Attributes
    ----------
    faults : tuple of InvalidValue
        All faults in the block's order; empty if the text is not JSON at all.
    """

    def __init__(self, faults: Sequence[InvalidValue] = (), sentence: str = "") -> None:
        """Use `sentence`, or else build one from all of `faults` that fits an OSC message."""
        super().__init__(sentence or _sentence(faults))
        self.faults = tuple(faults)


def closest_key(text: str) -> str:
    """Return the key of the block that is nearest to `text`; empty if none is close."""
    name = text[:64].strip().lower().replace("-", "_").replace(" ", "_")
    if name in OTHER_NAMES:
        return OTHER_NAMES[name]
    return next(iter(difflib.get_close_matches(name, SPEC, n=1, cutoff=0.6)), "")


def wrong_value(name: str, given: object, allowed: str) -> InvalidValue:
    """Return an `InvalidValue` that shows `given` as JSON, whatever its type."""
    allowed += hint(SPEC[name].choices, given) if name in SPEC else ""
    fault = InvalidValue(name, shorten(given, 120) if isinstance(given, str) else _Json(given), allowed)
    fault.given = given
    return fault


def shorten(text: str, characters: int) -> str:
    """Cut `text` to `characters`, the last of them an ellipsis."""
    return text if len(text) <= characters else text[: characters - 1] + "…"


class _Json:
    """A value whose `repr` is JSON (`null`, not `None`), or its type where JSON fails, as for huge integers."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __repr__(self) -> str:
        try:
            return json.dumps(self._value, ensure_ascii=False)
        except (TypeError, ValueError, RecursionError):
            return f"something of type {type(self._value).__name__}"


def _sentence(faults: Sequence[InvalidValue]) -> str:
    """Join the faults; those that do not fit are only named, and those whose names do not fit are counted."""
    if len(faults) == 1:
        return shorten_bytes(str(faults[0]), MAX_BYTES)
    start = f"{len(faults)} things are wrong: "
    full: list[str] = []
    for position, fault in enumerate(faults):
        rest = _names([other.name for other in faults[position + 1 :]])
        text = start + "; ".join([*full, str(fault).rstrip("."), *rest]) + "."
        if len(text.encode(errors="replace")) > MAX_BYTES:
            return start + "; ".join([*full, *_names([other.name for other in faults[position:]])]) + "."
        full.append(str(fault).rstrip("."))
    return start + "; ".join(full) + "."


def _names(names: Sequence[str]) -> list[str]:
    """Return ["also wrong: a, b and 3 more"], or an empty list without names."""
    if not names:
        return []
    shown: list[str] = []
    room = ROOM_FOR_NAMES
    for name in names:
        text = name if name.isidentifier() and len(name) <= 40 else repr(shorten(name, 40))
        room -= len(text.encode(errors="replace")) + 2
        if room < 0:
            break
        shown.append(text)
    more = f" and {len(names) - len(shown)} more" if len(shown) < len(names) else ""
    return [f"also wrong: {', '.join(shown)}{more}"]


def shorten_bytes(text: str, limit: int) -> str:
    """Cut `text` to `limit` bytes of UTF-8, with an ellipsis where something was cut."""
    data = text.encode(errors="replace")
    return text if len(data) <= limit else data[: limit - 3].decode(errors="ignore") + "…"
