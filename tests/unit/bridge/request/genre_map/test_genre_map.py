"""The tempo/key map: the factory's answers, the user's rules over them, and broken files."""

import itertools
import math
import os
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from bridge.request.block import GenreWords, check_value, read_words
from bridge.request.genre_map import GenreChoice, GenreMap, write_starter
from bridge.request.genre_map.genre_map import STARTER
from engine.errors import InvalidValue, StemBridgeError
from engine.music import Key
from engine.music.key import MODES

KEYS = [None, *(Key("E", mode) for mode in MODES)]


RULE = '[[rule]]\ntempo = [96, 104]\nmodes = ["minor", "Dorian"]\ngenres = "my funk"\n'


@pytest.fixture
def user_file(tmp_path: Path) -> Path:
    return tmp_path / "genre_map.toml"


@pytest.fixture
def genre_map(user_file: Path) -> GenreMap:
    return GenreMap(user_file)


def words(text: str) -> set[str]:
    return {word.strip() for word in text.split(",")}


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_every_tempo_has_an_answer(genre_map: GenreMap, key: Key | None) -> None:
    for step in range(20 * 4, 400 * 4 + 1):
        choice = genre_map.lookup(step / 4, key)
        assert choice.origin == "factory"
        assert len(words(choice.genres)) >= 4, choice
        assert check_value("genres", choice.genres) == choice.genres


def test_bands_are_narrow_where_most_music_is_and_differ(genre_map: GenreMap) -> None:
    for key in KEYS:
        bands = Counter(genre_map.lookup(tempo, key).genres for tempo in range(60, 200))
        assert all(8 <= bpm <= 12 for bpm in bands.values())
        for one, other in itertools.combinations(map(words, bands), 2):
            assert len(one & other) <= 2


@pytest.mark.parametrize("tempo", [20, 50, *range(60, 200, 10), 230, 400])
def test_modes_differ_within_a_band(genre_map: GenreMap, tempo: float) -> None:
    by_mode = {key.mode if key else "unknown": genre_map.lookup(tempo, key).genres for key in KEYS}
    assert by_mode["phrygian"] == by_mode["locrian"]  # the two dark ones
    assert len(set(by_mode.values())) == len(by_mode) - 1


def test_factory_texts_name_no_tempo_key_or_meter(genre_map: GenreMap) -> None:
    texts = {genre_map.lookup(tempo, key).genres for tempo in range(20, 401) for key in KEYS}
    assert len(texts) == 126
    for text in texts:
        assert read_words(text) == GenreWords(), text
        assert not any(mode in text.lower() for mode in MODES), text


@pytest.mark.parametrize("tempo", [19.99, 400.01, math.nan, math.inf])
def test_no_tempo_of_music_is_refused(genre_map: GenreMap, tempo: float) -> None:
    with pytest.raises(InvalidValue, match="20–400"):
        genre_map.lookup(tempo)


def test_the_users_rules_come_first(user_file: Path, genre_map: GenreMap) -> None:
    user_file.write_text(RULE)
    for key in (Key("A", "minor"), Key("Bb", "dorian")):
        assert genre_map.lookup(96, key) == GenreChoice("my funk", "user")
    assert genre_map.lookup(103.999, Key("E", "minor")).origin == "user"
    assert genre_map.lookup(104, Key("E", "minor")).origin == "factory"
    assert genre_map.lookup(95.999, Key("E", "minor")).origin == "factory"
    assert genre_map.lookup(100, Key("E", "major")).origin == "factory"
    assert genre_map.lookup(100, None).origin == "factory"
    assert genre_map.problem() is None


def test_the_first_rule_that_fits_wins(user_file: Path, genre_map: GenreMap) -> None:
    user_file.write_text(
        '[[rule]]\ntempo = [20, 400]\nmodes = ["unknown"]\ngenres = "any tempo"\n'
        '[[rule]]\ntempo = [90, 100.5]\ngenres = "any key"\n'
        '[[rule]]\ntempo = [20, 400]\ngenres = "the rest"\n'
    )
    assert genre_map.lookup(95, None).genres == "any tempo"
    assert genre_map.lookup(95, Key("C", "lydian")).genres == "any key"
    assert genre_map.lookup(100.5, Key("C", "lydian")).genres == "the rest"
    assert genre_map.lookup(400, Key("C", "lydian")).genres == "the rest"


def test_an_edit_is_seen_without_a_restart(user_file: Path, genre_map: GenreMap) -> None:
    key = Key("E", "minor")
    assert genre_map.lookup(100, key).origin == "factory"
    user_file.write_text(RULE)
    assert genre_map.lookup(100, key).genres == "my funk"
    user_file.write_text(RULE.replace("my funk", "my soul"))
    os.utime(user_file, ns=(1, 1))  # the same size: only the time differs
    assert genre_map.lookup(100, key).genres == "my soul"
    user_file.write_text("[[rule]")
    assert genre_map.lookup(100, key).origin == "factory"
    assert genre_map.problem() is not None
    user_file.unlink()
    assert genre_map.lookup(100, key).origin == "factory"
    assert genre_map.problem() is None


def test_an_unchanged_file_is_not_read_again(
    user_file: Path, genre_map: GenreMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_file.write_text(RULE)
    genre_map.lookup(100)
    monkeypatch.setattr("bridge.home.user_files.read_bytes", lambda path: pytest.fail("read again"))
    assert genre_map.lookup(100, Key("E", "minor")).origin == "user"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[[rule]", "genre_map.toml is not valid TOML"),
        ("[[rules]]\n", "genre_map.toml has 'rules'"),
        ("rule = 5", "in double brackets"),
        ("rule = [5]", "rule 1 must be a table"),
        (RULE.replace("[96, 104]", "96"), "rule 1: tempo must be [from, to] with 20 ≤ from < to ≤ 400"),
        (RULE.replace("96", "104"), "rule 1: tempo"),
        (RULE.replace("96", "19.9"), "rule 1: tempo"),
        (RULE.replace("104", "400.1"), "rule 1: tempo"),
        (RULE.replace("104", "inf"), "rule 1: tempo"),
        (RULE.replace("104", "nan"), "rule 1: tempo"),
        (RULE.replace("104", "true"), "rule 1: tempo"),
        (RULE.replace("104", "9" * 5000), "not valid TOML"),
        (RULE + RULE.replace("Dorian", "blues"), "rule 2: modes must be a list of some of major, minor"),
        (RULE.replace('["minor", "Dorian"]', "[]"), "rule 1: modes"),
        (RULE.replace('["minor", "Dorian"]', '"minor"'), "rule 1: modes"),
        (RULE.replace('"Dorian"', "1"), "rule 1: modes"),
        (RULE.replace("my funk", " "), "rule 1: genres"),
        (RULE.replace("my funk", "x" * 2001), "rule 1: genres must be text of up to 2,000"),
        (RULE.replace("tempo", "bpm"), "rule 1 has 'bpm', but only tempo, modes, genres are known"),
        (RULE.replace("tempo", "bpm"), "rule 1 has no tempo"),
        ("x = " + "[" * 50_000, "genre_map.toml"),
        (b"\xff", "UTF-8"),
        (b"#" * (1 << 20) + b"##", "too long"),
    ],
)
def test_a_broken_file_is_reported_and_the_factory_answers(
    user_file: Path, genre_map: GenreMap, content: str | bytes, said: str
) -> None:
    user_file.write_bytes(content.encode() if isinstance(content, str) else content)
    assert genre_map.lookup(100, Key("E", "minor")).origin == "factory"
    problem = genre_map.problem()
    assert problem is not None
    assert said in problem
    assert problem.startswith("genre_map.toml")
    assert len(problem) < 1_100


def test_the_starter_changes_nothing_until_it_is_edited(user_file: Path, genre_map: GenreMap) -> None:
    assert write_starter(user_file)
    assert tomllib.loads(user_file.read_text(encoding="utf-8")) == {}
    assert genre_map.problem() is None
    assert genre_map.lookup(100, Key("E", "minor")).origin == "factory"
    assert list(user_file.parent.iterdir()) == [user_file]


def test_the_starters_example_works_once_uncommented(user_file: Path, genre_map: GenreMap) -> None:
    example = STARTER[STARTER.index("# [[rule]]") :]
    user_file.write_text("".join(line.removeprefix("# ") + "\n" for line in example.splitlines()))
    assert genre_map.problem() is None
    assert genre_map.lookup(100, Key("E", "minor")).origin == "user"


def test_the_starter_never_overwrites(user_file: Path) -> None:
    user_file.write_text("mine")
    assert not write_starter(user_file)
    assert user_file.read_text() == "mine"
    assert list(user_file.parent.iterdir()) == [user_file]


def test_the_starters_folder_is_created_or_the_fault_reported(tmp_path: Path) -> None:
    assert write_starter(tmp_path / "a" / "b" / "map.toml")
    (tmp_path / "file").write_text("")
    with pytest.raises(StemBridgeError, match="cannot be written"):
        write_starter(tmp_path / "file" / "map.toml")
