"""Rules read from TOML, and one sentence for every fault of a file."""

import pytest

from bridge.request.genre_map import InvalidRules, Rule, read_rules
from engine.music import Key

RULE = '[[rule]]\ntempo = [96, 104]\nmodes = ["minor", "Dorian"]\ngenres = "my funk"\n'


def test_each_fault_is_a_sentence() -> None:
    content = RULE.replace("96", "1").replace("minor", "blues").replace("my funk", "") + "mood = 1\n" + RULE
    with pytest.raises(InvalidRules) as error:
        read_rules(content.encode(), "mine.toml")
    assert [fault.split(" must")[0].split(",")[1] for fault in error.value.faults] == [
        " rule 1 has 'mood'",
        " rule 1: tempo",
        " rule 1: modes",
        " rule 1: genres",
    ]


def test_windows_files_are_read() -> None:
    [rule] = read_rules(b"\xef\xbb\xbf" + RULE.replace("\n", "\r\n").encode(), "mine.toml")
    assert (rule.low, rule.high, rule.modes, rule.genres) == (96.0, 104.0, {"minor", "dorian"}, "my funk")


@pytest.mark.parametrize(
    ("tempo", "key", "fits"),
    [
        (96.0, Key("A", "minor"), True),
        (103.999, Key("A", "minor"), True),
        (104.0, Key("A", "minor"), False),
        (95.999, Key("A", "minor"), False),
        (100.0, Key("A", "major"), False),
        (100.0, None, False),
    ],
)
def test_a_rule_fits_from_its_low_tempo_up_to_but_not_including_the_high_one(
    tempo: float, key: Key | None, fits: bool
) -> None:
    assert Rule(96.0, 104.0, frozenset({"minor"}), "funk").fits(tempo, key) is fits


def test_only_the_fastest_tempo_of_all_belongs_to_the_rule_that_ends_there() -> None:
    assert Rule(200.0, 400.0, None, "speedcore").fits(400.0, None)
    assert not Rule(200.0, 399.0, None, "speedcore").fits(399.0, None)


def test_an_unknown_key_has_a_word_of_its_own() -> None:
    rule = Rule(20.0, 400.0, frozenset({"unknown"}), "ambient")
    assert rule.fits(100.0, None)
    assert not rule.fits(100.0, Key("C", "major"))


def test_rules_come_in_the_files_order_and_without_modes_fit_every_key() -> None:
    first, second = read_rules(
        b'[[rule]]\ntempo = [20, 90.5]\ngenres = " dub "\n[[rule]]\ntempo = [90.5, 400]\ngenres = "house"', "a.toml"
    )
    assert (first.low, first.high, first.modes, first.genres) == (20.0, 90.5, None, "dub")
    assert (second.low, second.genres) == (90.5, "house")


@pytest.mark.parametrize("content", [b"", b"# nothing yet\n", b"\xef\xbb\xbf"])
def test_a_file_without_rules_has_none(content: bytes) -> None:
    assert read_rules(content, "a.toml") == ()


def test_many_faults_are_cut_in_the_sentence_and_all_kept_beside_it() -> None:
    with pytest.raises(InvalidRules) as error:
        read_rules(RULE.replace("96", "1").encode() * 50, "a.toml")
    assert len(error.value.faults) == 50
    assert len(str(error.value).encode()) <= 900
    assert str(error.value).endswith("…")
