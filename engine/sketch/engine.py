"""The sketch engine behind the seam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.score import Note, Part
from engine.seam import AUTO, EngineInfo, Generation, GenerationRequest, Phase, Progress, Stem

if TYPE_CHECKING:
    from engine.seam import Audio
    from engine.sketch.composition import Composition

SEEDS = 2**32
_COMPOSED = 0.1
"""Share of one variation's progress that composing takes."""


class SketchEngine:
    """Composes by tables and renders by its own synthesisers; needs no weights and no GPU."""

    def __init__(self, info: EngineInfo) -> None:
        self.info = info

    def load(self, progress: Progress, model: str = AUTO) -> None:  # noqa: ARG002  (there is one model)
        """Import the renderer and read the styles; takes about a second the first time, nothing later."""
        progress("loading", 0.0)
        from engine.sketch import render  # noqa: F401  (scipy is what takes the second)
        from engine.sketch.style import load_styles

        load_styles()
        progress("loading", 1.0)

    def unload(self) -> None:
        """Forget the cached sounds."""
        from engine.sketch.synth.cache import clear

        clear()

    def generate(self, request: GenerationRequest, progress: Progress) -> Sequence[Generation]:
        """Return `request.variations` pieces, each with the next seed."""
        return [self._generate_one(request, index, progress) for index in range(request.variations)]

    def _generate_one(self, request: GenerationRequest, index: int, progress: Progress) -> Generation:
        from engine.sketch.compose import compose
        from engine.sketch.render import render

        phase: Phase = "generating"

        def report(share: float) -> None:
            progress(phase, (index + share) / request.variations)

        report(0.0)
        seed = (request.seed + index) % SEEDS
        composition = compose(
            request.genres,
            request.key,
            request.meter,
            request.tempo_map,
            request.length_beats,
            request.stems or self.info.default_stems,
            seed,
        )
        audio = render(
            composition,
            request.sample_rate,
            seed,
            request.pitch_shift_semitones,
            lambda share: report(_COMPOSED + (1 - _COMPOSED) * share),
        )
        return self._generation(request, composition, audio, seed)

    def _generation(
        self, request: GenerationRequest, composition: Composition, audio: dict[str, Audio], seed: int
    ) -> Generation:
        stems = tuple(
            Stem(part.stem, audio[part.stem], _sounding(part, request.pitch_shift_semitones), part.is_drums)
            for part in composition.score.parts
        )
        notices = [self.info.notice, *composition.notices]
        if request.lyrics.strip():
            notices.append("The lyrics were not sung: the sketch engine has no voice.")
        return Generation(
            stems=stems,
            mix=_sum([stem.audio for stem in stems]),
            seed=seed,
            key=composition.score.key,
            model=self.info.models[0],
            on_grid=True,
            notices=tuple(notices),
        )


def _sum(stems: Sequence[Audio]) -> Audio:
    """Add the stems up in their order, so that the same stems give the same bits."""
    mix = stems[0].copy()
    for stem in stems[1:]:
        mix += stem
    return mix


def _sounding(part: Part, semitones: float) -> tuple[Note, ...]:
    """Return the part's notes as they sound: the nearest whole semitones up or down, drums as they are."""
    shift = 0 if part.is_drums else round(semitones)
    if not shift:
        return part.notes
    moved = (Note(n.start_beats, n.length_beats, n.pitch + shift, n.velocity) for n in part.notes)
    return tuple(note for note in moved if 0 <= note.pitch <= 127)
