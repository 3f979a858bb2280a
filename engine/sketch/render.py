"""The sketch engine's renderer: turns a composition into one stereo stem for each part.

Parts are synthesised in two threads, independently of each other, so the bytes do not depend on which is ready first.
Then the mix is planned, each part goes through its channel strip, and the mix is mastered. A regenerated part goes
through the same desk and is fitted into the finished mix. Progress is reported from the calling thread only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from engine.score import Part
from engine.sketch.composition import Composition, PartMix
from engine.sketch.mix.fit import fit
from engine.sketch.mix.loudness import Levels
from engine.sketch.mix.mixdown import apply_gain_curve, master
from engine.sketch.mix.note_placement import Loop, frame_hits, place
from engine.sketch.mix.plan import PartAnalysis, analyse_part, balance, settle_desk
from engine.sketch.mix.strip import drive, duck, through_strip
from engine.sketch.mix.tone import MixDesk
from engine.sketch.synth import find_voice
from engine.sketch.synth.kits import KICK_KEYS
from engine.sketch.synth.voice import Sound, Voice
from engine.sketch.work import WorkProgress, side_by_side

if TYPE_CHECKING:
    from engine.contract import Audio

_PARTS_SHARE = 0.85


def render(
    composition: Composition,
    sample_rate: int,
    seed: int,
    pitch_shift_semitones: float,
    report: Callable[[float], None],
) -> dict[str, Audio]:
    """Return the composition's stems, float32 [shape=(frames, 2)] by stem name in the order of the parts.

    Every stem has exactly `tempo_map.frames(length_beats, sample_rate)` frames and loops without a seam, or has faded
    to silence at its end where the composition ends; their sum is the mix, at −14 LUFS and at most −1 dBTP. Equal
    arguments give equal bytes. Regenerated parts are fitted one after the other into the mix of the composition's
    reference, whose other stems keep their bytes.
    `pitch_shift_semitones` tunes all but the drums; `report` is called with the progress, 0–1, thirty times a second;
    exceptions from it pass through.

    Raises
    ------
    InvalidValue
        If a part has an instrument that is not in `INSTRUMENTS`.
    """
    whole = composition.reference or composition
    score = composition.score
    if not score.parts:
        return {}
    fade_start = composition.fade_start_beats
    loop = Loop(score.tempo_map, score.length_beats, sample_rate, pitch_shift_semitones, fade_start)
    new_seeds = composition.stem_seeds
    rounds = len(score.parts) + len(new_seeds)

    def report_from(first: int, count: int) -> Callable[[float], None]:
        return lambda done: report((first + count * done) / rounds)

    report(0.0)
    stems, plan = _play_whole(whole, loop, seed, report_from(0, len(score.parts)))
    for number, (stem, own_seed) in enumerate(new_seeds.items(), len(score.parts)):
        part = next(part for part in score.parts if part.stem == stem)
        _replace_stem(stems, part, plan, loop, own_seed, report_from(number, 1))
    report(1.0)
    return stems


@dataclass(frozen=True, slots=True)
class _MixPlan:
    """The settings of a finished mix, with which a regenerated part is mixed in the same way.

    Attributes:
        mixes: mix settings of all parts, by stem name.
        kicks: frames of the kick drum's strokes.
        plain_desk: the desk before width and equaliser were set, with which parts are analysed.
        desk: the desk with width and equaliser.
        curve: the master's gain at the edges of hops.
    """

    mixes: Mapping[str, PartMix]
    kicks: Sequence[int]
    plain_desk: MixDesk
    desk: MixDesk
    curve: Levels


def _play_whole(
    composition: Composition, loop: Loop, seed: int, report: Callable[[float], None]
) -> tuple[dict[str, Audio], _MixPlan]:
    """Return the mastered stems of a piece whose parts all share one seed, and the settings of the mix."""
    score, style, mixes = composition.score, composition.mix_style, composition.mixes
    voices = [find_voice(part.instrument) for part in score.parts]
    names = [part.stem for part in score.parts]
    works = [WorkProgress() for _ in names]

    def report_parts() -> None:
        report(_PARTS_SHARE * sum(work.done for work in works) / len(works))

    plain_desk = MixDesk(style.space, loop.frame(style.echo_beats))
    kicks = _kick_frames(composition, voices, loop)
    dry = side_by_side(
        [
            partial(_dry_part, part, voice, mixes[part.stem], plain_desk, loop, seed, kicks, work)
            for part, voice, work in zip(score.parts, voices, works, strict=True)
        ],
        works,
        report_parts,
    )
    analyses = [analysis for _, analysis in dry]
    gains = balance(dict(zip(names, analyses, strict=True)), mixes)
    desk = settle_desk(plain_desk, style, analyses, list(gains.values()), loop.rate)
    wet = side_by_side(
        [
            partial(through_strip, bed, voice, mixes[name], desk, loop, work)
            for name, (bed, _), voice, work in zip(names, dry, voices, works, strict=True)
        ],
        works,
        report_parts,
    )
    curve = master(wet, list(gains.values()), loop.rate, lambda s: report(_PARTS_SHARE + (1.0 - _PARTS_SHARE) * s))
    return dict(zip(names, wet, strict=True)), _MixPlan(mixes, kicks, plain_desk, desk, curve)


def _replace_stem(
    stems: dict[str, Audio], part: Part, plan: _MixPlan, loop: Loop, seed: int, report: Callable[[float], None]
) -> None:
    """Replace the stem of `part` in `stems` by one rendered with another `seed`; all others stay unchanged."""
    voice, mix, work = find_voice(part.instrument), plan.mixes[part.stem], WorkProgress()

    def play() -> Sound:
        bed, analysis = _dry_part(part, voice, mix, plan.plain_desk, loop, seed, plan.kicks, work)
        stem = through_strip(bed, voice, mix, plan.desk, loop, work)
        gain = balance({part.stem: analysis}, plan.mixes)[part.stem]
        apply_gain_curve([stem], [gain], plan.curve, loop.rate, lambda _: work.advance(0))
        fit(stem, [other for name, other in stems.items() if name != part.stem], loop.rate, work)
        return stem

    (stems[part.stem],) = side_by_side([play], [work], lambda: report(work.done))


def _dry_part(
    part: Part,
    voice: Voice,
    mix: PartMix,
    desk: MixDesk,
    loop: Loop,
    seed: int,
    kicks: Sequence[int],
    work: WorkProgress,
) -> tuple[Sound, PartAnalysis]:
    """Return the part before its channel strip, middle and side [shape=(2, frames)], and its analysis."""
    bed = place(part, voice, loop, seed, work)
    if voice.drive is not None:
        drive(bed[0], voice.drive, loop.rate, work, loop.goes_round)
    if not part.is_drums:
        duck(bed, kicks, mix.duck, loop.rate, loop.goes_round)
    return bed, analyse_part(bed, voice, mix, desk, loop, work)


def _kick_frames(composition: Composition, voices: Sequence[Voice], loop: Loop) -> list[int]:
    """Return the frames of all kick drum strokes, in order."""
    return sorted(
        {
            hit.start
            for part, voice in zip(composition.score.parts, voices, strict=True)
            if part.is_drums
            for hit in frame_hits(part, voice, loop)
            if hit.key in KICK_KEYS
        }
    )
