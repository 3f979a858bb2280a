"""The renderer as its caller sees it: lengths, names, bytes, progress, cancelling."""

import hashlib
import threading
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Cancelled, InvalidValue
from engine.music import TempoMap, TempoPoint
from engine.score import Part
from engine.sketch import render, work
from engine.sketch.instruments import BASSES, KITS, TUNED
from engine.sketch.mix.note_placement import Loop
from engine.sketch.render import _kick_frames
from engine.sketch.synth import cache, find_voice
from tests.helpers.mix_ears import mix_of
from tests.helpers.render_scores import BANDS, DREAM, FUNK, HOUSE, ROCK, compose, groove, n, solo, sound

STEPS = TempoMap([TempoPoint(0.0, 97.3), TempoPoint(1.5, 180.0), TempoPoint(3.0, 61.7)])

RAMP = TempoMap([TempoPoint(0.0, 80.0, ramp=True), TempoPoint(3.0, 160.0), TempoPoint(5.0, 120.0)])

BANDSTAND = (*KITS, "percussion", *BASSES, *TUNED)


def digests(stems: dict[str, np.ndarray]) -> dict[str, str]:
    return {name: hashlib.blake2b(stem.tobytes()).hexdigest() for name, stem in stems.items()}


@pytest.mark.parametrize("rate", [44_100, 48_000, 88_200, 96_000])
def test_every_stem_is_stereo_float_in_part_order_and_exactly_long(rate: int) -> None:
    composition = groove(FUNK, 1, TempoMap.constant(97.3))
    stems = sound(composition, rate)
    assert list(stems) == ["drums", "bass", "chords", "lead"]
    frames = round(Fraction(4) * 60 / Fraction("97.3") * rate)
    assert {stem.shape for stem in stems.values()} == {(frames, 2)}
    assert all(stem.dtype == np.float32 and stem.flags.c_contiguous for stem in stems.values())


@settings(max_examples=15, deadline=None)
@given(
    beats=st.fractions(Fraction(1, 3), Fraction(13, 2), max_denominator=48),
    rate=st.sampled_from([8_000, 22_050, 44_100, 48_000]),
    tempo_map=st.sampled_from([STEPS, RAMP, TempoMap.constant(236.37)]),
    instrument=st.sampled_from(sorted(BANDSTAND)),
)
def test_any_length_on_any_map_is_exact_and_sounds(
    beats: Fraction, rate: int, tempo_map: TempoMap, instrument: str
) -> None:
    composition = solo(instrument, [n(0, 0.5, 48), n(float(beats) - 0.1, 3, 50)])
    composition = replace(composition, score=replace(composition.score, length_beats=beats, tempo_map=tempo_map))
    stem = sound(composition, rate)["solo"]
    assert stem.shape == (tempo_map.frames(beats, rate), 2)
    assert np.isfinite(stem).all()
    assert 0.05 < np.abs(stem).max() <= 0.89125


@pytest.mark.parametrize("rate", [8_000, 192_000])
@pytest.mark.parametrize("band", BANDS.values(), ids=BANDS)
def test_odd_rates_work(band: tuple[str, ...], rate: int) -> None:
    stems = sound(groove(band, 1, TempoMap.constant(300.0)), rate)
    assert all(np.isfinite(stem).all() and stem.any() for stem in stems.values())


@pytest.mark.parametrize("beats", [Fraction(8), Fraction(120)])  # one block of the convolution, and several
@pytest.mark.parametrize("band", [ROCK, DREAM], ids=["rock", "dream"])
def test_a_piece_that_ends_dies_away_and_nothing_of_it_is_at_its_start(
    band: tuple[str, ...], beats: Fraction
) -> None:
    loop = groove(band, int(beats / 4), TempoMap.constant(120.0))
    late = replace(
        loop,
        score=replace(
            loop.score,
            parts=tuple(
                replace(part, notes=tuple(x for x in part.notes if x.start_beats >= beats - 4))
                for part in loop.score.parts
            ),
        ),
    )
    stems = sound(replace(late, fade_start_beats=beats - 1))
    mix = mix_of(stems)
    quiet = round(0.02 * 48_000)
    before = mix[: round((float(beats) - 4) * 0.5 * 48_000) - quiet]
    assert np.abs(before).max(initial=0.0) < 10 ** (-90 / 20)
    assert np.abs(mix).max() > 0.1
    assert np.sqrt(np.square(mix[-quiet:]).mean()) < 10 ** (-60 / 20)
    assert all(np.abs(stem[-1]).max() < 1e-12 for stem in stems.values())
    assert digests(stems) == digests(sound(replace(late, fade_start_beats=beats - 1)))


def test_a_part_without_notes_is_silent_and_spoils_nothing() -> None:
    full = groove(FUNK, 1)
    score = full.score
    empty = replace(full, score=replace(score, parts=(*score.parts[:3], replace(score.parts[3], notes=()))))
    stems = sound(empty)
    assert not stems["lead"].any()
    assert stems["drums"].any()
    assert not sound(solo("brass", []))["solo"].any()


def test_an_unknown_instrument_is_named() -> None:
    with pytest.raises(InvalidValue, match="kazoo"):
        sound(solo("kazoo", [n(0, 1, 60)]))


@pytest.mark.parametrize("band", [FUNK, ROCK, DREAM], ids=["funk", "rock", "dream"])
def test_the_same_arguments_give_the_same_bytes_on_any_number_of_threads(
    band: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    for threads, clear in ((2, True), (2, False), (1, True), (4, True)):
        monkeypatch.setattr(work, "_THREADS", threads)
        if clear:
            cache.clear()
        seen.append(digests(sound(groove(band, 1), seed=7)))
    assert seen[1:] == seen[:-1]


def test_the_bytes_do_not_depend_on_what_was_rendered_before() -> None:
    cache.clear()
    fresh = digests(sound(groove(HOUSE, 1)))
    cache.clear()
    sound(groove(HOUSE, 2), shift=0.5)
    sound(groove(HOUSE, 2))
    assert digests(sound(groove(HOUSE, 1))) == fresh


def test_another_seed_gives_other_drums() -> None:
    seeds = {digests(sound(groove(FUNK, 1), seed=seed))["drums"] for seed in range(6)}
    assert len(seeds) > 1


def test_progress_rises_from_0_to_1_in_the_calling_thread() -> None:
    seen: list[float] = []
    threads = set()

    def report(fraction: float) -> None:
        seen.append(fraction)
        threads.add(threading.current_thread())

    cache.clear()
    render.render(groove(FUNK, 4), 48_000, 1, 0.0, report)
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)
    assert len(seen) > 8
    assert threads == {threading.current_thread()}


@pytest.mark.parametrize("when", [0.0, 0.86, 0.95, 1.0])
def test_cancelling_works_in_every_stage(when: float) -> None:
    calls_after = []

    def report(fraction: float) -> None:
        if calls_after or fraction >= when:
            calls_after.append(fraction)
            raise Cancelled

    with pytest.raises(Cancelled):
        render.render(groove(HOUSE, 2), 48_000, 1, 0.0, report)
    assert len(calls_after) == 1


def test_stems_requested_alone_still_make_a_whole() -> None:
    stems = sound(groove(FUNK, 2, stems=("drums",)))
    assert list(stems) == ["drums"]
    assert 0.3 < np.abs(mix_of(stems)).max() < 0.9


def test_no_parts_give_no_stems() -> None:
    parts: list[Part] = []
    assert sound(compose(parts, 4)) == {}


def test_kicks_of_all_drum_parts_are_found_once_and_in_order() -> None:
    drums = Part("drums", "kit_808", (n(0, 1, 36), n(1, 1, 38), n(2, 1, 36)), is_drums=True)
    more = Part("percussion", "kit_909", (n(1.5, 1, 36), n(2, 1, 36)), is_drums=True)
    bass = Part("bass", "bass_sub", (n(3, 1, 36),))
    composition = compose([drums, more, bass], 4)
    loop = Loop(composition.score.tempo_map, Fraction(4), 1000)
    voices = [find_voice(part.instrument) for part in composition.score.parts]
    assert _kick_frames(composition, voices, loop) == [0, 750, 1000]
