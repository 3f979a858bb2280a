"""The seam between the companion and everything that can make music: a request in, progress and cancel, stems out.

An engine lives in the worker process. It reports through `Progress`, and a report is also where it is stopped: when
the user has cancelled, the call raises `Cancelled`, so an engine that reports once a step stops within one step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Protocol

from engine.music import Key, Meter, TempoMap
from engine.score import Note

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Audio = NDArray[np.float32]
    """Samples, float32 [shape=(frames, channels)], full scale ±1."""

ENGINES = ("sketch", "ace-step", "remote")
"""The block's `engine` values beside "auto"."""
TASKS = ("text2music", "cover", "repaint", "extract", "lego", "complete")
"""The block's `task` values."""
AUTO = "auto"
"""The engine, or an engine's model, that suits best."""

Phase = Literal["queued", "loading", "generating", "separating", "aligning", "writing"]


class Progress(Protocol):
    """Takes an engine's progress reports."""

    def __call__(self, phase: Phase, fraction: float) -> None:
        """Report that `fraction` (0–1) of `phase` is done.

        Raises
        ------
        Cancelled
            If the user has cancelled: let it pass through.
        """


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What is known of an engine without loading it.

    Attributes:
        name: as in the block's `engine` ("sketch", "ace-step").
        label: what users read.
        stems: names a request may ask for.
        default_stems: what "auto" gives; empty leaves it to the engine, which goes by the music.
        tasks: the block's `task` values that it can do.
        models: the block's `model` values that it knows, the default first.
        notice: one plain sentence on what the engine is, shown in window, manifest and command line.
    """

    name: str
    label: str
    stems: tuple[str, ...]
    default_stems: tuple[str, ...]
    tasks: tuple[str, ...]
    models: tuple[str, ...]
    notice: str = ""


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """Everything an engine needs, checked and complete.

    Attributes:
        genres: styles, instruments and mood, with the DAW's tempo and key in place of other ones.
        key: None if nobody knows one: the engine picks.
        tempo_map: from the request's start, beat 0.
        length_beats: the result's length in quarter notes, exact.
        sample_rate: frames per second of the result.
        seed: 0–2^32−1; variation n of the request runs with `seed + n`, modulo 2^32.
        stems: names in the wanted order; empty = the engine's default ones.
        variations: how many results are wanted, 1–8.
        block: the whole parameter block as JSON values, for keys that only some engines know (`steps`, `cfg`, …).
    """

    genres: str
    key: Key | None
    meter: Meter
    tempo_map: TempoMap
    length_beats: Fraction
    sample_rate: int
    seed: int
    stems: tuple[str, ...] = ()
    variations: int = 1
    lyrics: str = ""
    pitch_shift_semitones: float = 0.0
    block: Mapping[str, object] = field(default_factory=dict)

    @property
    def frames(self) -> int:
        """Exact length of the result in frames."""
        return self.tempo_map.frames(self.length_beats, self.sample_rate)


@dataclass(frozen=True, slots=True)
class Stem:
    """One stem: float32 audio [shape=(frames, 2)] and, where the engine knows them, its notes."""

    name: str
    audio: Audio
    notes: tuple[Note, ...] | None = None
    is_drums: bool = False


@dataclass(frozen=True, slots=True)
class Generation:
    """One result of a request.

    How long the audio is, at the request's sample rate:

    - on the grid, of a text2music request: exactly `request.frames`;
    - on the grid, of a task on a source (repaint, extract, lego, complete): exactly as long as the source, on whose
      own time line it is, whatever the request's length; frame 0 is the source's frame 0;
    - off the grid: as the engine made it. The wanted music begins about `margin_s` into it; whoever aligns it finds
      the first downbeat and cuts `request.frames`.

    Attributes:
        stems: as long as the mix; empty where the engine makes only a mix, to be separated by somebody else.
        mix: float32 [shape=(frames, 2)]; where the engine renders stems it is their sum.
        seed: the one that ran.
        key: the key the music is in, if the engine knows.
        model: the model that ran.
        on_grid: True if the engine rendered on the request's own grid, so that nothing has to be warped.
        effective_params: keys of the block that ran with another value than asked (capped steps, …), with that value.
        notices: plain sentences the user should read.
        model_bpm: the quarter notes per minute that the model was asked for; None where it was not told, or has the
            source's. What it played may differ.
        margin_s: music before and after the wanted length, in which the aligner may look for the first downbeat.
        alignment: JSON values of a manifest's `alignment`, where whoever made it has measured it already.
        origin: JSON values on where it was made, if not on this machine.
    """

    stems: tuple[Stem, ...]
    mix: Audio
    seed: int
    key: Key | None
    model: str
    on_grid: bool
    effective_params: Mapping[str, object] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    model_bpm: float | None = None
    margin_s: float = 0.0
    alignment: Mapping[str, object] = field(default_factory=dict)
    origin: Mapping[str, object] = field(default_factory=dict)


class Engine(Protocol):
    """Something that makes music. One object lives in the worker process and serves one request at a time."""

    info: EngineInfo

    def load(self, progress: Progress, model: str = AUTO) -> None:
        """Get ready to generate with `model`, by default the one that suits best; harmless when already loaded.

        Raises
        ------
        EngineUnavailable
            If it cannot run here.
        """

    def generate(self, request: GenerationRequest, progress: Progress) -> Sequence[Generation]:
        """Return `request.variations` results.

        Raises
        ------
        Cancelled
            Out of `progress`.
        EngineFailed
            If it broke; the sentence says why and what to do.
        """

    def unload(self) -> None:
        """Give memory back; `load` may follow."""
