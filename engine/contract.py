"""The interface between the companion and every engine: a request in, progress and cancellation, stems out.

An engine lives in the worker process and reports through a `Progress` callback. The callback also cancels: when the
user has cancelled, it raises `Cancelled`, so an engine that reports once a step stops within one step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, Protocol

from engine.capability import Capabilities
from engine.music import Key, Meter, MeterMap, TempoMap
from engine.origin import ASKED, Origin
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
LOOPS, ENDS = "loop", "end"
ENDINGS = (LOOPS, ENDS)
"""The block's `ending` values beside "auto": it repeats without a seam, or ends with a last chord that dies away."""
AUTO = "auto"
"""The value that selects the best available engine, or the best model of an engine."""

Phase = Literal["queued", "loading", "generating", "separating", "aligning", "writing"]


class Progress(Protocol):
    """A callback for an engine's progress."""

    def __call__(self, phase: Phase, fraction: float) -> None:
        """Report that `fraction` (0–1) of `phase` is done.

        Raises
        ------
        Cancelled
            If the user has cancelled; the engine lets it propagate.
        """


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """A description of an engine that is available without loading it.

    Attributes:
        name: as in the block's `engine` ("sketch", "ace-step").
        label: the name that users read.
        stems: names that a request may have.
        default_stems: the stems of "auto"; empty if the engine decides by the music.
        tasks: the block's `task` values that it supports.
        models: the block's `model` values that it supports, the default first.
        notice: one sentence about the engine, shown in the window, the manifest and the command line.
        capabilities: the use that it makes of each key of the block; models may differ (`engine.capabilities`).
    """

    name: str
    label: str
    stems: tuple[str, ...]
    default_stems: tuple[str, ...]
    tasks: tuple[str, ...]
    models: tuple[str, ...]
    notice: str = ""
    capabilities: Capabilities = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """A validated and complete request to an engine.

    Attributes:
        genres: styles, instruments and mood; tempo and key in the text are the DAW's.
        key: None if unknown; the engine picks one.
        meter: of the first bar.
        tempo_map: from the request's start, beat 0.
        length_beats: the result's length in quarter notes, exact.
        sample_rate: frames per second of the result.
        seed: 0–2^32−1; variation n of the request runs with `seed + n`, modulo 2^32.
        stems: names in the requested order; empty = the engine's default ones.
        variations: number of results, 1–8.
        block: the parameter block as JSON values, for keys that only some engines use (`steps`, `cfg`, …); what
            nobody said is absent.
        origin: who said each value of `block`; a value without one was asked for.
        meter_map: the changes of meter within the length; None = `meter` throughout.
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
    origin: Mapping[str, str] = field(default_factory=dict)
    meter_map: MeterMap | None = None

    def asked(self, name: str) -> bool:
        """Return True if the block has a value of `name` that somebody asked for."""
        return name in self.block and self.origin.get(name, Origin.USER) in ASKED

    @property
    def meters(self) -> MeterMap:
        """The meter map from the request's start."""
        return self.meter_map or MeterMap.constant(self.meter)

    @property
    def bars(self) -> float:
        """The length in bars of the meter map."""
        return float(self.meters.bars(self.length_beats))

    @property
    def frames(self) -> int:
        """Exact length of the result in frames."""
        return self.tempo_map.frames(self.length_beats, self.sample_rate)


class Source(Protocol):
    """Audio that is read a stretch at a time, all channels of a take side by side: one decision for all."""

    @property
    def frames(self) -> int:
        """Length in frames."""

    @property
    def channels(self) -> int:
        """Number of channels of all stems together."""

    def read(self, start: int, stop: int) -> Audio:
        """Return frames `start` to `stop`, float32 [shape=(stop − start, channels)]; silence outside the audio."""


@dataclass(frozen=True, slots=True)
class Stem:
    """One stem.

    Attributes:
        name: unique in its take.
        audio: float32 [shape=(frames, 2)].
        notes: what is played; None if the engine does not know.
        is_drums: True if the notes' pitches are General MIDI percussion keys.
        program: General MIDI program of the instrument, 0–127, for drums that of the kit; None if unknown.
    """

    name: str
    audio: Audio
    notes: tuple[Note, ...] | None = None
    is_drums: bool = False
    program: int | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """One result of a request.

    The length of the audio at the request's sample rate depends on where it is from:

    - on the grid, of a text2music request: exactly `request.frames`;
    - on the grid, of a task on a source (repaint, extract, lego, complete): exactly as long as the source and on
      the source's time line, regardless of the request's length; frame 0 is the source's frame 0;
    - off the grid: as generated. The requested music begins about `margin_s` into it; alignment finds the first
      downbeat and cuts `request.frames`.

    Attributes:
        stems: as long as the mix; empty if the engine makes only a mix, which the separator then splits.
        mix: float32 [shape=(frames, 2)]; where the engine renders stems it is their sum.
        seed: the seed that was used.
        key: the key of the music; None if unknown.
        model: the model that was used.
        on_grid: True if the engine rendered on the request's own grid, so that no warping is needed.
        effective_params: keys of the block that the engine decided or changed (capped steps, …), with the value that
            was used.
        param_origin: who decided each of them, where it was not the model.
        notices: sentences for the user.
        model_bpm: the tempo in quarter notes per minute that the model was given; None if it was given none, or the
            source's. The tempo it played may differ.
        margin_s: music before and after the requested length, in which alignment searches the first downbeat.
        alignment: JSON values of a manifest's `alignment`, if it has been measured already.
        origin: JSON values on the machine that made it, if not this one.
    """

    stems: tuple[Stem, ...]
    mix: Audio
    seed: int
    key: Key | None
    model: str
    on_grid: bool
    effective_params: Mapping[str, object] = field(default_factory=dict)
    param_origin: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    model_bpm: float | None = None
    margin_s: float = 0.0
    alignment: Mapping[str, object] = field(default_factory=dict)
    origin: Mapping[str, object] = field(default_factory=dict)


class Engine(Protocol):
    """A music generator. One object lives in the worker process and serves one request at a time."""

    info: EngineInfo

    def load(self, progress: Progress, model: str = AUTO) -> None:
        """Load `model`, by default the best available one; does nothing if it is loaded already.

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
            If generation failed; the sentence says why and what to do.
        """

    def unload(self) -> None:
        """Free the memory; `load` may follow."""
