"""Translates what AbletonOSC's listeners send into the messages by which any DAW sends its state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bridge.doors.osc.table import OscValue
from bridge.request.live_set.scale import key_of_scale

LISTENED = (
    "tempo",
    "signature_numerator",
    "signature_denominator",
    "root_note",
    "scale_name",
    "is_playing",
    "current_song_time",
    "loop",
    "loop_start",
    "loop_length",
)
"""Properties of Live's song; installations older than late 2025 have neither `root_note` nor `scale_name`."""
ANSWER = "/live/song/get/"
StateMessage = tuple[str, tuple[OscValue, ...]]
NO_KEY: StateMessage = ("/key", ("",))
"""A scale that is no key; to the OSC door an empty key would say nothing, here it takes the last one back."""


@dataclass(slots=True)
class SongState:
    """Keeps the values received; values that belong together are passed on once all of them are known.

    Attributes:
        scale_is_key: take the scale as the key; AbletonOSC does not say whether scale mode is on.
    """

    scale_is_key: bool = False
    _values: dict[str, float | str] = field(default_factory=dict)

    @property
    def position(self) -> float:
        """The playhead in quarter-note beats, 0 while unknown."""
        return max(0.0, float(self._values.get("current_song_time", 0.0)))

    def take(self, address: str, values: Sequence[object]) -> list[StateMessage]:
        """Return the state messages that follow from a message; none if it is not understood."""
        name = address.removeprefix(ANSWER)
        if not address.startswith(ANSWER) or name not in LISTENED or len(values) != 1:
            return []
        value = values[0]
        if isinstance(value, str) is not (name == "scale_name") or not isinstance(value, str | int | float):
            return []
        self._values[name] = value
        return self._messages(name)

    def _messages(self, changed: str) -> list[StateMessage]:
        if changed == "tempo":
            return [("/tempo", (self._number("tempo"),))]
        if changed == "current_song_time":
            return [("/position", (max(0.0, self._number(changed)),))]
        if changed == "is_playing":
            return [("/playing", (int(self._number(changed)),))]
        if changed.startswith("signature"):
            return self._together("/timesig", ("signature_numerator", "signature_denominator"))
        if changed.startswith("loop"):
            return self._together("/loop", ("loop", "loop_start", "loop_length"))
        return self._key()

    def _together(self, address: str, names: Sequence[str]) -> list[StateMessage]:
        if any(name not in self._values for name in names):
            return []
        return [(address, tuple(self._number(name) for name in names))]

    def _key(self) -> list[StateMessage]:
        if not self.scale_is_key or "root_note" not in self._values or "scale_name" not in self._values:
            return []
        key = key_of_scale(int(self._number("root_note")), str(self._values["scale_name"]))
        return [("/key", (str(key),)) if key else NO_KEY]

    def _number(self, name: str) -> float:
        return float(self._values[name])
