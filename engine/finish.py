"""Turns an engine's result into the audio of a take: splits it into stems and aligns it to the project's grid.

A result that has stems and is on the grid passes unchanged, sample for sample.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from engine.contract import ENDS, Generation, GenerationRequest, Stem
from engine.errors import EngineFailed, EngineUnavailable, ModelFault

if TYPE_CHECKING:
    from engine.align.conform import AlignmentReport
    from engine.align.measure import GridError
    from engine.contract import Audio
    from engine.separate import Separator

UNSPLIT_STEM = "music"
"""Name of the only stem of a take that could not be split."""
OTHER = "other"
_SEPARATOR_NAMES = {"keyboard": "piano"}
"""ACE-Step's track names for which the separator has another name."""
_SIX_STEMS_ONLY = ("guitar", "piano")
"""Stems that only the separator with six stems has."""

ADDS_UP_DB = -90.0
"""Stems whose sum differs from the mix by less than this add up to it."""

_LONGEST_FADE_S = 4.0

Report = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Aligned:
    """A result on the grid.

    Attributes:
        generation: stems and mix, all as long as `request.frames`.
        request: the request, its length changed to that of the audio.
        error: measured on the warped audio; None if nothing was warped: it is then measured when the take is written.
        details: JSON values on the alignment.
    """

    generation: Generation
    request: GenerationRequest
    error: GridError | None = None
    details: Mapping[str, object] = field(default_factory=dict)


def split(generation: Generation, request: GenerationRequest, separator: Separator, report: Report) -> Generation:
    """Return `generation` with stems; if its mix cannot be split, the mix is the only stem and a notice says why.

    Raises
    ------
    Cancelled
        Out of `report`.
    """
    if generation.stems:
        return generation
    try:
        audio, notices = _separated(generation.mix, request, separator, report)
    except (EngineUnavailable, ModelFault, EngineFailed) as error:
        audio = {UNSPLIT_STEM: generation.mix}
        notices = (f"The take is one stem, for it could not be split. {error}",)
    stems = tuple(Stem(name, samples, is_drums=name == "drums") for name, samples in audio.items())
    return replace(generation, stems=stems, notices=(*generation.notices, *notices))


def _separated(
    mix: Audio, request: GenerationRequest, separator: Separator, report: Report
) -> tuple[dict[str, Audio], tuple[str, ...]]:
    """Return the requested stems in their order, the sum of all others as `OTHER`, and notices."""
    wanted = {name: _SEPARATOR_NAMES.get(name, name) for name in request.stems}
    model = separator.best(set(wanted.values()) & set(_SIX_STEMS_ONLY))
    made = separator.separate(mix, request.sample_rate, report, model)
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
    from engine.align.cut import SEAM_S
    from engine.levels import sum_error_db

    wanted_bpm = float(request.tempo_map.points[0].bpm)
    model_bpm = generation.model_bpm or wanted_bpm
    ends = request.block.get("ending") == ENDS
    # Warped stems of such a mix still add up to it, so only another mix has to be warped itself.
    adds_up = sum_error_db([stem.audio for stem in generation.stems], generation.mix) <= ADDS_UP_DB
    conformed = conform(
        {stem.name: stem.audio for stem in generation.stems},
        request.sample_rate,
        TargetGrid(request.tempo_map, request.meter, request.length_beats, request.meter_map),
        model_bpm,
        mix=None if adds_up else generation.mix,
        pitch_semitones=request.pitch_shift_semitones,
        ending="one_shot" if ends else "loop",
        fade_s=_fade_s(request) if ends else SEAM_S,
        report=report,
    )
    stems = tuple(replace(stem, audio=conformed.stems[stem.name]) for stem in generation.stems)
    notices = (*generation.notices, *conformed.report.notices)
    finished = replace(generation, stems=stems, mix=conformed.mix, on_grid=True, notices=notices)
    return Aligned(finished, request, conformed.report.error, details(conformed.report, model_bpm))


def _fade_s(request: GenerationRequest) -> float:
    """Return how long a piece fades whose engine played on after its end: the last bar, at most half the piece."""
    tempo_map, length = request.tempo_map, request.length_beats
    start = max(length - request.meter.bar_beats, length / 2)
    return min(_LONGEST_FADE_S, tempo_map.seconds(length) - tempo_map.seconds(start))


def details(report: AlignmentReport, model_bpm: float) -> dict[str, object]:
    """Return the manifest's JSON values on the warping."""
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
    """Return the request with the length of `frames`: the result of a task on a source is as long as the source."""
    if frames == request.frames:
        return request
    beats = Fraction(request.tempo_map.beats(frames / request.sample_rate))
    return replace(request, length_beats=beats)
