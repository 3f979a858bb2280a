"""Live's root notes and scales as keys."""

from __future__ import annotations

import pytest

from bridge.request.live_set.scale import ROOTS, SCALES, key_of_scale
from engine.music import Key


@pytest.mark.parametrize(
    ("root", "scale", "key"),
    [
        (0, "Major", "C major"),
        (2, "Dorian", "D dorian"),
        (3, "Minor", "Eb minor"),
        (6, "Harmonic Minor", "F# minor"),
        (11, "Locrian", "B locrian"),
        (9, "Minor Pentatonic", "A minor"),
    ],
)
def test_a_root_and_a_scale_make_a_key(root: int, scale: str, key: str) -> None:
    assert key_of_scale(root, scale) == Key.parse(key)


@pytest.mark.parametrize(("root", "scale"), [(12, "Major"), (-1, "Major"), (0, "Whole Tone"), (0, "Hijaz"), (0, "")])
def test_what_is_no_key_is_none(root: int, scale: str) -> None:
    assert key_of_scale(root, scale) is None


def test_roots_rise_by_semitones() -> None:
    assert [Key.parse(f"{root} major").pitch_class for root in ROOTS] == list(range(12))


def test_the_first_scales_have_lives_numbers() -> None:
    assert list(SCALES)[:5] == ["Major", "Minor", "Dorian", "Mixolydian", "Lydian"]
