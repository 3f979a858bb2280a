"""One stem regenerated: all others keep their bytes, and the mix meets its targets."""

import hashlib
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest

from engine.music import Meter, TempoMap
from engine.sketch import work
from engine.sketch.compose import compose, read_wishes
from engine.sketch.composition import Composition
from engine.sketch.library import load_styles
from engine.sketch.render import render
from engine.sketch.synth import cache
from tests.helpers.mix_ears import RATE, lufs, mix_of, true_peak_db

SEED = 7


def piece(
    style: str, reseeded: Mapping[str, int] | None = None, bars: int = 2, stems: tuple[str, ...] = ()
) -> Composition:
    tempo = TempoMap.constant(sum(load_styles()[style].tempo) / 2)
    wishes = read_wishes({"stem_seeds": dict(reseeded or {})})
    return compose(style, None, Meter(4, 4), tempo, Fraction(4 * bars), stems, SEED, wishes)


def sound(composition: Composition) -> dict[str, np.ndarray]:
    return render(composition, RATE, SEED, 0.0, lambda share: None)


def digests(stems: Mapping[str, np.ndarray]) -> dict[str, str]:
    return {name: hashlib.blake2b(stem.tobytes()).hexdigest() for name, stem in stems.items()}


def changed(before: Composition, after: Composition) -> list[str]:
    """Return the stems whose notes or bytes differ, and check the targets of the mix."""
    one, stems = digests(sound(before)), sound(after)
    other = digests(stems)
    check_targets(stems)
    parts = zip(before.score.parts, after.score.parts, strict=True)
    return [a.stem for a, b in parts if a != b or one[a.stem] != other[a.stem]]


def check_targets(stems: Mapping[str, np.ndarray]) -> None:
    mix = mix_of(stems)
    # The bound was set with a meter that reads 0.04 dB less than the standard, which measures here.
    assert lufs(mix) == pytest.approx(-13.96, abs=0.3)
    assert true_peak_db(mix) <= -1.0


@pytest.mark.parametrize(
    ("style", "stem"),
    [("funk", "drums"), ("lofi", "bass"), ("cinematic", "lead"), ("trance", "arp"), ("latin", "percussion")],
)
def test_one_stem_is_regenerated_and_all_others_keep_their_bytes(style: str, stem: str) -> None:
    assert changed(piece(style), piece(style, {stem: 99})) == [stem]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_in_every_style_some_stem_is_regenerated_and_all_others_keep_their_bytes() -> None:
    for index, style in enumerate(load_styles()):
        plain = piece(style, bars=1)
        stem = plain.score.parts[index % len(plain.score.parts)].stem
        assert changed(plain, piece(style, {stem: 99}, bars=1)) == [stem], style


def test_stems_regenerated_one_after_the_other_keep_their_bytes() -> None:
    first, second = piece("house", {"lead": 5}), piece("house", {"lead": 5, "bass": 6})
    assert changed(first, second) == ["bass"]
    assert list(second.stem_seeds) == ["lead", "bass"]


def test_the_bytes_are_the_same_on_any_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for threads, clear in ((2, True), (1, True), (4, False)):
        monkeypatch.setattr(work, "_THREADS", threads)
        if clear:
            cache.clear()
        seen.append(digests(sound(piece("soul", {"chords": 3}, 1))))
    assert seen[1:] == seen[:-1]


def test_another_seed_brings_other_round_robins_too() -> None:
    # The hand plays the same two strokes; which of the recorded ones sound is the seed's choice.
    rounds = {digests(sound(piece("rock", {"drums": seed}, 1, ("drums", "bass"))))["drums"] for seed in range(10, 14)}
    assert len(rounds) == 4


def test_a_picked_stem_plays_what_it_plays_in_the_whole_in_a_mix_of_its_own() -> None:
    whole, picked = piece("pop"), piece("pop", stems=("bass", "lead"))
    notes = {part.stem: part for part in whole.score.parts}
    assert all(part == notes[part.stem] for part in picked.score.parts)
    check_targets(sound(picked))


def test_a_lone_regenerated_stem_is_a_mix_too() -> None:
    check_targets(sound(piece("funk", {"bass": 4}, stems=("bass",))))
