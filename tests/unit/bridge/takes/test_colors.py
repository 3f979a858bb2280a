"""Stem colours: fixed, valid, and found under every spelling."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.takes.colors import STEM_COLORS, stem_color


@pytest.mark.parametrize("name", [*STEM_COLORS, "Backing Vocals", "kazoo", "日本", ""])
def test_every_stem_has_a_colour_that_stays(name: str) -> None:
    color = stem_color(name)
    assert color == stem_color(name)
    assert len(color) == 7
    assert color[0] == "#"
    int(color[1:], 16)


def test_colours_are_found_however_the_name_is_written() -> None:
    assert stem_color("Backing Vocals") == STEM_COLORS["backing_vocals"]
    assert stem_color("kazoo") != stem_color("theremin")
    assert len(set(STEM_COLORS.values())) == len(STEM_COLORS)


@pytest.mark.parametrize(
    ("name", "color"),
    [("drums", "#e4572e"), ("DRUMS", "#e4572e"), ("  backing   vocals ", "#f2a3bd"), ("Backing_Vocals", "#f2a3bd")],
)
def test_spelling_does_not_change_a_colour(name: str, color: str) -> None:
    assert stem_color(name) == color


def test_other_names_have_colours_that_no_release_may_change() -> None:
    digest = hashlib.sha256(b"kazoo").digest()
    assert stem_color("Kazoo") == "#{:02x}{:02x}{:02x}".format(*(64 + byte % 160 for byte in digest[:3])) == "#70b39e"


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=30))
def test_every_colour_can_be_seen_on_dark_and_light(name: str) -> None:
    color = stem_color(name)
    if color not in STEM_COLORS.values():
        assert all(64 <= int(color[at : at + 2], 16) <= 223 for at in (1, 3, 5))
