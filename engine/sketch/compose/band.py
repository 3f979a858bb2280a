"""The pitched parts of a section together, composed as several takes of which the critic's best is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engine.music import Key
from engine.sketch.compose.arc import SectionKind
from engine.sketch.compose.arp import play_arp
from engine.sketch.compose.bass import play_bass
from engine.sketch.compose.comping import Voicing, play_chords, strike_at_start
from engine.sketch.compose.critic import judge
from engine.sketch.compose.events import TickHit
from engine.sketch.compose.form import FormPlan, Section
from engine.sketch.compose.harmony import Chord, chords_within, lay_harmony
from engine.sketch.compose.lead import play_lead
from engine.sketch.instruments import PITCHED
from engine.sketch.style.model import Style

CANDIDATES = 16
"""Takes composed of each section, of which the critic chooses: about 1.2 ms each for eight bars. Share of minor lofi
pieces whose key is recognised by an estimator other than the critic's: 0.70 with one take, 0.97 with sixteen."""

TakeChoice = tuple[int, int]
"""Seed and take number that a part's random choices come from."""


class Band:
    """Writes the pitched parts section by section; voicings and melody continue from the section before."""

    def __init__(self, style: Style, key: Key, plan: FormPlan, given: Sequence[Chord] = ()) -> None:
        """Take the style, key and plan; `given` are the user's chords for the whole piece, if any."""
        self._style, self._key, self._plan, self._given = style, key, plan, given
        self._voicings: dict[str, Voicing] = {}
        self._pitch: int | None = None

    def play(
        self, section: Section, main: TakeChoice, own: Mapping[str, TakeChoice]
    ) -> tuple[dict[str, list[TickHit]], list[Chord]]:
        """Return the notes of `section` by part, and its chords; parts in `own` use that choice, others `main`."""
        style, step = self._style, self._plan.step
        chords = self.harmony(section, main)
        parts = {
            "bass": play_bass(style, section, chords, *own.get("bass", main), step),
            "chords": self._play_comping("chords", section, chords, own.get("chords", main)),
            "pad": self._play_comping("pad", section, chords, own.get("pad", main)),
            "lead": self._play_lead(section, chords, own.get("lead", main)),
            "arp": play_arp(style, section, chords, *own.get("arp", main), step),
        }
        return parts, chords

    def harmony(self, section: Section, main: TakeChoice) -> list[Chord]:
        """Return the chords of `section`."""
        if self._given:
            return chords_within(self._given, section.measures[0].start, section.end)
        return lay_harmony(self._style, self._key, section, *main)

    def _play_comping(
        self, stem: str, section: Section, chords: Sequence[Chord], choice: TakeChoice
    ) -> list[TickHit]:
        before = self._voicings.get(stem)
        hits, voicings = play_chords(self._style, section, chords, *choice, self._plan.step, before, stem)
        self._voicings[stem] = voicings[-1]
        return hits if before else strike_at_start(hits, voicings[0], self._plan.end)

    def _play_lead(self, section: Section, chords: Sequence[Chord], choice: TakeChoice) -> list[TickHit]:
        lead = play_lead(self._style, self._key, section, chords, *choice, self._plan.step, self._pitch)
        self._pitch = lead[-1].pitch if lead else self._pitch
        return lead


def apply_intensity(hits: Sequence[TickHit], stem: str, section: Section) -> list[TickHit]:
    """Apply the section's kind to a part: silence it, thin it out, or make it louder."""
    kind = section.kind
    if stem in kind.rests and (section.index or section.next_kind is not None):
        return []
    if kind.intensity >= 3:
        return [hit._replace(level=min(9, hit.level + 1)) for hit in hits] if kind.intensity == 5 else list(hits)
    if stem in ("lead", "pad"):
        return list(hits)
    beats = {measure.start + group.start for measure in section.measures for group in measure.groups}
    return [hit for hit in hits if hit.start in beats or hit.level > _highest_dropped_level(kind, stem)]


def _highest_dropped_level(kind: SectionKind, stem: str) -> int:
    """Return the highest velocity level that is dropped off the beat in sections of intensity 1 or 2."""
    if stem == "bass":
        return 9 if kind.intensity == 1 else 4
    return 6 if kind.intensity == 1 else 5


class TakeSelector:
    """Chooses for each section the take that the critic scores highest, judged independently of earlier sections."""

    def __init__(
        self, style: Style, key: Key, plan: FormPlan, given: Sequence[Chord], kicks: Sequence[TickHit]
    ) -> None:
        """Take the arguments of `Band`, and the piece's kick drum hits."""
        self._style, self._key, self._plan, self._given, self._kicks = style, key, plan, given, kicks

    def choose(
        self, section: Section, seed: int, seeds: Mapping[str, int]
    ) -> tuple[TakeChoice, dict[str, TakeChoice]]:
        """Return the band's choice, and that of each part with a seed of its own, judged with the band's take."""
        main = max(((seed, take) for take in range(CANDIDATES)), key=lambda choice: self._score(section, choice, {}))
        own: dict[str, TakeChoice] = {}
        for stem, other in seeds.items():
            if stem in PITCHED:
                options = ((other, take) for take in range(CANDIDATES))
                own[stem] = max(options, key=lambda option: self._score(section, main, {stem: option}))
        return main, own

    def _score(self, section: Section, main: TakeChoice, own: Mapping[str, TakeChoice]) -> float:
        parts, _ = Band(self._style, self._key, self._plan, self._given).play(section, main, own)
        first, last = section.measures[0].start, min(section.end, self._plan.end)
        kicks = [kick for kick in self._kicks if first <= kick.start < last]
        judged = {
            stem: [hit for hit in hits if hit.start < last]
            for stem, hits in parts.items()
            if stem in ("bass", "chords", "lead", *self._style.layers)
        }
        return judge(judged, kicks, self._key, section, self._style.syncopation)


def play_pitched(
    band: Band, plan: FormPlan, seed: int, seeds: Mapping[str, int], rater: TakeSelector, tick: Callable[[], None]
) -> tuple[dict[str, list[TickHit]], list[Chord]]:
    """Return the notes of all sections by part, each section kind with its best take, and all chords.

    `seeds` are the seeds of regenerated parts; `tick` is called once for every section.
    """
    choices: dict[SectionKind, tuple[TakeChoice, dict[str, TakeChoice]]] = {}
    hits: dict[str, list[TickHit]] = {stem: [] for stem in PITCHED}
    first: dict[str, list[TickHit]] = {}
    chords: list[Chord] = []
    for section in plan.sections:
        tick()
        if section.kind not in choices:
            choices[section.kind] = rater.choose(section, seed, seeds)
        parts, laid = band.play(section, *choices[section.kind])
        first = first or parts
        chords += laid
        for stem, played in parts.items():
            hits[stem] += apply_intensity(played, stem, section)
    return {stem: _never_silent(played, first[stem], chords, plan) for stem, played in hits.items()}, chords


def _never_silent(
    played: list[TickHit], first: list[TickHit], chords: Sequence[Chord], plan: FormPlan
) -> list[TickHit]:
    """Return `played`, or the first section's notes if it rests in all sections: a requested part must sound."""
    if _sounds(played, plan):
        return played
    return first if _sounds(first, plan) else [TickHit(0, plan.end, 60 + (chords[0].root - 60) % 12, 6)]


def _sounds(hits: Sequence[TickHit], plan: FormPlan) -> bool:
    return any(hit.start < plan.end for hit in hits)
