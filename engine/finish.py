"""What every engine's result goes through before it is a take: split into stems, and laid onto the project's grid.

A result that is on the grid and has stems passes as it is, sample for sample. ACE-Step's own way to get stems, the
block's task `extract`, needs nothing here: its results come with stems.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.contract import Generation, GenerationRequest, Stem
from engine.errors import EngineFailed, EngineUnavailable, ModelFault

if TYPE_CHECKING:
    from engine.align.conform import AlignmentReport
    from engine.align.measure import GridError
    from engine.contract import Audio
    from engine.separate import Separator

WHOLE = "music"
"""The only stem of a take that could not be split."""
OTHER = "other"
_CALLED = {"keyboard": "piano"}
"""ACE-Step's track names that a separator has another name for."""
_SIX_ONLY = ("guitar", "piano")

ADDS_UP_DB = -90.0

Report = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """A result on the grid.

    Attributes:
        generation: stems and mix, all as long as `request.frames`.
        request: what was asked for; its length is that of the audio.
        error: measured on the finished audio; None if nothing had to be moved, so that it is measured when written.
        details: how it got onto the grid, JSON values.
    """

    generation: Generation
    request: GenerationRequest
    error: GridError | None = None
    details: Mapping[str, object] = field(default_factory=dict)


def split(generation: Generation, request: GenerationRequest, separator: Separator, report: Report) -> Generation:
    """Return `generation` with stems; where it cannot be split, with its mix as the only one and a notice why.

    Raises
    ------
    Cancelled
        Out of `report`.
    """
    if generation.stems:
        return generation
    try:
        audio, told = _separated(generation.mix, request, separator, report)
    except (EngineUnavailable, ModelFault, EngineFailed) as error:
        audio, told = {WHOLE: generation.mix}, (f"The take is one stem, for it could not be split. {error}",)
    stems = tuple(Stem(name, samples, is_drums=name == "drums") for name, samples in audio.items())
    return replace(generation, stems=stems, notices=(*generation.notices, *told))


def _separated(
    mix: Audio, request: GenerationRequest, separator: Separator, report: Report
) -> tuple[dict[str, Audio], tuple[str, ...]]:
    """Return the wanted stems in the wanted order, all others together as `OTHER`, and notices."""
    wanted = {name: _CALLED.get(name, name) for name in request.stems}
    made = separator.separate(mix, request.sample_rate, report, separator.best(set(wanted.values()) & set(_SIX_ONLY)))
    if not wanted:
        return made.stems, made.notices
    chosen = {name: made.stems[source] for name, source in wanted.items() if source in made.stems and name != OTHER}
    rest = [audio for source, audio in made.stems.items() if source not in wanted.values() or source == OTHER]
    if rest:
        chosen[OTHER] = sum(rest[1:], start=rest[0])
    lost = [name for name, source in wanted.items() if source not in made.stems]
    if lost:
        return chosen, (*made.notices, f"The separator has no stem {' and no '.join(lost)}: that is in “{OTHER}”.")
    return chosen, made.notices


def align(generation: Generation, request: GenerationRequest, report: Report) -> Aligned:
    """Return `generation`, which has stems, on the grid of `request`.

    Raises
    ------
    EngineFailed
        If its audio cannot be used.
    Cancelled
        Out of `report`.
    """
    if generation.on_grid:
        return Aligned(generation, _as_long_as(request, len(generation.mix)), details=generation.alignment)
    from engine.align.conform import TargetGrid, conform
    from engine.levels import sum_error_db

    wanted_bpm = float(request.tempo_map.points[0].bpm)
    model_bpm = generation.model_bpm or wanted_bpm
    # Stems that add up to the mix do so afterwards; only another mix has to be warped itself.
    adds_up = sum_error_db([stem.audio for stem in generation.stems], generation.mix) <= ADDS_UP_DB
    conformed = conform(
        {stem.name: stem.audio for stem in generation.stems},
        request.sample_rate,
        TargetGrid(request.tempo_map, request.meter, request.length_beats),
        model_bpm,
        mix=None if adds_up else generation.mix,
        pitch_semitones=request.pitch_shift_semitones,
        report=report,
    )
    stems = tuple(replace(stem, audio=conformed.stems[stem.name]) for stem in generation.stems)
    notices = (*generation.notices, *conformed.report.notices)
    finished = replace(generation, stems=stems, mix=conformed.mix, on_grid=True, notices=notices)
    return Aligned(finished, request, conformed.report.error, details(conformed.report, model_bpm))


def details(report: AlignmentReport, model_bpm: float) -> dict[str, object]:
    """Return how audio got onto its grid, as the manifest says it."""
    beats = report.beats
    return {
        "warp": report.method,
        "map": report.model,
        "residual_ms": report.residual_ms,
        "tempo_expected": model_bpm,
        "tempo_tracked": None if beats is None or not len(beats.times_s) else beats.tempo_bpm,
        "tempo_relation": None if beats is None else str(beats.tempo_relation),
    }


def _as_long_as(request: GenerationRequest, frames: int) -> GenerationRequest:
    """Return the request with the length of what a task on a source has made, on that source's own time line."""
    if frames == request.frames:
        return request
    beats = Fraction(request.tempo_map.beats(frames / request.sample_rate))
    return replace(request, length_beats=beats)
