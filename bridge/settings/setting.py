"""The type `Setting`: one setting, with the check of its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.errors import InvalidValue

SettingKind = Literal["integer", "number", "boolean", "choice", "text", "folder", "device", "secret"]
SettingValue = bool | int | float | str

MAX_CHARS = 4096
_PYTHON_TYPES: dict[SettingKind, type | tuple[type, ...]] = {
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
        kind: the kind of its values.
        default: its value until the user changes it.
        group: its heading on the settings page.
        label: its name for users.
        doc: one sentence on what it does.
        low, high: the range of a number, both included.
        unit: the unit of a number.
        choices: the allowed values of a choice; choice_labels: the label for users of each of them.
        flag: the command-line flag of `stembridge` and `stembridge serve` that overrides it.
        restarts: True if a change takes effect at the companion's next start.
    """

    key: str
    kind: SettingKind
    default: SettingValue
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
        """The allowed values in words, to be read after "must be"."""
        if self.kind in ("integer", "number"):
            what = "a whole number" if self.kind == "integer" else "a number"
            return f"{what}, {self.low:g}–{self.high:g} {self.unit}".rstrip().replace("-", "−")
        if self.kind == "boolean":
            return "true or false"
        if self.kind == "choice":
            return f"one of {', '.join(self.choices)}"
        return "the path of a folder, or empty" if self.kind == "folder" else "text"

    def check(self, value: object) -> SettingValue:
        """Return `value` as a value of this setting; a number becomes a float.

        Raises
        ------
        InvalidValue
            If it is not allowed.
        """
        is_type = isinstance(value, _PYTHON_TYPES[self.kind])
        is_allowed = is_type and (self.kind == "boolean" or not isinstance(value, bool))
        if is_allowed and self.kind in ("integer", "number"):
            is_allowed = self.low <= value <= self.high  # type: ignore[operator]
        elif is_allowed and self.kind == "choice":
            is_allowed = value in self.choices
        elif is_allowed and isinstance(value, str):
            is_allowed = len(value) <= MAX_CHARS and "\0" not in value
        if not is_allowed:
            raise InvalidValue(self.key, value, self.allowed)
        assert isinstance(value, bool | int | float | str)
        return float(value) if self.kind == "number" else value
