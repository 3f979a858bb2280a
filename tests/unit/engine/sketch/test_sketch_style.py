"""Style files: patterns, and one clear sentence for whatever is wrong in them."""

from pathlib import Path

import pytest

from engine.errors import InvalidValue
from engine.sketch.library import STYLE_FOLDER, load_styles
from engine.sketch.pattern import Mark, parse_pattern

FUNK = (STYLE_FOLDER / "funk.toml").read_text(encoding="utf-8")


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
        ('based_on = "_common"', 'based_on = "polka"', "based_on must be another style's name"),
        ('based_on = "_common"', 'based_on = "funk"', "not in a circle"),
        ('instrument = "clav"', 'instrument = "kazoo"', "parts.chords.instrument must be one of"),
        ('long_share = "27/50"', 'long_share = "9/10"', 'swing.long_share must be a fraction from "1/2"'),
        ('long_share = "27/50"', 'long_share = "1/0"', "swing.long_share"),
        ("crash_level = 7", "crash_level = 12", "crash_level must be a number from 1 to 9"),
        ("crash_level = 7", "crash_level = true", "crash_level"),
        ("crash_level = 7", "crash_level = 7\ncrsh = 1", "crsh"),
        (
            '"1 1 4 1", "1 4 1 5", "1 1 1 4/5"',
            '"6 4 1 5"',
            "harmony.minor must be 2, 4, 8, 12, 16 bars that begin on 1",
        ),
        ('"1 1 4 1", "1 4 1 5", "1 1 1 4/5"', '"1 8 4 5"', "harmony.minor must be degrees 1–7"),
        ('"9.....7. ..8....."', '"9.....7. ..8...."', "drums.4/4.kick must be as many steps"),
        ('"R..r..8. R.x.5.7n"', '"R..r..8. R.x.5.7z"', "bass.4/4"),
        ('"1 1 4 1", "1 4 1 5", "1 1 1 4/5"', '"1 4:sharp 1 5"', "harmony.minor must be degrees 1–7"),
        ('[drums."7/8"]', '[drums."7/9"]', "drums.7/8 must be given"),
        ('"7/8" = ["7..5 6.7.', '"7/9" = [], "7/8" = ["7..5 6.7.', "valid TOML"),
        ("cowbell", "gong", "gong"),
        ("high = 74", "high = 60", "parts.chords.high must be at least 18 semitones"),
        ('"E minor", "A minor"', '"H minor"', "keys must be a key"),
        ('colours = ["1 3 5 7"', 'colours = ["5 7"', "colours must be three or four"),
        ('snare = "..57"', "snare = 57", "fills.small"),
        ("[parts.lead]", "[parts.solo]", "parts must be without keys nobody knows"),
        ("layers = [", 'layers = ["kazoo", ', "layers must be some of drums"),
        ("low = 85, high = 125", "low = 125, high = 85", "tempo.high must be a number from 125"),
        ("crash_level = 7", 'crash_level = 7\ngrouping = { "7/8" = [3, 3] }', "grouping.7/8"),
    ],
)
def test_a_broken_style_file_gives_one_clear_error(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in FUNK
    (tmp_path / "mine.toml").write_text(FUNK.replace(old, new), encoding="utf-8")
    styles = load_styles(tmp_path)
    assert len(styles.faults) == 1
    assert says in styles.faults[0]
    assert "mine.toml" in styles.faults[0]
    assert "\n" not in styles.faults[0]
    assert styles["funk"] is not None, "the factory's own still works"


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "noise.toml").write_bytes(b"\xff\xfe\x00\x80")
    (tmp_path / "huge.toml").write_bytes(b"#" * 1_000_001)
    styles = load_styles(tmp_path)
    assert [fault.split(" must")[0] for fault in styles.faults] == ["Style file huge.toml", "Style file noise.toml"]
    assert len(styles) == len(load_styles())


def test_two_styles_of_one_name_are_told(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(FUNK.replace('name = "funk"', 'name = "polka"'), encoding="utf-8")
    styles = load_styles(tmp_path)
    assert "polka" in styles
    assert styles.faults[0].startswith("b.toml: name must be different")


def test_a_style_may_be_a_few_lines_on_top_of_another(tmp_path: Path) -> None:
    (tmp_path / "polka.toml").write_text(
        'name = "polka"\nbased_on = "country"\nwords = ["oompah"]\n[parts]\nlead = { instrument = "violin" }\n'
        '[bass]\n"4/4" = ["R---5---R---5---"]\n',
        encoding="utf-8",
    )
    styles = load_styles(tmp_path)
    assert styles.faults == ()
    polka, country = styles["polka"], styles["country"]
    assert polka.parts["lead"].instrument == "violin"
    assert polka.parts["lead"].low == country.parts["lead"].low
    assert len(polka.bass["4/4"]) == 1
    assert polka.bass["3/4"] == country.bass["3/4"]
    assert polka.drums == country.drums


def test_a_style_may_be_based_on_another_of_the_users_own(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('name = "a"\nbased_on = "b"\nwords = ["aaa"]\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text('name = "b"\nbased_on = "funk"\nwords = ["bbb"]\n', encoding="utf-8")
    assert load_styles(tmp_path)["a"].bass == load_styles()["funk"].bass


def test_a_users_style_stands_in_for_a_factory_one_and_a_broken_one_does_not(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(FUNK.replace("crash_level = 7", "crash_level = 2"), encoding="utf-8")
    assert load_styles(tmp_path)["funk"].crash_level == 2
    path.write_text(FUNK.replace("crash_level = 7", "crash_level = 20"), encoding="utf-8")
    assert load_styles(tmp_path)["funk"].crash_level == 7


def test_there_are_styles_for_every_family() -> None:
    families = {
        "funk", "house", "techno", "trance", "drum and bass", "dubstep", "trap", "hip hop", "lofi", "r&b", "soul",
        "disco", "pop", "synth-pop", "indie", "rock", "metal", "punk", "reggae", "ska", "latin", "bossa", "afrobeat",
        "jazz", "blues", "country", "folk", "gospel", "ambient", "cinematic",
    }  # fmt: skip
    assert families <= set(load_styles())


@pytest.mark.parametrize("name", load_styles())
def test_every_style_is_sound_and_has_its_own_four_four(name: str) -> None:
    styles = load_styles()
    style = styles[name]
    assert style.layers
    assert len(style.bass["4/4"]) >= 5
    assert style.tempo[0] < style.tempo[1]
    others = [styles[other] for other in styles if other != name]
    assert all(style.drums != other.drums for other in others)
    assert all(style.bass["4/4"] != other.bass["4/4"] for other in others)
