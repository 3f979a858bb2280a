"""What a setting is, and what its values may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.errors import InvalidValue

Kind = Literal["integer", "number", "boolean", "choice", "text", "folder", "device", "secret"]
Value = bool | int | float | str

MAX_CHARS = 4096
_KINDS: dict[Kind, type | tuple[type, ...]] = {
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "choice": str,
    "text": str,
    "folder": str,
    "secret": str,
    "device": str,
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes:
        key: its name in the file.
        kind: what its value is.
        default: its value while nobody has set it.
        group: the heading it stands under.
        label: what users read.
        doc: one sentence on what it does.
        low, high: the range of a number, both included.
        unit: the unit of a number.
        choices: the words a choice may be; choice_labels: what users read for each of them.
        flag: the command-line flag of `stembridge` and `stembridge serve` that wins over it.
        restarts: True if a change holds from the next start of the companion on.
    """

    key: str
    kind: Kind
    default: Value
    group: str
    label: str
    doc: str
    low: float = 0
    high: float = 0
    unit: str = ""
    choices: tuple[str, ...] = ()
    choice_labels: tuple[str, ...] = ()
    flag: str = ""
    restarts: bool = False

    @property
    def allowed(self) -> str:
        """What the value must be, read after "must be"."""
        if self.kind in ("integer", "number"):
            what = "a whole number" if self.kind == "integer" else "a number"
            return f"{what}, {self.low:g}–{self.high:g} {self.unit}".rstrip().replace("-", "−")
        if self.kind == "boolean":
            return "true or false"
        if self.kind == "choice":
            return f"one of {', '.join(self.choices)}"
        return "the path of a folder, or empty" if self.kind == "folder" else "text"

    def check(self, value: object) -> Value:
        """Return `value` as a value of this setting.

        Raises
        ------
        InvalidValue
            If it is not allowed.
        """
        kind = _KINDS[self.kind]
        right = isinstance(value, kind) and (self.kind == "boolean" or not isinstance(value, bool))
        if right and self.kind in ("integer", "number"):
            right = self.low <= value <= self.high  # type: ignore[operator]
        elif right and self.kind == "choice":
            right = value in self.choices
        elif right and isinstance(value, str):
            right = len(value) <= MAX_CHARS and "\0" not in value
        if not right:
            raise InvalidValue(self.key, value, self.allowed)
        assert isinstance(value, bool | int | float | str)
        return float(value) if self.kind == "number" else value
