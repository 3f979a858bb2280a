"""Words for file names: plain where they are Latin, whole characters everywhere."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.takes.portable_words import cut, join_fitting, portable_words, size_bytes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dusty lofi, hip-hop", "dusty lofi hip-hop"),
        ("Drum & Bass", "Drum n Bass"),
        ("R&B", "RnB"),
        ("don't stop the 80's", "dont stop the 80s"),
        ("Française Größe Łódź Æon", "Francaise Grosse Lodz AEon"),
        ("é", "e"),
        ("ＤＲＵＭＳ ①", "DRUMS 1"),
        ("in F# minor, C♯", "in F# minor C#"),
        ("#1 hit #", "1 hit"),
        ("vol. 2.5 v1..2 .9", "vol 2.5 v1 2 9"),
        ("ローファイ・ビート", "ローファイ ビート"),
        ("हिन्दी गीत", "हिन्दी गीत"),
        ("🎵️ song ‮gnp.exe", "song gnp exe"),
        ('a<b>c:d"e/f\\g|h?i*j', "a b c d e f g h i j"),
        ("--rm -rf ~ $(x) `y` %PATH%", "rm rf x y PATH"),
        ("\0\x1f\n\tok\ud800", "ok"),
        ("℀ ½", "a c 1 2"),
        ("...", ""),
        ("", ""),
    ],
)
def test_words_are_those_that_every_system_takes(text: str, words: str) -> None:
    assert " ".join(portable_words(text)) == words


@given(st.text(st.characters(), max_size=80))
def test_any_text_gives_composed_letters_and_digits(text: str) -> None:
    for word in portable_words(text):
        assert word
        assert word == unicodedata.normalize("NFC", word) == word.strip("-. ")
        assert all(unicodedata.category(char)[0] in "LMN" or char in "-.#" for char in word)
        assert unicodedata.category(word[0])[0] != "M" or not word[0].isascii()


@pytest.mark.parametrize(
    ("text", "room", "short"),
    [("drums", 5, "drums"), ("drums", 3, "dru"), ("日本語", 7, "日本"), ("a b", 2, "a"), ("x", 0, "")],
)
def test_a_cut_leaves_whole_characters(text: str, room: int, short: str) -> None:
    assert cut(text, room) == short


@pytest.mark.parametrize(
    ("room", "text"),
    [(99, "deep house pads"), (14, "deep house"), (10, "deep house"), (9, "deep"), (3, "dee"), (0, "")],
)
def test_only_whole_words_are_joined_but_the_first_is_cut(room: int, text: str) -> None:
    assert join_fitting(["deep", "house", "pads"], room) == text


def test_sizes_are_bytes() -> None:
    assert (size_bytes("lofi"), size_bytes("日本")) == (4, 6)
