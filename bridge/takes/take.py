"""Data types of a take before it is written, and of its files afterwards. No numpy at import time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from bridge.takes.file_names import title_words

if TYPE_CHECKING:
    from engine.align.measure import GridError
    from engine.contract import Generation, GenerationRequest
    from engine.music import Key

BitDepth = Literal["16", "24", "float"]

MANIFEST = "manifest.json"
SONG = "song.mid"
"""All parts of a take in one MIDI file."""
OLD_MIX = "mix.wav"
"""The mix's name in takes before files had names to travel, and still in links of HTTP clients."""


@dataclass(frozen=True, slots=True)
class Take:
    """A finished take, ready to be written.

    Attributes:
        take_id: globally unique; part of `folder_name`.
        folder_name: from `naming.take_folder_name`.
        created: with a time zone.
        engine: the engine's name as in the block ("sketch", "ace-step").
        generation: stems and mix, each exactly `request.frames` long.
        request: the request to the engine.
        start_beat: start of the take in the project, in quarter-note beats.
        start_seconds: the same in seconds from the project's start, if the DAW sent it; None = convert `start_beat`
            at the take's first tempo.
        bars: the length in bars of `request.meters`.
        params: the parameter block of the request; the manifest replaces values by those that the engine really used.
        origin: who said or decided each of them; what has none is a default.
        prompt: the text that the engine was given.
        bit_depth: of every WAV.
        timings: seconds by phase.
        alignment: None = the audio is measured against the grid while it is written.
        alignment_details: JSON values beside it in the manifest, on how the audio was aligned.
        given_title: words that say what the music is; empty = those of the request's genres.
    """

    take_id: str
    folder_name: str
    created: datetime
    engine: str
    generation: Generation
    request: GenerationRequest
    start_beat: float
    start_seconds: float | None
    bars: float
    params: Mapping[str, object]
    prompt: str
    bit_depth: BitDepth = "24"
    timings: Mapping[str, float] = field(default_factory=dict)
    alignment: GridError | None = None
    alignment_details: Mapping[str, object] = field(default_factory=dict)
    given_title: str = ""
    origin: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Words that say what the music is; its files are named by them."""
        return self.given_title or title_words(self.request.genres)

    @property
    def key(self) -> Key | None:
        """The key of the music, None if unknown."""
        return self.generation.key or self.request.key

    @property
    def time_reference_frames(self) -> int:
        """The take's start in frames since the project's start, never below 0."""
        seconds = self.start_seconds
        if seconds is None:
            seconds = self.start_beat * 60.0 / self.request.tempo_map.points[0].bpm
        return max(0, round(seconds * self.request.sample_rate))


@dataclass(frozen=True, slots=True)
class AudioFile:
    """Names, levels and digest of one WAV; levels are those of the samples in the file.

    Attributes:
        name: the stem's name, or "mix".
        file: name of the WAV beside the manifest.
        midi: name of the MIDI file beside it, None without notes.
        peak_db: sample peak in dBFS.
        lufs: integrated loudness, None for silence and below 0.4 s.
        sha256: of the whole WAV, lower-case hexadecimal.
    """

    name: str
    file: str
    midi: str | None
    peak_db: float
    lufs: float | None
    sha256: str


@dataclass(frozen=True, slots=True)
class WrittenTake:
    """Files and measurements of a take once everything but the manifest is on disk.

    Attributes:
        stems: in the generation's order.
        mix: the mix.
        song: name of the MIDI file with all parts, None if no notes are known.
        alignment: timing of the audio against the grid.
        stem_sum_error_db: peak of the sum of the stems' files minus the mix's file, in dBFS; None without stems.
        gain_db: gain (0 or less) that was applied to all of them to fit an integer format.
        notices: plain sentences for the user, beside the generation's own.
    """

    stems: tuple[AudioFile, ...]
    mix: AudioFile
    alignment: GridError
    stem_sum_error_db: float | None
    gain_db: float = 0.0
    notices: tuple[str, ...] = ()
    song: str | None = None
