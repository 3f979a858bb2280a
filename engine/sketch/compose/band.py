"""The band: all players of a section at once, composed several times over so that the critic can choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from engine.music import Key
from engine.sketch.compose.arc import Kind
from engine.sketch.compose.arp import play_arp
from engine.sketch.compose.bass import play_bass
from engine.sketch.compose.comping import Voicing, play_chords, strike_at_start
from engine.sketch.compose.critic import judge
from engine.sketch.compose.events import Hit
from engine.sketch.compose.form import Plan, Section
from engine.sketch.compose.harmony import Chord, chords_within, lay_harmony
from engine.sketch.compose.lead import play_lead
from engine.sketch.instruments import PITCHED
from engine.sketch.style.model import Style

CANDIDATES = 16
"""How often each section is composed before the critic chooses: about 1.2 ms each for eight bars. The share of minor
lofi pieces whose key an estimator hears that the critic does not use: 0.70 with one, 0.97 with sixteen."""

Choice = tuple[int, int]
"""What chance a player goes by: a seed and a take."""


class Band:
    """The pitched players, who go on from where the last section left them."""

    def __init__(self, style: Style, key: Key, plan: Plan, given: Sequence[Chord] = ()) -> None:
        """Take the style, key and plan; `given` are chords for the whole piece in place of the style's own."""
        self._style, self._key, self._plan, self._given = style, key, plan, given
        self._voicings: dict[str, Voicing] = {}
        self._pitch: int | None = None

    def play(
        self, section: Section, main: Choice, own: Mapping[str, Choice]
    ) -> tuple[dict[str, list[Hit]], list[Chord]]:
        """Return `section` by part, and its chords; a part in `own` goes by that chance, all else by `main`."""
        style, step = self._style, self._plan.step
        chords = self.harmony(section, main)
        parts = {
            "bass": play_bass(style, section, chords, *own.get("bass", main), step),
            "chords": self._strike("chords", section, chords, own.get("chords", main)),
            "pad": self._strike("pad", section, chords, own.get("pad", main)),
            "lead": self._sing(section, chords, own.get("lead", main)),
            "arp": play_arp(style, section, chords, *own.get("arp", main), step),
        }
        return parts, chords

    def harmony(self, section: Section, main: Choice) -> list[Chord]:
        """Return the chords of `section`."""
        if self._given:
            return chords_within(self._given, section.measures[0].start, section.end)
        return lay_harmony(self._style, self._key, section, *main)

    def _strike(self, stem: str, section: Section, chords: Sequence[Chord], choice: Choice) -> list[Hit]:
        before = self._voicings.get(stem)
        hits, voicings = play_chords(self._style, section, chords, *choice, self._plan.step, before, stem)
        self._voicings[stem] = voicings[-1]
        return hits if before else strike_at_start(hits, voicings[0], self._plan.end)

    def _sing(self, section: Section, chords: Sequence[Chord], choice: Choice) -> list[Hit]:
        lead = play_lead(self._style, self._key, section, chords, *choice, self._plan.step, self._pitch)
        self._pitch = lead[-1].pitch if lead else self._pitch
        return lead


def shade(hits: Sequence[Hit], stem: str, section: Section) -> list[Hit]:
    """Make a part what the section's kind wants: silent, thinner and softer, or louder."""
    kind = section.kind
    if stem in kind.rests and (section.index or section.then is not None):
        return []
    if kind.intensity >= 3:
        return [hit._replace(level=min(9, hit.level + 1)) for hit in hits] if kind.intensity == 5 else list(hits)
    if stem in ("lead", "pad"):
        return list(hits)
    beats = {measure.start + group.start for measure in section.measures for group in measure.groups}
    return [hit for hit in hits if hit.start in beats or hit.level > _faintest(kind, stem)]


def _faintest(kind: Kind, stem: str) -> int:
    """The highest velocity level that is left out off the beat."""
    if stem == "bass":
        return 9 if kind.intensity == 1 else 4
    return 6 if kind.intensity == 1 else 5


class Rater:
    """Chooses takes: what the critic likes best of each section, heard without what came before."""

    def __init__(self, style: Style, key: Key, plan: Plan, given: Sequence[Chord], kicks: Sequence[Hit]) -> None:
        """Take what a `Band` takes, and the piece's kick drum."""
        self._style, self._key, self._plan, self._given, self._kicks = style, key, plan, given, kicks

    def choose(self, section: Section, seed: int, seeds: Mapping[str, int]) -> tuple[Choice, dict[str, Choice]]:
        """Return the band's choice and those of the parts with a seed of their own, who each listen to the band's."""
        main = max(((seed, take) for take in range(CANDIDATES)), key=lambda choice: self._rate(section, choice, {}))
        own: dict[str, Choice] = {}
        for stem, other in seeds.items():
            if stem in PITCHED:
                options = ((other, take) for take in range(CANDIDATES))
                own[stem] = max(options, key=lambda option: self._rate(section, main, {stem: option}))
        return main, own

    def _rate(self, section: Section, main: Choice, own: Mapping[str, Choice]) -> float:
        parts, _ = Band(self._style, self._key, self._plan, self._given).play(section, main, own)
        first, last = section.measures[0].start, min(section.end, self._plan.end)
        kicks = [kick for kick in self._kicks if first <= kick.start < last]
        heard = {
            stem: [hit for hit in hits if hit.start < last]
            for stem, hits in parts.items()
            if stem in ("bass", "chords", "lead", *self._style.layers)
        }
        return judge(heard, kicks, self._key, section, self._style.syncopation)


def play_pitched(
    band: Band, plan: Plan, seed: int, seeds: Mapping[str, int], rater: Rater, tick: Callable[[], None]
) -> tuple[dict[str, list[Hit]], list[Chord]]:
    """Play every section with its letter's best take, by part, and return all chords.

    `seeds` are those of parts that go by their own; `tick` is called with every section.
    """
    choices: dict[Kind, tuple[Choice, dict[str, Choice]]] = {}
    hits: dict[str, list[Hit]] = {stem: [] for stem in PITCHED}
    first: dict[str, list[Hit]] = {}
    chords: list[Chord] = []
    for section in plan.sections:
        tick()
        if section.kind not in choices:
            choices[section.kind] = rater.choose(section, seed, seeds)
        parts, laid = band.play(section, *choices[section.kind])
        first = first or parts
        chords += laid
        for stem, played in parts.items():
            hits[stem] += shade(played, stem, section)
    return {stem: _heard(played, first[stem], chords, plan) for stem, played in hits.items()}, chords


def _heard(played: list[Hit], first: list[Hit], chords: Sequence[Chord], plan: Plan) -> list[Hit]:
    """Let a part that every section lets rest play the first one all the same: who asks for it wants to hear it."""
    if _sounds(played, plan):
        return played
    return first if _sounds(first, plan) else [Hit(0, plan.end, 60 + (chords[0].root - 60) % 12, 6)]


def _sounds(hits: Sequence[Hit], plan: Plan) -> bool:
    return any(hit.start < plan.end for hit in hits)
