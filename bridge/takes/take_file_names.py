"""Names of all files of one take, fixed before any of them is written. No numpy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bridge.takes.file_names import MIX_STEM, FileLabel, base_names, key_words, room_in, short_id, tempo_words
from bridge.takes.naming import stem_file_name
from bridge.takes.staging import staging_path
from bridge.takes.take import MANIFEST, SONG, Take


@dataclass(frozen=True, slots=True)
class TakeFileNames:
    """Names of a take's files.

    Attributes:
        stems: the WAV of each stem.
        midi: the MIDI file of each stem, None without notes.
        mix: the mix's WAV.
        song: the MIDI file with all parts, None if no notes are known.
    """

    stems: tuple[str, ...]
    midi: tuple[str | None, ...]
    mix: str
    song: str | None

    @classmethod
    def of(cls, take: Take, folder: Path) -> TakeFileNames:
        """Return the names for a take that is written to `folder`, directly or into a folder of its own there."""
        stems = take.generation.stems
        names = [*(stem_file_name(stem.name) for stem in stems), MIX_STEM]
        *bases, mix = base_names(
            [_label(take, name) for name in names], room_in(staging_path(folder, take.folder_name))
        )
        midi = tuple(
            f"{base}.mid" if stem.notes is not None else None for base, stem in zip(bases, stems, strict=True)
        )
        return cls(tuple(f"{base}.wav" for base in bases), midi, f"{mix}.wav", SONG if any(midi) else None)

    def all(self) -> list[str]:
        """Return every name, the manifest's last."""
        midi = [name for name in (*self.midi, self.song) if name]
        return [*self.stems, *midi, self.mix, MANIFEST]


def _label(take: Take, stem: str) -> FileLabel:
    tempo = tempo_words(take.request.tempo_map, take.request.length_beats)
    return FileLabel(take.title, short_id(take.take_id), tempo, key_words(take.key), stem)
