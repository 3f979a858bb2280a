"""The sketch engine as an implementation of the engine contract."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.contract import AUTO, EngineInfo, Generation, GenerationRequest, Phase, Progress, Stem
from engine.origin import Origin
from engine.score import Note, Part
from engine.sketch.gm_programs import GM_PROGRAMS
from engine.sketch.unsung import unsung

if TYPE_CHECKING:
    from engine.contract import Audio
    from engine.sketch.composition import Composition
    from engine.sketch.library import StyleLibrary

SEEDS = 2**32
_COMPOSED = 0.1
"""Share of a variation's progress taken by composing; rendering takes the rest."""


class SketchEngine:
    """Composes from style tables and renders with built-in synthesisers; needs no model weights and no GPU."""

    def __init__(self, info: EngineInfo, styles_folder: Path | None = None) -> None:
        """Take the engine's description and the folder of the user's own styles, which may be missing."""
        self.info = info
        self._styles_folder = styles_folder
        self._library: StyleLibrary | None = None

    def load(self, progress: Progress, model: str = AUTO) -> None:  # noqa: ARG002  (there is one model)
        """Import the renderer and read the styles; takes about a second the first time, nothing later.

        The user's own styles are read again on every call, so that an edited file takes effect at once.
        """
        progress("loading", 0.0)
        from engine.sketch import render  # noqa: F401  (scipy is what takes the second)
        from engine.sketch.library import load_styles

        folder = self._styles_folder
        self._library = load_styles(folder if folder is not None and folder.is_dir() else None)
        progress("loading", 1.0)

    def unload(self) -> None:
        """Clear the cache of rendered strokes."""
        from engine.sketch.synth.cache import clear

        clear()

    def generate(self, request: GenerationRequest, progress: Progress) -> Sequence[Generation]:
        """Return `request.variations` pieces, each with the seed one higher than the one before."""
        return [self._generate_one(request, index, progress) for index in range(request.variations)]

    def _generate_one(self, request: GenerationRequest, index: int, progress: Progress) -> Generation:
        from engine.sketch.compose import compose, read_wishes
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
            read_wishes(request.block, request.lyrics),
            self._library,
            lambda: report(0.0),
            request.meter_map,
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
            Stem(
                part.stem,
                audio[part.stem],
                _sounding(part, request.pitch_shift_semitones),
                part.is_drums,
                GM_PROGRAMS[part.instrument],
            )
            for part in composition.score.parts
        )
        faults = self._library.faults if self._library is not None else ()
        notices = [self.info.notice, *composition.notices, *faults, *filter(None, [unsung(request.lyrics)])]
        return Generation(
            stems=stems,
            mix=_sum([stem.audio for stem in stems]),
            seed=seed,
            key=composition.score.key,
            model=self.info.models[0],
            on_grid=True,
            effective_params={} if request.key else {"key": str(composition.score.key)},
            param_origin={"key": Origin.STYLE},
            notices=tuple(notices),
        )


def _sum(stems: Sequence[Audio]) -> Audio:
    """Return the sum of the stems, added in their order, so that the same stems give the same bits."""
    mix = stems[0].copy()
    for stem in stems[1:]:
        mix += stem
    return mix


def _sounding(part: Part, semitones: float) -> tuple[Note, ...]:
    """Return the part's notes at sounding pitch: transposed by the nearest whole semitones, except drums."""
    shift = 0 if part.is_drums else round(semitones)
    if not shift:
        return part.notes
    moved = (Note(n.start_beats, n.length_beats, n.pitch + shift, n.velocity) for n in part.notes)
    return tuple(note for note in moved if 0 <= note.pitch <= 127)
