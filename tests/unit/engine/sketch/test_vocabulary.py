"""The vocabulary of prompts."""

from engine.sketch.blend import pick_style
from engine.sketch.library import load_styles
from engine.sketch.vocabulary import plain_text, vocabulary_of


def test_words_are_matched_whole() -> None:
    reading = pick_style("rocket powerhouse popcorn").reading
    assert reading.matched_words == ()
    assert reading.unknown_words == ("rocket", "powerhouse", "popcorn")


def test_more_than_300_words_mean_something_and_none_asks_for_two_styles() -> None:
    library = load_styles()
    assert len(vocabulary_of(library)) > 900
    words = [plain_text(word) for name in library for word in {plain_text(word) for word in library.words(name)}]
    assert len(words) > 300
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_every_style_is_found_by_its_own_words() -> None:
    library = load_styles()
    for name in library:
        for word in (*library.words(name), name):
            assert pick_style(word).name == name, word
