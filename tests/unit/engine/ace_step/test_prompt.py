from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from engine.ace_step.ace_step_engine import AceStepEngine
from engine.ace_step.conditions import Conditions
from engine.ace_step.prompt import MAX_LYRIC_TOKENS, MAX_TEXT_TOKENS, ConditionCache, PromptText, fit_prompt
from tests.helpers.ace_requests import quiet_progress, request

pytest.importorskip("torch")

CONDITIONS = Conditions("warm pad", "[Verse]\nla la", "en", 98, "E minor", "4")


class FakePipe:
    """A pipeline whose tokens are characters, with a template of ten of them around either text."""

    def __init__(self) -> None:
        self.fields: list[dict[str, object]] = []
        self.tokenizer = lambda text: SimpleNamespace(input_ids=list(text))

    def _format_prompt(self, caption: str, lyrics: str, **fields: object) -> tuple[str, str]:
        self.fields.append(fields)
        return caption + "#" * 10, lyrics + "#" * 10


def fit(caption: str, lyrics: str) -> tuple[PromptText, tuple[str, ...]]:
    pipe: Any = FakePipe()
    return fit_prompt(pipe, Conditions(caption, lyrics, "en", 98, "E minor", "4"), "Fill", 30.0)


def text(caption: str) -> PromptText:
    return PromptText(caption, "la", "Fill", 30.0, CONDITIONS, 1)


def test_texts_that_fit_stay_unchanged_and_the_lyric_tokens_are_counted_with_their_header() -> None:
    fitted, notices = fit("warm pad", "la la")
    assert (fitted.caption, fitted.lyrics, fitted.lyric_tokens) == ("warm pad", "la la", 15)
    assert notices == ()


def test_the_template_is_given_every_field() -> None:
    pipe: Any = FakePipe()
    fit_prompt(pipe, CONDITIONS, "Fill", 30.0)
    assert pipe.fields[0] == {
        "instruction": "Fill",
        "vocal_language": "en",
        "audio_duration": 30.0,
        "bpm": 98,
        "keyscale": "E minor",
        "timesignature": "4",
    }


@pytest.mark.parametrize(
    ("caption", "kept"),
    [
        ("a" * (MAX_TEXT_TOKENS - 10), "a" * (MAX_TEXT_TOKENS - 10)),
        ("abc " * 100, ("abc " * 61).rstrip() + ""),  # 61 words and 60 spaces are 243 of 246 characters
        ("x" * 1000, "x" * (MAX_TEXT_TOKENS - 10)),  # one long word is cut inside
        ("x" * 1000 + " y", "x" * (MAX_TEXT_TOKENS - 10)),
    ],
)
def test_a_caption_is_cut_at_a_word(caption: str, kept: str) -> None:
    fitted, notices = fit(caption, "")
    assert fitted.caption == kept
    assert len(notices) == (caption != kept)


def test_lyrics_are_cut_at_a_line() -> None:
    line = "la" * 10
    lines = (MAX_LYRIC_TOKENS - 10 + 1) // (len(line) + 1)
    fitted, notices = fit("", f"{line}\n" * 200)
    assert fitted.lyrics == "\n".join([line] * lines)
    assert notices == (f"The lyrics are too long for the model: it read the first {lines} lines.",)


def test_the_cache_encodes_a_text_once_and_drops_the_one_used_longest_ago() -> None:
    cache, encoded = ConditionCache(most=2), []

    def get(caption: str) -> object:
        def encode() -> Any:  # noqa: ANN401
            encoded.append(caption)
            return caption

        return cache.get(text(caption), encode)

    assert [get(caption) for caption in "abab"] == list("abab")
    assert encoded == ["a", "b"]
    get("c")  # "a" was used longest ago
    get("b")
    get("a")
    assert encoded == ["a", "b", "c", "a"]


def test_texts_that_are_too_long_are_cut_at_a_word_and_a_line_and_reported(engine: AceStepEngine) -> None:
    (made,) = engine.generate(request(genres="warm pad " * 60, lyrics="la la la\n" * 400), quiet_progress)
    assert any("description is too long" in notice and "warm" in notice for notice in made.notices)
    assert any("lyrics are too long" in notice for notice in made.notices)
