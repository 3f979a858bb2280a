"""The composer: from a style, a key and a meter to notes. Standard library only, exact, the same everywhere.

`grid` and `form` lay out time, `harmony` the chords, then four players (`drums`, `bass`, `comping`, `lead`) play.
The pitched parts are composed several times over, section by section, and the `critic` takes the best.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from engine.errors import InvalidValue
from engine.music import Key, Meter, TempoMap
from engine.score import Note, Part, Score
from engine.sketch.compose.bass import play_bass
from engine.sketch.compose.comping import Voicing, play_chords, strike_at_start
from engine.sketch.compose.critic import judge
from engine.sketch.compose.drums import play_drums
from engine.sketch.compose.events import Hit, finish, stream
from engine.sketch.compose.form import Plan, Section, make_plan
from engine.sketch.compose.grid import SwungGrid
from engine.sketch.compose.harmony import Chord, lay_harmony
from engine.sketch.compose.lead import play_lead, rest_on_chord, scale_ladder
from engine.sketch.composition import Composition
from engine.sketch.style import DRUM_KEYS, Style, pick_style

__all__ = ["STEMS", "compose"]

STEMS = ("drums", "bass", "chords", "lead")
"""The parts there are, in mix order."""
CANDIDATES = 16
"""How often each section is composed before the critic chooses: about 1.2 ms each for eight bars. The share of minor
lofi pieces whose key an estimator hears that the critic does not use: 0.70 with one, 0.97 with sixteen."""


def compose(
    genres: str,
    key: Key | None,
    meter: Meter,
    tempo_map: TempoMap,
    length_beats: Fraction,
    stems: tuple[str, ...],
    seed: int,
) -> Composition:
    """Compose `length_beats` quarter notes in the style that `genres` asks for.

    `key` None lets the style and `seed` choose one. `stems` are some of `STEMS`, in the wanted order; none means all.
    What a stem plays does not depend on which others were asked for. Same arguments, same notes, on every system.

    Raises
    ------
    InvalidValue
        If a stem is unknown or asked for twice, or the length is not above 0.
    """
    wanted = _check(stems, length_beats)
    choice = pick_style(genres)
    style = choice.style
    played_key = key or stream(seed, "key").choice(style.keys)
    bpm = float(length_beats) * 60.0 / tempo_map.seconds(length_beats)
    plan = make_plan(style, meter, length_beats, bpm)
    drums = play_drums(style, plan, seed)
    hits = {"drums": drums} | _pitched(style, played_key, plan, seed, drums)
    grid = SwungGrid(plan.measures, style.swing)
    parts = tuple(
        _part(stem, style, finish(hits[stem], grid, length_beats, stream(seed, stem, "velocity"))) for stem in wanted
    )
    score = Score(tempo_map, meter, played_key, length_beats, parts)
    mixes = {stem: style.parts[stem].mix for stem in wanted}
    return Composition(score, mixes, style.name, (choice.notice,) if choice.notice else ())


def _check(stems: tuple[str, ...], length_beats: Fraction) -> tuple[str, ...]:
    for stem in stems:
        if stem not in STEMS or stems.count(stem) > 1:
            raise InvalidValue("stems", ", ".join(stems), f"some of {', '.join(STEMS)}, each once")
    if length_beats <= 0:
        raise InvalidValue("length_beats", str(length_beats), "above 0 quarter-note beats")
    return stems or STEMS


def _part(stem: str, style: Style, notes: tuple[Note, ...]) -> Part:
    return Part(stem, style.parts[stem].instrument, notes, is_drums=stem == "drums")


class _Band:
    """The three pitched players, who listen to one another's chords."""

    def __init__(self, style: Style, key: Key, plan: Plan, seed: int) -> None:
        self._style, self._key, self._plan, self._seed = style, key, plan, seed
        self.voicing: Voicing | None = None
        self.pitch: int | None = None

    def play(self, section: Section, take: int) -> tuple[dict[str, list[Hit]], list[Chord]]:
        """Return take number `take` of `section`, by part, and its chords."""
        style, key, seed, step = self._style, self._key, self._seed, self._plan.step
        chords = lay_harmony(style, key, section, seed, take)
        bass = play_bass(style, key, section, chords, seed, take, step)
        comping, voicings = play_chords(style, section, chords, seed, take, step, self.voicing)
        comping = comping if self.voicing else strike_at_start(comping, voicings[0], self._plan.end)
        self.voicing = voicings[-1]
        lead = play_lead(style, key, section, chords, seed, take, step, self.pitch)
        self.pitch = lead[-1].pitch if lead else self.pitch
        return {"bass": bass, "chords": comping, "lead": lead}, chords


def _pitched(style: Style, key: Key, plan: Plan, seed: int, drums: Sequence[Hit]) -> dict[str, list[Hit]]:
    """Play every section with its letter's best take, each player going on from where the last section left off."""
    kicks = [hit for hit in drums if hit.pitch == DRUM_KEYS["kick"]]
    takes: dict[str, int] = {}
    band = _Band(style, key, plan, seed)
    hits: dict[str, list[Hit]] = {"bass": [], "chords": [], "lead": []}
    chords: list[Chord] = []
    for section in plan.sections:
        if section.letter not in takes:
            takes[section.letter] = _best_take(style, key, plan, section, kicks, seed)
        parts, laid = band.play(section, takes[section.letter])
        chords += laid
        for stem, played in parts.items():
            hits[stem] += played
    hits["lead"] = rest_on_chord(hits["lead"], chords, plan.end, scale_ladder(style, key))
    return hits


def _best_take(style: Style, key: Key, plan: Plan, section: Section, kicks: Sequence[Hit], seed: int) -> int:
    first, last = section.measures[0].start, min(section.measures[-1].end, plan.end)
    here = [kick for kick in kicks if first <= kick.start < last]

    def score(take: int) -> float:
        parts, _ = _Band(style, key, plan, seed).play(section, take)
        heard = {stem: [hit for hit in hits if hit.start < last] for stem, hits in parts.items()}
        return judge(heard, here, key, section, style.syncopation)

    return max(range(CANDIDATES), key=lambda take: (score(take), -take))
