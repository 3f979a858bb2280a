"""Capability of an engine for one key of the parameter block: honoured, honoured within limits, or ignored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

Told = Callable[[object], str]
"""Returns a sentence on a value that cannot be kept as it is, "" for one that can."""


class Support(StrEnum):
    """The use that an engine makes of a key."""

    HONOURED = "honoured"
    WITHIN = "within"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Capability:
    """The use that one engine or model makes of one key.

    Attributes:
        within: the values that are kept, or when they are, in words; "" if all always are.
        why: the reason why the key is ignored, as the end of a sentence.
        told: the sentence on a value that is asked for, where it is not the usual one on an ignored key.
        refuses: True if a value that cannot be kept is refused; otherwise it is a notice.
    """

    support: Support
    within: str = ""
    why: str = ""
    told: Told | None = None
    refuses: bool = False

    def sentence(self, name: str, value: object) -> str:
        """Return what to tell of `value`, asked for under the key `name`; "" if it is kept."""
        if self.told is not None:
            return self.told(value)
        return f"{name} was not used: {self.why}." if self.support is Support.IGNORED else ""

    def to_json(self) -> dict[str, str]:
        """Return the JSON values: `support`, and `within` or `why` where there is one."""
        words = {"within": self.within, "why": self.why}
        return {"support": str(self.support), **{name: text for name, text in words.items() if text}}


Capabilities = Mapping[str, Capability]
"""Capabilities by key of the block."""
HONOURED = Capability(Support.HONOURED)


def within(words: str, told: Told | None = None, *, refuses: bool = False) -> Capability:
    """Return the capability for a key that is honoured within limits; `told` has the sentence on other values."""
    return Capability(Support.WITHIN, within=words, told=told, refuses=refuses)


def ignored(why: str, told: Told | None = None) -> Capability:
    """Return the capability for a key that is not used; `why` completes “KEY was not used: …”."""
    return Capability(Support.IGNORED, why=why, told=told)
