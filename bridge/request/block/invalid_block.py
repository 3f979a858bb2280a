"""What can be wrong with a parameter block.

::

    StemBridgeError
    ├── InvalidValue       one value: names it, what was given and what is allowed
    │   └── UnknownKey     a key that the block does not have
    └── InvalidBlock       everything that is wrong with a whole block, in one sentence
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence

from bridge.request.block.table import SPEC
from engine.errors import InvalidValue, StemBridgeError

MAX_BYTES = 900
"""Longest sentence in UTF-8: with its address it has to fit an OSC message of 1,024 bytes."""

ROOM_FOR_NAMES = 360

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
"""What other programs call keys of the block, where the spelling alone would not tell."""


class UnknownKey(InvalidValue):
    """A key that is not one of the parameter block's; the sentence names the key that may have been meant."""

    def __init__(self, name: object) -> None:
        text = name if isinstance(name, str) else repr(_Json(name))
        self.meant = closest_key(text)
        hint = f" (did you mean {self.meant}?)" if self.meant else ""
        # Not InvalidValue's own sentence: there is no value to speak of here.
        StemBridgeError.__init__(self, f"{shorten(text, 40)!r} is not a key of the parameter block{hint}.")
        self.name = text
        self.given = name
        self.allowed = ", ".join(SPEC)


class InvalidBlock(StemBridgeError, ValueError):
    """A parameter block that cannot be used.

    Attributes
    ----------
    faults : tuple of InvalidValue
        Everything that is wrong, in the block's order; empty if the text is no JSON at all.
    """

    def __init__(self, faults: Sequence[InvalidValue] = (), sentence: str = "") -> None:
        """Say `sentence`, or else all of `faults` in one that fits an OSC message."""
        super().__init__(sentence or _sentence(faults))
        self.faults = tuple(faults)


def closest_key(text: str) -> str:
    """Return the block's key that `text` may have meant; empty if none comes close."""
    name = text[:64].strip().lower().replace("-", "_").replace(" ", "_")
    if name in OTHER_NAMES:
        return OTHER_NAMES[name]
    return next(iter(difflib.get_close_matches(name, SPEC, n=1, cutoff=0.6)), "")


def wrong_value(name: str, given: object, allowed: str) -> InvalidValue:
    """Return an `InvalidValue` that shows `given` as the JSON it came as, whatever it is."""
    fault = InvalidValue(name, shorten(given, 120) if isinstance(given, str) else _Json(given), allowed)
    fault.given = given
    return fault


def shorten(text: str, characters: int) -> str:
    """Cut `text` to `characters`, with an ellipsis in the last one's place."""
    return text if len(text) <= characters else text[: characters - 1] + "…"


class _Json:
    """Shows a value as JSON: `null`, not `None`; and shows also what has no text at all, as endless integers."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __repr__(self) -> str:
        try:
            return json.dumps(self._value, ensure_ascii=False)
        except (TypeError, ValueError, RecursionError):
            return f"something of type {type(self._value).__name__}"


def _sentence(faults: Sequence[InvalidValue]) -> str:
    """Join the faults; those that no longer fit are still named, and those whose names do not fit are counted."""
    if len(faults) == 1:
        return shorten_bytes(str(faults[0]), MAX_BYTES)
    start = f"{len(faults)} things are wrong: "
    told: list[str] = []
    for position, fault in enumerate(faults):
        rest = _names([other.name for other in faults[position + 1 :]])
        text = start + "; ".join([*told, str(fault).rstrip("."), *rest]) + "."
        if len(text.encode(errors="replace")) > MAX_BYTES:
            return start + "; ".join([*told, *_names([other.name for other in faults[position:]])]) + "."
        told.append(str(fault).rstrip("."))
    return start + "; ".join(told) + "."


def _names(names: Sequence[str]) -> list[str]:
    """Return "also wrong: a, b and 3 more" as a list of no or one piece."""
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
