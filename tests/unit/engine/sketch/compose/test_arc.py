"""Section kinds, lyrics tags and section sizes."""

import pytest

from engine.sketch.compose.arc import KINDS, MAX_TAGS, NAMES, read_tags, share_measures, untagged
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


@pytest.mark.parametrize(
    ("count", "kinds"),
    [
        (1, ["loop"]),
        (2, ["A", "A"]),
        (4, ["A", "A", "B", "A"]),
        (5, ["intro", "A", "B", "A", "outro"]),
        (6, ["intro", "A", "B", "A", "chorus", "outro"]),
        (10, ["intro", "A", "B", "A", "A", "A", "C", "A", "chorus", "outro"]),
    ],
)
def test_the_order_of_sections_without_tags(count: int, kinds: list[str]) -> None:
    assert untagged(count) == kinds


@pytest.mark.parametrize(
    ("kinds", "measures", "sizes"),
    [
        (["verse", "chorus"], 16, [8, 8]),
        (["intro", "verse"], 12, [4, 8]),
        (["intro", "verse"], 7, [2, 5]),  # 7/3 is nearest to two
        (["verse", "chorus", "outro"], 2, [1, 1, 0]),
        (["verse"], 5, [5]),
    ],
)
def test_sections_get_their_weight_in_fours_or_twos(kinds: list[str], measures: int, sizes: list[int]) -> None:
    assert share_measures(kinds, measures) == sizes


@pytest.mark.parametrize(
    ("text", "kind"),
    [("[Verse 12]", "verse"), ("[Chorus x4]", "chorus"), ("[BUILD-UP]", "build"), ("[Bridge (soft)]", "bridge"),
     ("[final_chorus]", "chorus"), ("[ Outro, slow ]", "outro"), ("[Post-Chorus: big 2]", "chorus")],
)  # fmt: skip
def test_numbers_and_remarks_in_tags_are_ignored(text: str, kind: str) -> None:
    assert read_tags(text) == ([kind], [])


def test_text_without_tags_and_too_many_tags() -> None:
    assert read_tags("la la [] [" + "x" * 61 + "] [two\nlines]") == ([], [])
    assert len(read_tags("[Verse]" * (MAX_TAGS + 5))[0]) == MAX_TAGS
    assert read_tags("[Kazoo][Kazoo]") == ([], ["Kazoo"])
