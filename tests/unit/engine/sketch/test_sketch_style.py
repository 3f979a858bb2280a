"""Style files and the words that ask for them."""

from pathlib import Path

import pytest

from engine.errors import InvalidValue
from engine.sketch.pattern import Mark, parse_pattern
from engine.sketch.style import STYLE_FOLDER, load_styles, pick_style
from engine.sketch.style_file import read_style

FUNK = (STYLE_FOLDER / "funk.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("prompt", "style"),
    [
        ("funk", "funk"),
        ("Funky disco with slap bass, 105 BPM", "funk"),
        ("DEEP HOUSE", "house"),
        ("dark techno, electronic, E minor", "house"),
        ("drum & bass", "house"),
        ("indie pop", "rock"),
        ("pop-punk with electric guitars", "rock"),
        ("lo-fi hip-hop beats to study to", "lofi"),
        ("chill jazzy R&B", "lofi"),
        ("ambient", "lofi"),
        ("Lo‑Fi", "lofi"),  # with the hyphen that word processors put in
        ("acid jazz", "funk"),  # the longer word wins over "acid" and "jazz"
        ("synth pop", "house"),  # and over "pop"
    ],
)
def test_words_choose_the_style(prompt: str, style: str) -> None:
    choice = pick_style(prompt)
    assert choice.style.name == style
    assert choice.notice == ""
    assert choice.matched_words


def test_most_words_win_and_the_first_one_breaks_a_tie() -> None:
    assert pick_style("rock, funk, disco").style.name == "funk"
    assert pick_style("rock, funk").style.name == "rock"
    assert pick_style("funk, rock").style.name == "funk"


def test_words_are_matched_whole() -> None:
    choice = pick_style("rocket powerhouse popcorn R&Blue")
    assert choice.matched_words == ()
    assert choice.unknown_words == ("rocket", "powerhouse", "popcorn", "r&blue")


def test_known_and_unknown_words_are_told_apart() -> None:
    choice = pick_style("sludgy deep house with bagpipes")
    assert choice.matched_words == ("deep house",)
    assert choice.unknown_words == ("sludgy", "with", "bagpipes")


def test_a_prompt_nobody_knows_gets_the_default_and_a_sentence() -> None:
    choice = pick_style("  polka   mazurka ")
    assert choice.style.name == "lofi"
    assert choice.notice == (
        'The sketch engine knows no style in "polka mazurka", so it plays lofi; it knows funk, house, lofi and rock.'
    )
    assert pick_style("").notice.startswith("No style was named, so the sketch engine plays lofi")
    assert len(pick_style("x" * 5000).notice) < 200


def test_no_word_asks_for_two_styles() -> None:
    words = [word.casefold().replace("-", " ") for style in load_styles().values() for word in set(style.words)]
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_every_style_is_found_by_its_own_words() -> None:
    for style in load_styles().values():
        for word in style.words:
            assert pick_style(word).style.name == style.name, word


def test_patterns_are_read_with_holds_and_silence() -> None:
    pattern = parse_pattern("9--. | a.2-", "29a", "here")
    assert pattern.steps == 8
    assert pattern.marks == (Mark(0, 3, "9"), Mark(4, 1, "a"), Mark(6, 2, "2"))
    assert parse_pattern("", "9", "here").steps == 0


@pytest.mark.parametrize("text", ["x...", "-...", "9.-.", "9..0"])
def test_patterns_refuse_what_they_do_not_know(text: str) -> None:
    with pytest.raises(InvalidValue, match="here"):
        parse_pattern(text, "123456789", "here")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "funk"', "name = ", "valid TOML"),
        ('name = "funk"', "", "name"),
        ('instrument = "clav"', 'instrument = "kazoo"', "parts.chords.instrument must be one of epiano"),
        ('long_share = "27/50"', 'long_share = "9/10"', 'swing.long_share must be a fraction from "1/2"'),
        ('long_share = "27/50"', 'long_share = "1/0"', "swing.long_share"),
        ("crash_level = 7", "crash_level = 12", "crash_level must be a number from 1 to 9"),
        ("crash_level = 7", "crash_level = true", "crash_level"),
        ("crash_level = 7", "crash_level = 7\ncrsh = 1", "crsh"),
        ('"1 1 4 1", "1 4 1 5", "1 1 1 4/5"', '"6 4 1 5"', "harmony.minor must be four bars that begin on 1"),
        ('"1 1 4 1", "1 4 1 5", "1 1 1 4/5"', '"1 8 4 5"', "harmony.minor must be degrees 1–7"),
        ('"9.....7. ..8....."', '"9.....7. ..8...."', "drums.4/4.kick must be as many steps"),
        ('"R..r..8. R.x.5.7n"', '"R..r..8. R.x.5.7z"', "bass.4/4"),
        ('"R..r..8. R.x.5.7n"', '"..Rr..8. R.x.5.7n"', "bass.4/4 must be a pattern that begins with R"),
        ('[drums."7/8"]', '[drums."7/9"]', "drums.7/8 must be given"),
        ("cowbell", "gong", "gong"),
        ("high = 74", "high = 60", "parts.chords.high must be at least 18 semitones"),
        ('"E minor", "A minor"', '"H minor"', "key must be a key"),
        ('colours = ["1 3 5 7"', 'colours = ["5 7"', "colours must be three or four"),
        ('snare = "..57"', "snare = 57", "fills.small"),
        ("[parts.lead]", "[parts.solo]", "parts.lead must be given"),
        ("crash_level = 7", 'crash_level = 7\ngrouping = { "7/8" = [3, 3] }', "grouping.7/8"),
    ],
)
def test_a_broken_style_file_gives_one_clear_error(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in FUNK
    path = tmp_path / "mine.toml"
    path.write_text(FUNK.replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidValue) as caught:
        read_style(path)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "noise.toml"
    path.write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(InvalidValue, match=r"noise\.toml"):
        read_style(path)


def test_two_styles_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(FUNK, encoding="utf-8")
    with pytest.raises(InvalidValue, match=r"b\.toml"):
        load_styles(tmp_path)


def test_a_user_can_add_a_style(tmp_path: Path) -> None:
    text = FUNK.replace('name = "funk"', 'name = "polka"').replace('"funk", "funky"', '"polka", "oompah"')
    (tmp_path / "polka.toml").write_text(text, encoding="utf-8")
    assert pick_style("oompah!", load_styles(tmp_path)).style.name == "polka"
