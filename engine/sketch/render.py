"""The sketch engine's renderer: a composition in, one stereo stem for each part out.

Parts are played side by side in two threads; each is a matter of its own, so the bytes do not depend on which is
ready first. Then the mix is planned, the parts go through their strips, and the mix is mastered. Progress is told
from the calling thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from engine.score import Part
from engine.sketch.composition import Composition, PartMix
from engine.sketch.mix import master
from engine.sketch.mix_place import Loop, hits, place
from engine.sketch.mix_plan import Heard, balance, listen, settle
from engine.sketch.mix_strip import drive, duck, through_strip
from engine.sketch.mix_tone import Desk
from engine.sketch.mix_work import Work
from engine.sketch.synth import find_voice
from engine.sketch.synth.kits import KICK_KEYS
from engine.sketch.synth.voice import Sound, Voice

if TYPE_CHECKING:
    from engine.seam import Audio

T = TypeVar("T")

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
    names = [part.stem for part in score.parts]
    works = [Work() for _ in names]

    def report_parts() -> None:
        report(_PARTS_SHARE * sum(work.done for work in works) / len(works))

    style = composition.mix_style
    desk = Desk(style.space, loop.frame(style.echo_beats))
    kicks = _kicks(composition, voices, loop)
    dry = _side_by_side(
        [
            partial(_dry, part, voice, composition.mixes[part.stem], desk, loop, seed, kicks, work)
            for part, voice, work in zip(score.parts, voices, works, strict=True)
        ],
        works,
        report_parts,
    )
    heard = [part for _, part in dry]
    gains = balance(dict(zip(names, heard, strict=True)), composition.mixes)
    desk = settle(desk, style, heard, list(gains.values()), sample_rate)
    wet = _side_by_side(
        [
            partial(through_strip, bed, voice, composition.mixes[name], desk, loop, work)
            for name, (bed, _), voice, work in zip(names, dry, voices, works, strict=True)
        ],
        works,
        report_parts,
    )
    stems = dict(zip(names, wet, strict=True))

    def report_master(share: float) -> None:
        report(_PARTS_SHARE + (1.0 - _PARTS_SHARE) * share)

    master(list(stems.values()), list(gains.values()), sample_rate, report_master)
    report(1.0)
    return stems


def _dry(
    part: Part, voice: Voice, mix: PartMix, desk: Desk, loop: Loop, seed: int, kicks: Sequence[int], work: Work
) -> tuple[Sound, Heard]:
    """Return the part as it enters its strip, middle and side [shape=(2, frames)], and how it will be heard."""
    bed = place(part, voice, loop, seed, work)
    if voice.drive is not None:
        drive(bed[0], voice.drive, loop.rate, work)
    if not part.is_drums:
        duck(bed, kicks, mix.duck, loop.rate)
    return bed, listen(bed, voice, mix, desk, loop, work)


def _side_by_side(jobs: Sequence[Callable[[], T]], works: Sequence[Work], report: Callable[[], None]) -> list[T]:
    """Return what `jobs` return, in their order; the calling thread reports meanwhile, and can stop them all."""
    with ThreadPoolExecutor(_THREADS, "sketch-part") as pool:
        futures = [pool.submit(job) for job in jobs]
        try:
            pending: set[Future[T]] = set(futures)
            while pending:
                done, pending = wait(pending, _POLL_S, FIRST_EXCEPTION)
                for future in done:
                    future.result()
                report()
        except BaseException:
            for work in works:
                work.stop()
            for future in futures:
                future.cancel()
            raise
    return [future.result() for future in futures]


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
