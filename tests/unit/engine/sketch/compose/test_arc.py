"""Section kinds, lyrics tags and section sizes."""

import pytest

from engine.sketch.compose.arc import KINDS, NAMES, read_tags, share_measures
from tests.helpers.sketch_ears import play

SONG = "[Intro]\n[Verse 1]\nla la\n[Chorus]\nla\n[Verse 2]\n[Chorus x2]\n[Bridge]\n[Guitar Solo]\n[Drop]\n[Outro]\n"


def test_tags_are_read_as_people_write_them() -> None:
    kinds, unknown = read_tags(SONG + "[Pre-Chorus]\n[HOOK]\n[Verse: softly]\n[Whistle Tone]\nno [ tag ] [")
    assert kinds[:9] == ["intro", "verse", "chorus", "verse", "chorus", "bridge", "solo", "drop", "outro"]
    assert kinds[9:] == ["prechorus", "chorus", "verse"]
    assert unknown == ["Whistle Tone", " tag "]
    assert set(NAMES.values()) <= set(KINDS)


def test_long_pieces_without_tags_have_an_arc() -> None:
    made = play("rock", bars=64)
    assert made.sections[0] == "intro"
    assert made.sections[-2:] == ("chorus", "outro")
    assert len(set(made.sections)) >= 5
    assert play("rock", bars=8).sections == ("loop",)


@pytest.mark.parametrize("measures", [1, 2, 3, 7, 16, 31, 64])
@pytest.mark.parametrize("kinds", [["verse"], ["intro", "verse", "chorus", "outro"], ["chorus", "drop"] * 20])
def test_measures_are_shared_out_without_loss(kinds: list[str], measures: int) -> None:
    sizes = share_measures(kinds, measures)
    assert sum(sizes) == measures
    assert all(size > 0 for size in sizes[: min(len(kinds), measures)])
