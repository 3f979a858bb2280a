"""Style files: one clear sentence for every fault in them."""

from pathlib import Path

import pytest

from engine.errors import InvalidValue
from engine.sketch.library import STYLE_FOLDER, load_styles
from engine.sketch.style.file import build_style, merge, read_toml

FUNK = (STYLE_FOLDER / "funk.toml").read_text(encoding="utf-8")


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
        ("low = 85, home = 104, high = 125", "low = 125, high = 85", "tempo.high must be a number from 125"),
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


def test_own_values_replace_those_of_the_base_one_level_into_tables() -> None:
    base = {"name": "b", "words": ["b"], "tempo": 1, "bass": {"4/4": ["R"], "3/4": ["5"]}, "swing": {"a": {"x": 1}}}
    own = {"name": "o", "bass": {"4/4": ["8"]}, "swing": {"a": {"y": 2}}, "tempo": 2}
    assert merge(base, own) == {
        "name": "o",
        "tempo": 2,
        "bass": {"4/4": ["8"], "3/4": ["5"]},
        "swing": {"a": {"y": 2}},
    }


def test_parts_are_merged_key_by_key() -> None:
    base = {"parts": {"bass": {"instrument": "bass_pick", "gate": 0.5}, "lead": {"instrument": "sax"}}}
    own = {"parts": {"bass": {"gate": 0.9}}}
    assert merge(base, own) == {
        "parts": {"bass": {"instrument": "bass_pick", "gate": 0.9}, "lead": {"instrument": "sax"}}
    }


def test_merging_changes_neither_table() -> None:
    base, own = {"bass": {"4/4": ["R"]}}, {"bass": {"3/4": ["R"]}}
    merge(base, own)
    assert (base, own) == ({"bass": {"4/4": ["R"]}}, {"bass": {"3/4": ["R"]}})


def test_a_value_that_is_no_table_replaces_one_as_it_is() -> None:
    assert merge({"bass": {"4/4": ["R"]}}, {"bass": 3}) == {"bass": 3}


def test_a_style_file_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"^Style file none\.toml must be a file that can be read"):
        read_toml(tmp_path / "none.toml")
    (tmp_path / "deep.toml").write_text("a = " + "[" * 20_000, encoding="utf-8")
    with pytest.raises(InvalidValue, match=r"^Style file deep\.toml must be valid TOML"):
        read_toml(tmp_path / "deep.toml")
    (tmp_path / "good.toml").write_text("a = 1", encoding="utf-8")
    assert read_toml(tmp_path / "good.toml") == {"a": 1}


def test_an_empty_file_is_no_style() -> None:
    with pytest.raises(InvalidValue, match=r"^mine\.toml: swing must be given"):
        build_style({}, "mine.toml")
