"""The tags of an audio file: title, tempo and key of its music, and where it is from. No numpy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import bridge
from bridge.takes.file_names import MIX_STEM, bpm_text
from bridge.takes.manifest import length_beats_of, title_of
from engine.music import Key, TempoMap

ARTIST = "Stem Bridge"
MAX_COMMENT_CHARS = 8000
_UNTUNED = ("drums", "percussion")
_MINOR_THIRD = 3


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of one file; empty text and None are left out.

    Attributes:
        title: of the music, and the stem.
        comment: prompt and seed.
        bpm: quarter notes per minute; the mean where the tempo changes.
        key: as DJ programs write it: `Em`, `F#m`, `Bb`; a mode is told by its third, D dorian as `Dm`.
        mode_key: the key in words if it is neither major nor minor.
        date: ISO 8601, the day.
    """

    title: str
    comment: str = ""
    bpm: float | None = None
    key: str = ""
    mode_key: str = ""
    date: str = ""
    artist: str = ARTIST

    @property
    def software(self) -> str:
        """The program that made the music, with its version."""
        return f"{ARTIST} {bridge.__version__}"

    @property
    def exact_bpm(self) -> str:
        """The tempo as text with at most three decimals, "" if unknown."""
        return "" if self.bpm is None else bpm_text(self.bpm)


def tags_of(manifest: Mapping[str, Any], stem: str, title: str = "") -> Tags:
    """Return the tags of a stem of a complete take, or of its mix; `title` replaces the take's own."""
    music = title or title_of(manifest) or str(manifest["id"])
    key = Key.parse(manifest["key"]) if manifest["key"] and stem not in _UNTUNED else None
    return Tags(
        title=music if stem == MIX_STEM else f"{music} {stem}",
        comment=_comment(manifest),
        bpm=mean_bpm(manifest),
        key="" if key is None else key.tonic + ("m" if _MINOR_THIRD in _steps(key) else ""),
        mode_key=str(key) if key is not None and key.mode not in ("major", "minor") else "",
        date=str(manifest["created"])[:10],
    )


def mean_bpm(manifest: Mapping[str, Any]) -> float:
    """Return a take's tempo, or its mean tempo if it changes."""
    if not manifest["tempo_map"]:
        return float(manifest["tempo"])
    beats = length_beats_of(manifest)
    return 60.0 * float(beats) / TempoMap.parse(manifest["tempo_map"]).seconds(beats)


def _comment(manifest: Mapping[str, Any]) -> str:
    prompt = str(manifest.get("prompt") or manifest["params"].get("genres", ""))[:MAX_COMMENT_CHARS]
    seed = manifest["params"].get("seed")
    return prompt if seed is None or manifest["engine"] == "align" else f"{prompt} (seed {seed})".strip()


def _steps(key: Key) -> set[int]:
    return {(pitch - key.pitch_class) % 12 for pitch in key.scale}
