"""The sketch engine's renderer: a composition in, one stereo stem for each part out.

Parts are rendered side by side in two threads; each is a matter of its own, so the bytes do not depend on which is
ready first. Then the mix is balanced and mastered. Progress is told from the calling thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from engine.score import Part
from engine.sketch.composition import Composition
from engine.sketch.mix import balance, master, part_loudness
from engine.sketch.mix_place import Loop, hits, place
from engine.sketch.mix_strip import drive, duck, through_strip
from engine.sketch.mix_work import Work
from engine.sketch.synth import find_voice
from engine.sketch.synth.kits import KICK_KEYS
from engine.sketch.synth.voice import Sound, Voice

if TYPE_CHECKING:
    from engine.seam import Audio

_THREADS = 2
_POLL_S = 0.03
_PARTS_SHARE = 0.85


def render(
    composition: Composition,
    sample_rate: int,
    seed: int,
    pitch_shift_semitones: float,
    report: Callable[[float], None],
) -> dict[str, Audio]:
    """Return the composition's parts as sound, float32 [shape=(frames, 2)] by stem name in the order of the parts.

    Every stem has exactly `tempo_map.frames(length_beats, sample_rate)` frames and loops without a seam; together
    they are the mix, at −14 LUFS and at most −1 dBTP. Equal arguments give equal bytes. `pitch_shift_semitones` tunes
    all but the drums; `report` takes the done share, 0–1, thirty times a second, and what it raises goes through.

    Raises
    ------
    InvalidValue
        If a part has an instrument that is not in `INSTRUMENTS`.
    """
    score = composition.score
    voices = [find_voice(part.instrument) for part in score.parts]
    if not voices:
        return {}
    report(0.0)
    loop = Loop(score.tempo_map, score.length_beats, sample_rate, pitch_shift_semitones)
    raw = _render_parts(composition, voices, loop, seed, report)
    stems = {part.stem: sound for part, (sound, _) in zip(score.parts, raw, strict=True)}
    loudness = {part.stem: lufs for part, (_, lufs) in zip(score.parts, raw, strict=True)}
    gains = balance(loudness, composition.mixes)

    def report_master(share: float) -> None:
        report(_PARTS_SHARE + (1.0 - _PARTS_SHARE) * share)

    master(list(stems.values()), [gains[name] for name in stems], sample_rate, report_master)
    report(1.0)
    return stems


def _render_parts(
    composition: Composition, voices: Sequence[Voice], loop: Loop, seed: int, report: Callable[[float], None]
) -> list[tuple[Sound, float]]:
    """Return each part's raw stem and its loudness in LUFS, in the order of the parts."""
    parts = composition.score.parts
    works = [Work() for _ in parts]
    kicks = _kicks(composition, voices, loop)
    with ThreadPoolExecutor(_THREADS, "sketch-part") as pool:
        futures = [
            pool.submit(_render_part, composition, part, voice, loop, seed, kicks, work)
            for part, voice, work in zip(parts, voices, works, strict=True)
        ]
        try:
            pending: set[Future[tuple[Sound, float]]] = set(futures)
            while pending:
                done, pending = wait(pending, _POLL_S, FIRST_EXCEPTION)
                for future in done:
                    future.result()
                report(_PARTS_SHARE * sum(work.done for work in works) / len(works))
        except BaseException:
            for work in works:
                work.stop()
            for future in futures:
                future.cancel()
            raise
    return [future.result() for future in futures]


def _render_part(
    composition: Composition, part: Part, voice: Voice, loop: Loop, seed: int, kicks: Sequence[int], work: Work
) -> tuple[Sound, float]:
    mix = composition.mixes[part.stem]
    bed = place(part, voice, loop, seed, work)
    if voice.drive is not None:
        drive(bed[0], voice.drive, loop.rate, work)
    if not part.is_drums:
        duck(bed, kicks, mix.duck, loop.rate)
    stem = through_strip(bed, voice, mix, loop, work)
    return stem, part_loudness(stem, loop.rate, work)


def _kicks(composition: Composition, voices: Sequence[Voice], loop: Loop) -> list[int]:
    """Return the frames at which a kick drum is struck, in order."""
    return sorted(
        {
            hit.start
            for part, voice in zip(composition.score.parts, voices, strict=True)
            if part.is_drums
            for hit in hits(part, voice, loop)
            if hit.key in KICK_KEYS
        }
    )
