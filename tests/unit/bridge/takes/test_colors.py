"""Stem colours: fixed, valid, and found under every spelling."""

import pytest

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
