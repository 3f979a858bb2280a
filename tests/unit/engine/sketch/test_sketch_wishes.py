"""What the user gives: chords, a part as MIDI, a new seed for one stem."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import mido
import pytest

from engine.errors import InvalidValue
from engine.music import Key, Meter, TempoMap
from engine.score import Note
from engine.sketch.compose import STEMS, Wishes, compose, read_wishes
from engine.sketch.composition import Composition
from tests.helpers.sketch_ears import play

E_MINOR = Key("E", "minor")
FOUR_FOUR = Meter(4, 4)


def make(
    block: dict[str, object], key: Key | None = E_MINOR, bars: int = 8, genres: str = "pop", meter: Meter = FOUR_FOUR
) -> Composition:
    wishes = read_wishes(block)
    return compose(genres, key, meter, TempoMap.constant(100), bars * meter.bar_beats, STEMS, 7, wishes)


def sounding(made: Composition, stem: str, start: float, end: float) -> set[int]:
    part = next(part for part in made.score.parts if part.stem == stem)
    return {note.pitch % 12 for note in part.notes if start <= note.start_beats < end}


def write_midi(path: Path, notes: Sequence[tuple[float, float, int]], channel: int = 0) -> Path:
    """Write `notes` (start and length in beats, pitch) with an odd division."""
    events = [(start, 1, pitch) for start, _, pitch in notes] + [
        (start + held, 0, pitch) for start, held, pitch in notes
    ]
    track, now = mido.MidiTrack(), 0
    for at, is_on, pitch in sorted(events):
        tick = round(at * 96)
        kind = "note_on" if is_on else "note_off"
        track.append(mido.Message(kind, channel=channel, note=pitch, velocity=80 * is_on, time=tick - now))
        now = tick
    file = mido.MidiFile(ticks_per_beat=96)
    file.tracks.append(track)
    file.save(path)
    return path


def test_given_chords_are_played_bar_by_bar_and_repeat() -> None:
    made = make({"chords": "Em C G D"})
    assert [span.name for span in made.chords] == ["Em", "C", "G", "D"] * 2
    assert [span.start_beats for span in made.chords] == [4 * bar for bar in range(8)]
    for bar, tones in enumerate([{4, 7, 11}, {0, 4, 7}, {7, 11, 2}, {2, 6, 9}] * 2):
        assert sounding(made, "chords", 4 * bar, 4 * bar + 4) == tones
        assert min(sounding(made, "pad", 4 * bar, 4 * bar + 4)) in tones


def test_two_chords_share_a_bar_and_slash_chords_give_the_bass_its_note() -> None:
    made = make({"chords": "Am7 | D7 G/B | Cmaj7 | %"}, Key("G", "major"))
    assert [(span.start_beats, span.name) for span in made.chords[:4]] == [
        (0, "Am7"),
        (4, "D7"),
        (6, "G/B"),
        (8, "Cmaj7"),
    ]
    assert sounding(made, "chords", 4, 6) <= {2, 6, 9, 0}
    bass = next(part for part in made.score.parts if part.stem == "bass")
    downbeat = [note.pitch % 12 for note in bass.notes if note.start_beats == 6]
    assert downbeat in ([], [11])
    assert 11 in sounding(made, "bass", 6, 8)


def test_numerals_go_by_the_key_and_foreign_tones_displace_their_neighbours() -> None:
    made = make({"chords": "i | V7"}, Key("A", "minor"))
    assert [span.name for span in made.chords[:2]] == ["Am", "E7"]
    assert 8 in made.chords[1].scale
    assert 7 not in made.chords[1].scale
    assert 7 in made.chords[0].scale
    for stem in ("bass", "chords", "lead", "arp", "pad"):
        assert 7 not in sounding(made, stem, 4, 8), stem


@pytest.mark.parametrize(
    ("chords", "key"),
    [("Em C G D", "E minor"), ("C G Am F", "C major"), ("Dm Bb Gm A7", "D minor"), ("i VI iv v", None)],
)
def test_chords_tell_the_key_where_nobody_else_does(chords: str, key: str | None) -> None:
    found = make({"chords": chords}, None).score.key
    assert str(found) == key if key else found.mode == "minor"


@pytest.mark.parametrize("meter", ["3/4", "7/8", "6/8", "7/4"])
def test_given_chords_fit_every_meter(meter: str) -> None:
    m = Meter.parse(meter)
    made = make({"chords": "Em | C G | D"}, meter=m)
    assert [span.name for span in made.chords[:4]] == ["Em", "C", "G", "D"]
    assert made.chords[1].start_beats == m.bar_beats
    assert made.chords[3].start_beats == 2 * m.bar_beats


def test_chords_keep_to_real_bars_where_the_style_is_felt_in_half_time() -> None:
    made = compose(
        "hip hop",
        E_MINOR,
        FOUR_FOUR,
        TempoMap.constant(180),
        Fraction(32),
        STEMS,
        1,
        read_wishes({"chords": "Em C G D"}),
    )
    assert made.feel == Fraction(1, 2)
    assert [span.start_beats for span in made.chords] == [4 * bar for bar in range(8)]


@pytest.mark.parametrize("text", ["H7", "Em Cfoo", "|||", "x" * 3000, "V/V", "Em " * 300, 7, "C C C C C C C C C | F"])
def test_chords_nobody_knows_are_refused(text: object) -> None:
    with pytest.raises(InvalidValue, match="chords"):
        read_wishes({"chords": text})


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("genres", ["pop", "techno", "jazz"])
def test_one_stem_is_made_anew_and_all_others_stay(genres: str, stem: str) -> None:
    plain, changed = make({}, genres=genres), make({"stem_seeds": {stem: 99}}, genres=genres)
    for before, after in zip(plain.score.parts, changed.score.parts, strict=True):
        assert (before == after) == (before.stem != stem), before.stem
    assert changed.reference == plain
    assert changed.chords == plain.chords


def test_a_stem_with_the_pieces_own_seed_stays_as_it_is() -> None:
    assert make({"stem_seeds": {"bass": 7}}) == make({})


@pytest.mark.parametrize("seeds", [{"vocals": 1}, {"bass": -1}, {"bass": 2**32}, {"bass": 1.5}, {"bass": True}, [1]])
def test_wrong_stem_seeds_are_refused(seeds: object) -> None:
    with pytest.raises(InvalidValue, match="stem_seeds must be"):
        read_wishes({"stem_seeds": seeds})


def test_a_given_bass_is_played_as_it_is_and_the_others_follow(tmp_path: Path) -> None:
    roots = ((33, 36), (38, 41), (40, 43), (33, 36))
    line = [
        (4 * bar + at, 0.75, tone)
        for bar, (a, b) in enumerate(roots)
        for at, tone in ((0, a), (1, a), (2.5, b), (3, a))
    ]
    file = write_midi(tmp_path / "bass.mid", line)
    made = make({"midi_part": {"stem": "bass", "file": str(file)}}, None)
    assert str(made.score.key) == "A minor"
    assert [span.name for span in made.chords][:4] == ["Am", "Dm", "Em", "Am"]
    bass = next(part for part in made.score.parts if part.stem == "bass").notes
    assert bass[:3] == (
        Note(Fraction(0), Fraction(3, 4), 33, 80),
        Note(Fraction(1), Fraction(3, 4), 33, 80),
        Note(Fraction(5, 2), Fraction(3, 4), 36, 80),
    )
    assert bass[16].start_beats == 16, "four bars are repeated"
    assert sounding(made, "chords", 4, 8) == {2, 5, 9}


def test_given_drums_are_played_and_a_longer_file_is_cut(tmp_path: Path) -> None:
    beat = [(step / 2, 0.1, 36 if step % 2 == 0 else 42) for step in range(200)]
    file = write_midi(tmp_path / "drums.mid", beat, channel=9)
    made = make({"midi_part": {"stem": "drums", "file": str(file)}})
    drums = made.score.parts[0]
    assert drums.is_drums
    assert len(drums.notes) == 64
    assert all(note.start_beats + note.length_beats <= 32 for note in drums.notes)


def test_a_part_that_is_only_listened_to_is_told(tmp_path: Path) -> None:
    file = write_midi(tmp_path / "lead.mid", [(0, 4, 64), (4, 4, 67)])
    wishes = read_wishes({"midi_part": {"stem": "lead", "file": str(file)}})
    made = compose("pop", None, FOUR_FOUR, TempoMap.constant(100), Fraction(8), ("drums", "bass"), 1, wishes)
    assert [part.stem for part in made.score.parts] == ["drums", "bass"]
    assert made.notices == ("The MIDI file's lead was listened to but is not among the stems.",)


def test_midi_files_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "text.mid").write_text("no MIDI", encoding="utf-8")
    (tmp_path / "cut.mid").write_bytes(write_midi(tmp_path / "a.mid", [(0, 1, 60)]).read_bytes()[:25])
    write_midi(tmp_path / "empty.mid", [])
    for name in ("text.mid", "cut.mid", "empty.mid", "missing.mid", ""):
        with pytest.raises(InvalidValue, match="midi_part file must be"):
            read_wishes({"midi_part": {"stem": "bass", "file": str(tmp_path / name)}})


@pytest.mark.parametrize(
    "value", [{"stem": "vocals", "file": "a.mid"}, {"stem": "bass"}, {"stem": "bass", "file": ""}, "bass.mid", [1]]
)
def test_a_midi_part_of_another_form_is_refused(value: object) -> None:
    with pytest.raises(InvalidValue, match="midi_part must be"):
        read_wishes({"midi_part": value})


def test_nothing_given_is_nothing_wished() -> None:
    assert read_wishes({"chords": "", "stem_seeds": {}, "midi_part": {}, "steps": 50}) == Wishes()
    assert play("pop").reference is None
