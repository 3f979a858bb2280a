"""One key of the parameter block: its type, range and default, and the words for its allowed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.music import chords, meter, meter_map
from engine.music import key as keys

ValueKind = Literal[
    "text",
    "integer",
    "number",
    "boolean",
    "choice",
    "key",
    "time_signature",
    "tempo_map",
    "meter_map",
    "stems",
    "region",
    "chords",
    "stem_seeds",
    "midi_part",
]

MAX_STEMS = 16
MAX_STEM_NAME = 64
MAX_REGION_S = 86_400.0
MAX_SEED = 2**32 - 1
MAX_PATH = 4_096


@dataclass(frozen=True, slots=True)
class Parameter:
    """One key of the block.

    Attributes:
        name: the key.
        kind: type of the value; selects the check in `values`.
        doc: one sentence on what it does to the music.
        default: its value when absent; None if absence has a meaning of its own, which `absent` describes.
        low, high: range of a number, both included unless `above` is True.
        above: True if `low` itself is not allowed.
        unit: unit of a number, as printed after it.
        choices: the allowed words of a choice.
        max_chars: length of the longest text.
        multiline: True if the text may have newlines and tabs.
        absent: words for the default where it is not a value.
    """

    name: str
    kind: ValueKind
    doc: str
    default: object = None
    low: float = 0
    high: float = 0
    above: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    max_chars: int = 0
    multiline: bool = False
    absent: str = ""

    @property
    def range(self) -> str:
        """The allowed values in words, without the type: `"10–240 seconds"`; empty if every value of the type is."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind == "text":
            return f"up to {self.max_chars:,} characters"
        if self.kind in ("integer", "number"):
            span = f"above {_plain(self.low)}, up to {_plain(self.high)}" if self.above else self._span()
            return f"{span} {self.unit}".rstrip()
        return _RANGES.get(self.kind, "")

    def _span(self) -> str:
        return f"{_plain(self.low)}–{_plain(self.high)}".replace("-", "−")

    @property
    def allowed(self) -> str:
        """The allowed values as a sentence's end, after "must be": `"an integer, 10–240 seconds"`."""
        if self.kind == "text":
            controls = "no control characters" if self.multiline else "no control characters or line breaks"
            return f"text of {self.range}, {controls}"
        start = _ALLOWED[self.kind]
        return f"{start}, {self.range}" if self.kind in ("integer", "number") else start or self.range


def _plain(value: float) -> str:
    """Return a bound as text without a needless fraction: 0.1, 240, 4294967295."""
    return str(int(value)) if value == int(value) else str(value)


TYPES: Mapping[ValueKind, str] = {
    "text": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "choice": "string",
    "key": "string",
    "time_signature": "string",
    "tempo_map": "list",
    "meter_map": "list",
    "stems": "string or list",
    "region": "list",
    "chords": "string",
    "stem_seeds": "object",
    "midi_part": "object",
}
"""The JSON type of each kind of value, in the words of the documentation."""

_RANGES: Mapping[str, str] = {
    "key": f"A–G, # or b, {', '.join(keys.MODES)}; empty = unknown",
    "time_signature": f"1–{meter.MAX_NUMERATOR} over {', '.join(map(str, meter.DENOMINATORS))}",
    "tempo_map": 'list of {"beat", "bpm", "ramp"} from beat 0; empty = constant',
    "meter_map": 'list of {"bar", "time_signature"} from bar 0; empty = constant',
    "stems": f'"auto" or a list of 1–{MAX_STEMS} different names',
    "region": "[start, end] in seconds, 0 ≤ start < end",
    "chords": f"names or degrees by bar, up to {chords.MAX_BARS} bars; empty = none",
    "stem_seeds": f"{{name: seed}}, up to {MAX_STEMS} names, seeds 0–{MAX_SEED}; empty = none",
    "midi_part": '{"stem": name, "file": path}; empty = none',
}

_ALLOWED: Mapping[ValueKind, str] = {
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "choice": "",
    "key": keys.ALLOWED,
    "time_signature": meter.ALLOWED,
    "tempo_map": 'a list of {"beat": number, "bpm": number, "ramp": true or false} that starts at beat 0',
    "meter_map": meter_map.ALLOWED,
    "stems": f'"auto" or a list of 1–{MAX_STEMS} different names of up to {MAX_STEM_NAME} characters',
    "region": f"[start, end] in seconds with 0 ≤ start < end ≤ {_plain(MAX_REGION_S)}",
    "chords": chords.ALLOWED,
    "stem_seeds": f'{{"name": seed}} with up to {MAX_STEMS} stems and seeds 0–{MAX_SEED}',
    "midi_part": '{"stem": name, "file": path of a MIDI file}',
}
