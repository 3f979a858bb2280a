"""A request to generate, as a door decodes it: the keys of this request alone, and its position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.request.file_words import FileWords
from engine.origin import Origin


@dataclass(frozen=True, slots=True)
class Trigger:
    """One request to generate.

    Attributes:
        block: checked keys of this request alone.
        start_beat: start in quarter-note beats; None = the playhead.
        start_seconds: the same position in seconds, if known.
        whole_bars: a length in seconds becomes the nearest number of whole bars; False keeps the seconds.
        into: folder for the take instead of the project's.
        follows: `PLAYHEAD` or `LOOP` if `start_beat` is where the song was at that moment, "" if it was named.
        origin: who said the keys of `block` that are not the user's, by key.
        defaults: values that the door documents for keys that nobody says, as the hosted service does.
        needs_genres: True if the door documents that genres are required where neither tempo nor key is known.
        file_words: what the door takes where a file is needed.
    """

    block: Mapping[str, object]
    start_beat: float | None = None
    start_seconds: float | None = None
    whole_bars: bool = True
    into: str | None = None
    follows: str = ""
    origin: Mapping[str, Origin] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)
    needs_genres: bool = False
    file_words: FileWords = field(default_factory=FileWords)
