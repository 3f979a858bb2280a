"""Rules read from TOML, and one sentence for every fault of a file."""

import pytest

from bridge.request.genre_map import InvalidRules, read_rules

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
