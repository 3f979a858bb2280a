"""Composes a piece: style from the prompt, form, chords, parts, and the notes of the score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from engine.errors import InvalidValue
from engine.music import Key, Meter, MeterMap, TempoMap
from engine.score import Note, Part, Score
from engine.sketch.blend import StyleChoice, pick_style
from engine.sketch.compose.analyse_input import chords_under, key_of_chords, key_of_notes
from engine.sketch.compose.arc import read_tags
from engine.sketch.compose.band import Band, TakeSelector, play_pitched
from engine.sketch.compose.changing_meter import fitting_feel, lay_changing_measures
from engine.sketch.compose.drums import play_drums, play_percussion
from engine.sketch.compose.events import TickHit, score_notes, stream
from engine.sketch.compose.finale import home_chord, last_notes, place_finale, short_fade_start
from engine.sketch.compose.form import FormPlan, feel_of, make_plan
from engine.sketch.compose.grid import TICKS, Measure, SwungGrid, lay_measures
from engine.sketch.compose.harmony import Chord, chord_at, lay_given
from engine.sketch.compose.lead import end_on_chord_tone
from engine.sketch.compose.wishes import Wishes
from engine.sketch.composition import ChordSpan, Composition
from engine.sketch.instruments import DRUM_KEYS, STEMS
from engine.sketch.library import StyleLibrary
from engine.sketch.midi_part import DRUM_STEMS

NO_WISHES = Wishes()


def compose(
    genres: str,
    key: Key | None,
    meter: Meter,
    tempo_map: TempoMap,
    length_beats: Fraction,
    stems: tuple[str, ...],
    seed: int,
    wishes: Wishes = NO_WISHES,
    library: StyleLibrary | None = None,
    tick: Callable[[], None] = lambda: None,
    meter_map: MeterMap | None = None,
) -> Composition:
    """Compose `length_beats` quarter notes in the style that `genres` asks for.

    `key` None takes the key of the user's chords or notes in `wishes`, or else draws one of the style's by `seed`.
    `stems` are some of `STEMS`, in the requested order; empty means the style's default layers. The notes of a stem
    do not depend on the other requested stems, nor on their seeds. Same arguments, same notes, on every system.
    `tick` is called once for every section; exceptions from it pass through. With `meter_map`, which begins in
    `meter`, each section is in its own meter.

    Raises
    ------
    InvalidValue
        If a stem is unknown or requested twice, or the length is not above 0.
    """
    _check(stems, length_beats)
    meters = meter_map or MeterMap.constant(meter)
    studio = _PieceComposer(pick_style(genres, library), key, meters, tempo_map, length_beats, seed, wishes, tick)
    composition = studio.compose(stems)
    names = tuple(part.stem for part in composition.score.parts)
    reseeded = {stem: own for stem, own in studio.reseeded.items() if stem in names}
    if not reseeded:
        return composition
    wishes = replace(wishes, stem_seeds={})
    plain = _PieceComposer(studio.choice, key, meters, tempo_map, length_beats, seed, wishes, tick)
    return replace(composition, stem_seeds=reseeded, reference=plain.compose(names))


def _check(stems: tuple[str, ...], length_beats: Fraction) -> None:
    for stem in stems:
        if stem not in STEMS or stems.count(stem) > 1:
            raise InvalidValue("stems", ", ".join(stems), f"some of {', '.join(STEMS)}, each once")
    if length_beats <= 0:
        raise InvalidValue("length_beats", str(length_beats), "above 0 quarter-note beats")


class _PieceComposer:
    """Composes one piece; holds its style, key and form."""

    def __init__(
        self,
        choice: StyleChoice,
        key: Key | None,
        meters: MeterMap,
        tempo_map: TempoMap,
        length_beats: Fraction,
        seed: int,
        wishes: Wishes,
        tick: Callable[[], None],
    ) -> None:
        self.choice, self._style, self._seed, self._wishes = choice, choice.style, seed, wishes
        self._meters, self._tempo_map, self._length_beats, self._tick = meters, tempo_map, length_beats, tick
        self.reseeded = {stem: own for stem, own in wishes.stem_seeds.items() if own != seed}
        bpm = float(length_beats) * 60.0 / tempo_map.seconds(length_beats)
        self._tags, self._unknown_tags = read_tags(wishes.lyrics)
        feel = fitting_feel(meters, choice.feel or feel_of(self._style.tempo, bpm))
        self._finale = place_finale(meters, length_beats, tempo_map, feel) if wishes.ends else None
        body_beats, ends = (self._finale.start, True) if self._finale else (length_beats, False)
        self._plan = make_plan(
            self._style, meters.first, body_beats, bpm, self._tags, choice.energy, feel, meters, leads_to_finale=ends
        )
        self._own_notes = wishes.midi_part.repeated_to(length_beats, meters) if wishes.midi_part else ()
        self._key = key or self._find_key()

    def compose(self, stems: tuple[str, ...]) -> Composition:
        hits, chords = self._play()
        selected = stems or self.choice.layers
        plan, style = self._plan, self._style
        grid = SwungGrid(plan.measures, style.swing)
        finale, last_chord = self._finale, self._last_chord()
        parts = tuple(self._part(stem, hits[stem], grid, last_chord) for stem in selected)
        spans = _chord_spans(chords, plan, finale.start if finale else self._length_beats)
        if finale and last_chord:
            scale = tuple(sorted(last_chord.scale))
            spans = (*spans, ChordSpan(finale.start, finale.end, last_chord.name, scale))
        return Composition(
            score=Score(self._tempo_map, self._meters.first, self._key, self._length_beats, parts),
            mixes={stem: style.parts[stem].mix for stem in selected},
            style=self.choice.name,
            notices=(*self.choice.reading.notices, *self._notices(selected)),
            chords=spans,
            swing_pair_beats=style.swing.pair_beats / plan.feel,
            swing_long_share=style.swing.long_share,
            feel=plan.feel,
            sections=tuple(section.name for section in plan.sections),
            mix_style=style.mix_style,
            fade_start_beats=self._fade_start(),
        )

    def _fade_start(self) -> Fraction | None:
        if not self._wishes.ends:
            return None
        if self._finale:
            return self._finale.fade_start
        return short_fade_start(self._meters.meter_at(self._length_beats), self._length_beats)

    def _last_chord(self) -> Chord | None:
        """Return the chord of the finale: the user's at that place if chords or notes are given, else the key's."""
        if self._finale is None:
            return None
        start, end = (int(beats * self._plan.feel * TICKS) for beats in (self._finale.start, self._finale.end))
        given = self._given_chords()
        return chord_at(given, start) if given else home_chord(self._style, self._key, start, end)

    def _find_key(self) -> Key:
        """Return the key of the user's chords or notes, or one of the style's keys."""
        if self._wishes.chords and not any(symbol.degree for bar in self._wishes.chords for symbol in bar):
            return key_of_chords(self._wishes.chords)
        part = self._wishes.midi_part
        if part is not None and part.stem not in DRUM_STEMS and not self._wishes.chords:
            return key_of_notes(_tick_hits(self._own_notes, self._plan))
        likes_minor = self._wishes.chords and key_of_chords(self._wishes.chords).mode == "minor"
        keys = self.choice.keys
        if self._wishes.chords:
            keys = tuple(key for key in keys if key.mode == ("minor" if likes_minor else "major")) or (
                key_of_chords(self._wishes.chords),
            )
        return stream(self._seed, "key").choice(keys)

    def _given_chords(self) -> list[Chord]:
        """Return the user's chords, or those that fit the user's part; empty if the style is to choose."""
        plan, part, measures = self._plan, self._wishes.midi_part, self._all_measures()
        if self._wishes.chords:
            return lay_given(self._wishes.chords, self._key, measures, self._bar_lines(measures[-1].end))
        if part is not None and part.stem not in DRUM_STEMS:
            return chords_under(_tick_hits(self._own_notes, plan), self._key, measures, self._style.colours[0])
        return []

    def _bar_lines(self, end: int) -> list[int]:
        """Return the ticks of all bar lines in the felt tempo, the last one at `end` or after it."""
        lines = [0]
        while lines[-1] < end:
            lines.append(int(self._meters.beats(len(lines)) * self._plan.feel * TICKS))
        return lines

    def _all_measures(self) -> Sequence[Measure]:
        """Return the measures of the piece, those of the finale included, which the plan leaves out."""
        felt, feel, grouping = self._length_beats * self._plan.feel, self._plan.feel, self._style.grouping
        if self._meters.is_constant:
            return lay_measures(self._meters.first, felt, grouping)
        return lay_changing_measures(self._meters, felt, feel, grouping)[0]

    def _play(self) -> tuple[dict[str, list[TickHit]], list[Chord]]:
        style, plan, seed, seeds = self._style, self._plan, self._seed, self.reseeded
        given = self._given_chords()
        # The critic uses the drums of the piece's own seed (or the user's), even where the drums are regenerated.
        drums = play_drums(style, plan, seed)
        part = self._wishes.midi_part
        drum_hits = _tick_hits(self._own_notes, plan) if part is not None and part.stem == "drums" else drums
        kicks = [hit for hit in drum_hits if hit.pitch == DRUM_KEYS["kick"]]
        band = Band(style, self._key, plan, given)
        hits, chords = play_pitched(
            band, plan, seed, seeds, TakeSelector(style, self._key, plan, given, kicks), self._tick
        )
        lead = style.parts["lead"]
        hits["lead"] = end_on_chord_tone(hits["lead"], chords, plan.end, range(lead.low, lead.high + 1))
        hits["drums"] = play_drums(style, plan, seeds["drums"]) if "drums" in seeds else drums
        hits["percussion"] = play_percussion(style, plan, seeds.get("percussion", seed))
        return hits, chords

    def _part(self, stem: str, hits: Sequence[TickHit], grid: SwungGrid, last_chord: Chord | None) -> Part:
        instrument, is_drums = self._style.parts[stem].instrument, stem in DRUM_STEMS
        given = self._wishes.midi_part
        if given is not None and given.stem == stem:
            return Part(stem, instrument, self._own_notes, is_drums)
        seed = self.reseeded.get(stem, self._seed)
        feel = self._plan.feel
        notes = score_notes(hits, grid, self._plan.length_beats, stream(seed, stem, "velocity"), feel)
        if self._finale and last_chord:
            notes = (*notes, *last_notes(stem, self._style, last_chord, self._finale, feel, hits, seed))
        return Part(stem, instrument, notes, is_drums)

    def _notices(self, selected: Sequence[str]) -> list[str]:
        notices: list[str] = []
        if self._unknown_tags:
            listed = ", ".join(f"[{tag}]" for tag in self._unknown_tags[:5])
            notices.append(f"The sketch engine does not know the section {listed}; it left it out.")
        left = len(self._tags) - len(self._plan.measures)
        if left > 0:
            notices.append(f"The piece has fewer bars than the lyrics have sections: the last {left} were left out.")
        refused = [stem for stem in self.choice.reading.without if stem in selected]
        if refused:
            notices.append(f"The prompt refuses {' and '.join(refused)}, but stems asks for it: it plays.")
        part = self._wishes.midi_part
        if part is not None and part.stem not in selected:
            notices.append(f"The MIDI file's {part.stem} was listened to but is not among the stems.")
        return notices


def _tick_hits(notes: Sequence[Note], plan: FormPlan) -> list[TickHit]:
    """Return the user's notes as hits in ticks of the felt tempo."""
    unit = plan.feel * TICKS
    return [
        TickHit(round(note.start_beats * unit), max(1, round(note.length_beats * unit)), note.pitch, 6)
        for note in notes
    ]


def _chord_spans(chords: Sequence[Chord], plan: FormPlan, length_beats: Fraction) -> tuple[ChordSpan, ...]:
    """Return the chords in beats of the real tempo, cut at the piece's end."""
    spans = []
    for chord in chords:
        start = Fraction(chord.start, TICKS) / plan.feel
        if start < length_beats:
            end = min(length_beats, Fraction(chord.end, TICKS) / plan.feel)
            spans.append(ChordSpan(start, end, chord.name, tuple(sorted(chord.scale))))
    return tuple(spans)
