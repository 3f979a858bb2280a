"""The documentation is in short, plain sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.docs_english import MOST_WORDS, Sentence, found_phrases, sentences, too_long
from tests.helpers.paths import ROOT

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
SHORT = sorted((ROOT / "docs").glob("*.md"))
"""The pages in which no sentence is longer than `MOST_WORDS`."""

NOT_PLAIN = (
    r"\blies? in\b",
    r"\b(?:is|are|was|were) (?:not )?told\b",
    r"\bstands? (?:in its place|in for)\b",
    r"\bneeds of the system\b",
    r"\bwants of the system\b",
    r"\bmended\b",
    r"\bnobody has come for\b",
    r"\bloop that goes round\b",
    r"\bnot a byte\b",
    r"\bcome to be\b",
    r"\b(?:of|from) then\b(?! on)",
    r"\bgoes by the\b",
    r"\bunless told otherwise\b",
)
"""Phrases that a stranger has to read twice."""

LONG = " ".join(["word"] * (MOST_WORDS + 1))


@pytest.mark.parametrize("page", SHORT, ids=lambda page: page.name)
def test_no_sentence_is_too_long(page: Path) -> None:
    found = too_long(page.read_text(encoding="utf-8"))
    assert not found, "\n".join(f"line {one.line}, {one.words} words: {one.text}" for one in found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_has_a_phrase_that_is_not_plain(page: Path) -> None:
    found = found_phrases(page.read_text(encoding="utf-8"), NOT_PLAIN)
    assert not found, f"{found} in {page.name}"


def test_a_paragraph_is_split_at_the_ends_of_its_sentences() -> None:
    page = "# Title\n\nOne costs 97.6 BPM. Two\nends here! (Three does.) Four:\nfive"
    assert sentences(page) == [
        Sentence("# Title", 1),
        Sentence("One costs 97.6 BPM.", 3),
        Sentence("Two ends here!", 3),
        Sentence("(Three does.)", 4),
        Sentence("Four: five", 4),
    ]


def test_items_and_cells_are_sentences_of_their_own() -> None:
    page = "Before:\n- one\n  goes on\n- two\n1. three\n\n| a | b \\| c |\n|---|---|\n| d. E | `f` |"
    texts = [sentence.text for sentence in sentences(page)]
    assert texts == ["Before:", "one goes on", "two", "three", "a", "b \\| c", "---", "---", "d.", "E", "`f`"]


@pytest.mark.parametrize("fence", ["```", "~~~", "   ```"])
def test_code_and_comments_are_left_out_and_end_a_paragraph(fence: str) -> None:
    page = f"Before\n{fence}sh\n{LONG}\n{fence}\nafter\n<!-- not run: {LONG} -->\nend"
    assert [(one.text, one.line) for one in sentences(page)] == [("Before", 1), ("after", 5), ("end", 7)]


@pytest.mark.parametrize(
    "page",
    [
        LONG,
        f"Short. {LONG}. Short.",
        f"- {LONG}",
        f"| short | {LONG} |",
        LONG.replace(" ", "\n"),
        f"{LONG};",
        f"# {LONG}",
    ],
)
def test_a_long_sentence_is_found_wherever_it_is(page: str) -> None:
    assert len(too_long(page)) == 1


@pytest.mark.parametrize("page", [LONG[5:], f"{LONG[:70]}. {LONG[:70]}.", f"| {LONG[5:]} | {LONG[5:]} |"])
def test_a_sentence_of_the_most_words_is_none_too_long(page: str) -> None:
    assert too_long(page) == []


def test_a_phrase_is_found_across_lines_and_in_code() -> None:
    assert found_phrases("They Lie\nin\n```\nleaves not a byte\n```", NOT_PLAIN) == [NOT_PLAIN[0], r"\bnot a byte\b"]
    assert found_phrases("From then on it holds. She told it.", NOT_PLAIN) == []
