"""The takes of a project as the window shows them: read from their manifests, with the user's notes.

Names and favourites are stored in `notes.json` in the take's folder, so that they move with the project; the manifest
is never changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import takewhile
from pathlib import Path
from typing import Any

from bridge.home import user_files
from bridge.takes.colors import stem_color
from bridge.takes.manifest import meters_of, read_manifest
from bridge.takes.take import MANIFEST
from engine.errors import InvalidValue, StemBridgeError
from engine.music import Key, Meter, MeterMap, TempoMap

NOTES = "notes.json"
MAX_NAME_CHARS = 100


@dataclass(frozen=True, slots=True)
class StemFile:
    """One stem of a take: its name, WAV, colour (`#rrggbb`), the WAV's SHA-256, and its MIDI file if it has one."""

    name: str
    path: Path
    color: str
    sha256: str
    midi: Path | None = None


@dataclass(frozen=True, slots=True)
class TakeView:
    """A take as the window shows it.

    Attributes:
        manifest: path of the manifest, which also identifies the take.
        data: the whole manifest.
        stems: the stems in the manifest's order.
        name: the user's name for it; empty = none.
        favourite: True if the user marked it.
    """

    manifest: Path
    data: dict[str, Any]
    stems: tuple[StemFile, ...]
    name: str = ""
    favourite: bool = False

    @property
    def folder(self) -> Path:
        """The take's own folder."""
        return self.manifest.parent

    @property
    def title(self) -> str:
        """The user's name, or else the genres, or else the folder's name."""
        return self.name or str(self.data["params"].get("genres", "")).strip() or self.folder.name

    @property
    def mix(self) -> Path:
        """The mix's WAV."""
        return self.folder / str(self.data["mix"]["file"])

    @property
    def meter(self) -> Meter:
        """The time signature of the first bar."""
        return self.meters.first

    @property
    def meters(self) -> MeterMap:
        """The meter map from the take's start; constant where the manifest has none."""
        return meters_of(self.data)

    @property
    def tempo_map(self) -> TempoMap:
        """The tempo map from the take's start."""
        wire = self.data["tempo_map"]
        return TempoMap.parse(wire) if wire else TempoMap.constant(float(self.data["tempo"]))

    @property
    def key(self) -> Key | None:
        """The key, None if unknown."""
        return Key.parse(self.data["key"]) if self.data["key"] else None

    @property
    def frames(self) -> int:
        """The length in frames."""
        return int(self.data["frames"])

    @property
    def sample_rate(self) -> int:
        """The sample rate in Hz."""
        return int(self.data["sample_rate"])

    @property
    def seconds(self) -> float:
        """The length in seconds."""
        return self.frames / self.sample_rate

    @property
    def seed(self) -> int:
        """The seed that ran."""
        return int(self.data["params"].get("seed", 0))

    def bar_frames(self) -> list[int]:
        """Return the frame of every bar line, without the take's end."""
        return self._frames_of(self.meters.bar_starts(self._length_beats))

    def beat_frames(self) -> list[int]:
        """Return the frame of every beat of the meter's denominator, without the take's end."""
        return self._frames_of(beat for beat, _ in self.meters.beat_starts(self._length_beats))

    @property
    def _length_beats(self) -> float:
        """A little more than the length in quarter notes: lines are cut off by their frames."""
        return self.tempo_map.beats(self.seconds) + 1.0

    def _frames_of(self, beats: Iterable[Fraction]) -> list[int]:
        tempo_map = self.tempo_map
        frames = (tempo_map.frames(beat, self.sample_rate) for beat in beats)
        return list(takewhile(lambda frame: frame < self.frames, frames))


def read_take(manifest: Path) -> TakeView:
    """Return the take of `manifest`.

    Raises
    ------
    InvalidValue
        If it is not the manifest of a complete take.
    """
    data = read_manifest(manifest)
    try:
        view = TakeView(manifest, data, tuple(_stem(manifest.parent, entry) for entry in data["stems"]))
        if view.frames <= 0 or view.sample_rate <= 0 or view.tempo_map is None or view.meter is None:
            raise InvalidValue("manifest", str(manifest), "a take with some length")
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidValue("manifest", str(manifest), f"a complete take's ({error})") from None
    notes = _read_notes(manifest.parent)
    return replace(view, name=str(notes.get("name", ""))[:MAX_NAME_CHARS], favourite=notes.get("favourite") is True)


def scan(folders: Iterable[Path]) -> list[TakeView]:
    """Return every take in `folders` (folders of takes), newest first; everything else in them is ignored."""
    takes: list[TakeView] = []
    for folder in dict.fromkeys(folders):
        try:
            manifests = [path / MANIFEST for path in folder.iterdir() if not path.name.startswith(".")]
        except OSError:
            continue
        for manifest in manifests:
            try:
                takes.append(read_take(manifest))
            except InvalidValue:
                continue
    return sorted(takes, key=lambda take: str(take.data["created"]), reverse=True)


def annotate(take: TakeView, *, name: str | None = None, favourite: bool | None = None) -> TakeView:
    """Return the take with another name or favourite mark, and store both on disk.

    Raises
    ------
    StemBridgeError
        If they cannot be written.
    """
    changed = replace(
        take,
        name=take.name if name is None else " ".join(name.split())[:MAX_NAME_CHARS],
        favourite=take.favourite if favourite is None else favourite,
    )
    notes = {**_read_notes(take.folder), "name": changed.name, "favourite": changed.favourite}
    user_files.write_text(take.folder / NOTES, json.dumps(notes, ensure_ascii=False, indent=2) + "\n", replace=True)
    return changed


def trash(take: TakeView) -> None:
    """Move the take's folder to the system's trash.

    Raises
    ------
    StemBridgeError
        If the system has no trash for it; the take stays where it is.
    """
    import send2trash

    try:
        send2trash.send2trash(str(take.folder))
    except OSError as error:
        raise StemBridgeError(
            f"The take could not be moved to the trash ({error}); it stays in {take.folder}."
        ) from None


def _stem(folder: Path, entry: dict[str, Any]) -> StemFile:
    name = str(entry["name"])
    midi = folder / entry["midi"] if entry.get("midi") else None
    color = str(entry.get("color") or stem_color(name))
    return StemFile(name, folder / entry["file"], color, str(entry.get("sha256", "")), midi)


def _read_notes(folder: Path) -> dict[str, object]:
    try:
        content = json.loads(user_files.read_bytes(folder / NOTES))
    except (StemBridgeError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
