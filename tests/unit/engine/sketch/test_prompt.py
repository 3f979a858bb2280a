"""Prompts: the style they ask for, and the notices about the rest."""

import tomllib

import pytest

from engine.sketch.blend import pick_style
from engine.sketch.library import load_styles
from engine.sketch.prompt import DEFAULT_STYLE, read_prompt
from engine.sketch.vocabulary import vocabulary_of
from tests.helpers.paths import ROOT

FACTORY_MAP = ROOT / "bridge" / "request" / "genre_map" / "factory.toml"


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("funk", "funk"),
        ("DEEP HOUSE", "house"),
        ("drum & bass", "drum and bass"),
        ("indie pop", "indie"),
        ("pop-punk with electric guitars", "punk"),
        ("lo-fi hip-hop beats to study to", "lofi"),
        ("R&B", "r&b"),
        ("rock 'n' roll", "rock"),
        ("Lo‑Fi", "lofi"),  # with the hyphen that word processors put in
        ("acid jazz", "jazz"),  # the longer word wins over "acid" and "jazz"
        ("synth pop", "synth-pop"),  # and over "pop"
        ("jazzy house", "house with jazz"),
        ("jazz house", "house"),
        ("dubby techno", "techno with reggae"),
        ("funky disco with slap bass, 105 BPM", "disco"),
        ("latin trap", "reggaeton"),
        ("epic orchestral metal", "metal with cinematic"),
        ("jazzy", "jazz"),
        ("🎷🔥 jazz 🔥", "jazz"),
        ("techno, F# minor, 7/8, 128.5 bpm", "techno"),
    ],
)
def test_words_choose_the_style(prompt: str, name: str) -> None:
    choice = pick_style(prompt)
    assert choice.name == name
    assert choice.reading.notices == ()
    assert choice.reading.matched_words


def test_most_phrases_win_and_the_first_one_breaks_a_tie() -> None:
    assert pick_style("rock, funk, p-funk").name == "funk with rock"
    assert pick_style("rock, funk").name == "rock with funk"
    assert pick_style("funk, rock").name == "funk with rock"


def test_of_many_styles_two_are_used_and_this_is_reported() -> None:
    choice = pick_style("house, jazz, polka, metal, ska")
    assert choice.name == "house with jazz"
    assert choice.reading.notices == ("Of the styles named only house and jazz were used, not folk, metal and ska.",)


def test_unknown_words_are_reported_with_what_is_played() -> None:
    reading = pick_style("sludgy deep house with bagpipes").reading
    assert reading.unknown_words == ("sludgy", "bagpipes")
    assert reading.notices == (
        'The sketch engine does not know "sludgy" and "bagpipes"; it plays house from the rest.',
    )
    lost = pick_style("  gabba   zydeco ").reading
    assert lost.notices[0].startswith(
        'The sketch engine knows no style in "gabba zydeco", so it plays lofi; it knows '
    )
    assert lost.notices[0].endswith(" techno, trance and trap.")


@pytest.mark.parametrize("prompt", ["", "   ", "🎺🎺🎺", ",,,", "120 bpm E minor", "with the and of"])
def test_a_prompt_without_a_word_gets_the_default_and_a_sentence(prompt: str) -> None:
    choice = pick_style(prompt)
    assert choice.name == "lofi"
    assert choice.reading.notices[0].startswith("No style was named, so the sketch engine plays lofi")


def test_600_words_give_short_notices() -> None:
    choice = pick_style(" ".join(f"word{n}x" for n in range(600)) + " techno")
    assert choice.name == "techno"
    assert "595 more words" in choice.reading.notices[0]
    assert all(len(notice) < 300 for notice in choice.reading.notices)
    assert len(pick_style("x" * 50_000).reading.notices[0]) < 500


def test_contradictions_are_decided_by_the_first_word_and_reported() -> None:
    choice = pick_style("calm aggressive house, happy, dark")
    assert choice.reading.traits["energy"] == "low"
    assert choice.reading.traits["mood"] == "bright"
    assert '"calm" and "aggressive" contradict each other: "calm" was taken.' in choice.reading.notices
    assert '"happy" and "dark" contradict each other: "happy" was taken.' in choice.reading.notices


def test_instruments_take_their_parts() -> None:
    choice = pick_style("house with congas, saxophone, upright bass and Rhodes")
    parts = {stem: part.instrument for stem, part in choice.style.parts.items()}
    assert (parts["lead"], parts["bass"], parts["chords"]) == ("sax", "bass_upright", "epiano")
    assert {"percussion", "lead", "bass", "chords"} <= set(choice.layers)
    two = pick_style("jazz with trumpet and flute").reading
    assert two.instruments["lead"] == "trumpet"
    assert 'There was no player left for "flute".' in two.notices


def test_a_request_for_singers_is_reported_as_impossible() -> None:
    assert (
        "Nobody sings or raps: the sketch engine has no voice." in pick_style("soul, female vocals").reading.notices
    )


def test_the_factory_map_asks_for_styles_that_are_known() -> None:
    rules = tomllib.loads(FACTORY_MAP.read_text(encoding="utf-8"))["rule"]
    readings = {rule["genres"]: pick_style(rule["genres"]).reading for rule in rules}
    unknown = [len(reading.unknown_words) / len(genres.split()) for genres, reading in readings.items()]
    assert [genres for genres, reading in readings.items() if "No style" in "".join(reading.notices)] == []
    assert [genres for genres, reading in readings.items() if "knows no style" in "".join(reading.notices)] == []
    assert sum(unknown) / len(unknown) < 0.25


def read(genres: str) -> dict[str, object]:
    library = load_styles()
    reading = read_prompt(genres, library, vocabulary_of(library))
    return {name: getattr(reading, name) for name in reading.__slots__}


@pytest.mark.parametrize(
    "prompt", ["funk no drums", "funk without any drums", "funk, not any drums", "funk minus drums"]
)
def test_negations_refuse_the_next_word(prompt: str) -> None:
    found = read(prompt)
    assert (found["style"], found["without"], found["added"]) == ("funk", ("drums",), ())


def test_a_negation_does_not_reach_far() -> None:
    assert read("funk no way to play the drums")["without"] == ()
    assert read("funk drums, no")["added"] == ("drums",)


def test_a_refused_style_is_not_played() -> None:
    assert read("no jazz, house")["style"] == "house"
    assert read("no jazz")["style"] == DEFAULT_STYLE


@pytest.mark.parametrize(
    ("prompt", "style", "accent"),
    [
        ("rock", "rock", ""),
        ("jazz rock funk", "funk", "jazz"),  # the last word of a phrase names it
        ("techno and jazz", "techno", "jazz"),
        ("jazz with techno, techno", "techno", "jazz"),
        ("funky", "funk", ""),
    ],
)
def test_phrases_name_a_style_and_an_accent(prompt: str, style: str, accent: str) -> None:
    found = read(prompt)
    assert (found["style"], found["accent"]) == (style, accent)


def test_keys_tempos_and_meters_are_not_words() -> None:
    found = read("funk in F# minor, C♭ dorian, 120.5 BPM, 98 beats per minute, 7 / 8")
    assert (found["unknown_words"], found["notices"], found["modes"]) == ((), (), ())


def test_the_first_instrument_of_a_part_is_taken_and_the_part_is_added() -> None:
    found = read("rock with sax, flute and violin")
    assert found["instruments"] == {"lead": "sax"}
    assert found["added"] == ("lead",)
    assert found["notices"] == ('There was no player left for "flute" and "violin".',)


def test_long_words_are_shortened_and_many_are_counted() -> None:
    notice = str(read("funk " + "x" * 40 + " a1b c1d e1f g1h i1j k1l")["notices"])
    assert '"' + "x" * 23 + '…"' in notice
    assert "and 2 more words" in notice
