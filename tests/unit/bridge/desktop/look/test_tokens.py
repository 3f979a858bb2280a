"""The tables of colours."""

from __future__ import annotations

import re

import pytest

from bridge.desktop.look.contrast import contrast
from bridge.desktop.look.tokens import DARK, LIGHT, Tokens


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("name", Tokens.__slots__)
def test_every_colour_is_written_with_six_hexadecimal_digits(tokens: Tokens, name: str) -> None:
    assert re.fullmatch("#[0-9a-f]{6}", getattr(tokens, name))


def test_dark_has_light_words_on_dark_and_light_the_reverse() -> None:
    assert contrast(DARK.text, "#000000") > contrast(DARK.ground, "#000000")
    assert contrast(LIGHT.text, "#000000") < contrast(LIGHT.ground, "#000000")


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_words_fade_from_text_over_dim_to_faint(tokens: Tokens) -> None:
    steps = [contrast(colour, tokens.ground) for colour in (tokens.text, tokens.dim, tokens.faint)]
    assert steps == sorted(steps, reverse=True)
