"""The sketch engine by its contract: the block takes effect on the music, and problems are reported to the user."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.contract import Generation, GenerationRequest, Phase
from engine.errors import Cancelled, InvalidValue
from engine.music import Key, Meter, TempoMap
from engine.registry import SKETCH, create
from engine.score import Note, Part
from engine.sketch.sketch_engine import _sounding, _sum


def quiet(phase: Phase, fraction: float) -> None:
    assert 0 <= fraction <= 1


def generate(
    block: Mapping[str, object], folder: Path | None = None, lyrics: str = "", genres: str = "pop", stems: int = 2
) -> Generation:
    engine = create("sketch", styles_dir=folder)
    engine.load(quiet)
    request = GenerationRequest(
        genres=genres,
        key=Key("E", "minor"),
        meter=Meter(4, 4),
        tempo_map=TempoMap.constant(120),
        length_beats=Fraction(8),
        sample_rate=8_000,
        seed=5,
        stems=("bass", "chords", "lead")[:stems],
        lyrics=lyrics,
        block=block,
    )
    return engine.generate(request, quiet)[0]


def test_chords_of_the_block_are_played() -> None:
    chords = next(stem for stem in generate({"chords": "Em C"}).stems if stem.name == "chords")
    assert chords.notes is not None
    assert {note.pitch % 12 for note in chords.notes if note.start_beats >= 4} == {0, 4, 7}


def test_every_stem_names_the_instrument_that_plays_it() -> None:
    styled = {stem.name: stem.program for stem in generate({}, genres="funk", stems=3).stems}
    assert styled == {"bass": 33, "chords": 7, "lead": 61}  # finger bass, clavinet, brass
    asked = {stem.name: stem.program for stem in generate({}, genres="funk, upright bass, sax", stems=3).stems}
    assert asked == {"bass": 32, "chords": 7, "lead": 66}


def test_a_new_seed_for_one_stem_leaves_the_others_notes() -> None:
    plain, changed = generate({}), generate({"stem_seeds": {"chords": 77}})
    assert [a.notes == b.notes for a, b in zip(plain.stems, changed.stems, strict=True)] == [True, False]
    assert changed.seed == 5


def test_wrong_wishes_are_refused() -> None:
    with pytest.raises(InvalidValue, match="midi_part file"):
        generate({"midi_part": {"stem": "bass", "file": "/nowhere/bass.mid"}})


def test_a_broken_style_of_the_users_is_reported_and_the_music_is_made(tmp_path: Path) -> None:
    (tmp_path / "polka.toml").write_text('name = "polka"\nbased_on = "folk"\nwords = [1]\n', encoding="utf-8")
    made = generate({}, tmp_path)
    assert any("polka.toml: words must be a list of texts" in notice for notice in made.notices)
    (tmp_path / "polka.toml").write_text('name = "oompah"\nbased_on = "folk"\nwords = ["oompah"]\n', encoding="utf-8")
    assert not any("lofi" in notice for notice in generate({}, tmp_path, genres="oompah").notices)


def test_a_folder_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    assert generate({}, tmp_path / "none").notices == (SKETCH.notice,)


@pytest.mark.parametrize(
    ("lyrics", "is_reported"), [("", False), ("[Verse]\n[Chorus]\n", False), ("[Verse]\nla la", True)]
)
def test_lyrics_with_words_are_reported_as_not_sung(lyrics: str, is_reported: bool) -> None:
    assert any("not sung" in notice for notice in generate({}, lyrics=lyrics).notices) == is_reported


def test_the_style_chooses_the_stems_by_default() -> None:
    assert SKETCH.default_stems == ()
    names = [stem.name for stem in generate({}, stems=0, genres="trance").stems]
    assert names == ["drums", "bass", "chords", "pad", "lead", "arp"]


def test_cancelling_takes_effect_while_the_piece_is_composed(monkeypatch: pytest.MonkeyPatch) -> None:
    # The first report comes before anything is done, the next with the first section.
    reports: list[float] = []

    def report(phase: Phase, fraction: float) -> None:
        reports.append(fraction)
        if phase == "generating" and len(reports) > 2:
            raise Cancelled

    monkeypatch.setattr("engine.sketch.render.render", lambda *_: pytest.fail("it was played"))
    engine = create("sketch")
    request = GenerationRequest(
        "pop", Key("E", "minor"), Meter(4, 4), TempoMap.constant(120), Fraction(128), sample_rate=8_000, seed=5
    )
    with pytest.raises(Cancelled):
        engine.generate(request, report)
    assert len(reports) == 3


def test_notes_are_given_at_sounding_pitch_and_drums_as_they_are() -> None:
    notes = tuple(Note(Fraction(0), Fraction(1), pitch, 90) for pitch in (0, 60, 127))
    assert [note.pitch for note in _sounding(Part("lead", "sax", notes), 0.4)] == [0, 60, 127]
    assert [note.pitch for note in _sounding(Part("lead", "sax", notes), 0.6)] == [1, 61], "128 is no MIDI note"
    assert [note.pitch for note in _sounding(Part("lead", "sax", notes), -1.0)] == [59, 126]
    assert _sounding(Part("drums", "kit_808", notes, is_drums=True), 5.0) == notes


def test_the_mix_is_the_sum_of_the_stems_which_stay_as_they_are() -> None:
    stems = [np.full((3, 2), value, np.float32) for value in (0.1, 0.2, -0.05)]
    assert _sum(stems) == pytest.approx(np.full((3, 2), 0.25))
    assert stems[0] == pytest.approx(np.full((3, 2), 0.1))


def test_variations_have_one_seed_after_the_other_and_wrap() -> None:
    engine = create("sketch")
    engine.load(quiet)
    shares: list[float] = []
    request = GenerationRequest(
        "pop", Key("E", "minor"), Meter(4, 4), TempoMap.constant(120), Fraction(2),
        sample_rate=8_000, seed=2**32 - 1, stems=("bass",), variations=2,
    )  # fmt: skip
    made = engine.generate(request, lambda phase, share: shares.append(share))
    assert [one.seed for one in made] == [2**32 - 1, 0]
    assert made[0].mix.shape == made[1].mix.shape == (8_000, 2)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
