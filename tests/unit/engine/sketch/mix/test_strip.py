"""The channel strip: amplifier, ducking, convolution round the loop."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engine.music import TempoMap
from engine.score import Part
from engine.sketch.composition import PartMix
from engine.sketch.mix.note_placement import Loop, place
from engine.sketch.mix.strip import drive, duck, through_strip, window
from engine.sketch.mix.tone import MixDesk
from engine.sketch.synth import find_voice
from engine.sketch.synth.voice import Drive, Stroke, Voice
from engine.sketch.work import WorkProgress
from tests.helpers.mix_ears import RATE
from tests.helpers.render_scores import HOUSE, compose, groove, n, solo, sound


def test_ducked_parts_dip_under_the_kick() -> None:
    composition = groove(HOUSE, 2)
    kicks = replace(
        composition.score.parts[0], notes=tuple(x for x in composition.score.parts[0].notes if x.pitch == 36)
    )
    pad = Part("chords", "pad_warm", (n(0, 8, 60), n(0, 8, 64)))
    mixes = {"drums": PartMix(), "chords": PartMix(0.0, 0.0, 0.3, 0.0, duck=0.8)}
    stems = sound(compose([kicks, pad], 8, mixes=mixes))
    kick = 96_000
    under = np.square(stems["chords"][kick + 500 : kick + 1900]).mean()
    after = np.square(stems["chords"][kick + 20_000 : kick + 24_000]).mean()
    assert 10 * np.log10(after / under) > 8


@pytest.mark.parametrize("frames", [4_800, 30_000, 200_000])
@pytest.mark.parametrize("instrument", ["vibes", "kit_acoustic", "pad_warm"])
def test_tails_wind_round_the_loop_as_often_as_they_need(instrument: str, frames: int) -> None:
    mix = PartMix(0.0, 0.3, 0.6, 0.5)
    voice = find_voice(instrument)
    key = 49 if voice.pieces else 65
    laps = -(-(9 * RATE) // frames)
    part = solo(instrument, [n(0.01, 0.08, key)]).score.parts[0]
    rendered = []
    for total in (frames, frames * laps):
        loop = Loop(TempoMap.constant(60.0), Fraction(total, RATE), RATE)
        bed = place(part, voice, loop, 1, WorkProgress())
        rendered.append(through_strip(bed, voice, mix, MixDesk(), loop, WorkProgress()))
    wound = rendered[1].reshape(laps, frames, 2).sum(axis=0)
    assert np.abs(rendered[0] - wound).max() < 2e-4 * np.abs(wound).max()


def test_ducking_follows_the_kick_round_the_loop() -> None:
    bed = np.ones((2, 48_000), np.float32)
    duck(bed, [47_000], 1.0, RATE)
    assert bed[0, 46_990] == 1.0
    assert bed[0, 47_500] == pytest.approx(10 ** (-16 / 20), rel=1e-3)
    assert bed[0, 1_000] < 0.25
    assert bed[0, 20_000] == 1.0
    assert np.abs(np.diff(bed[0])).max() < 0.02


@pytest.mark.parametrize(
    ("start", "count", "frames"),
    [(1, 3, [1, 2, 3]), (-2, 4, [3, 4, 0, 1]), (3, 9, [3, 4, 0, 1, 2, 3, 4, 0, 1]), (12, 2, [2, 3]), (0, 0, [])],
)
def test_a_window_of_a_loop_wraps_as_often_as_it_needs(start: int, count: int, frames: list[int]) -> None:
    loop = np.arange(5, dtype=np.float32)
    assert window(loop, start, count).tolist() == frames
    assert window(np.stack([loop, -loop]), start, count)[1].tolist() == [-frame for frame in frames]


def test_without_kicks_or_depth_nothing_is_ducked() -> None:
    bed = np.ones((2, 100), np.float32)
    duck(bed, [], 1.0, RATE)
    duck(bed, [10], 0.0, RATE)
    assert (bed == 1).all()


def test_half_the_depth_is_half_the_decibels() -> None:
    bed = np.ones((2, RATE), np.float32)
    duck(bed, [0], 0.5, RATE)
    assert bed.min() == pytest.approx(10 ** (-8 / 20), rel=1e-3)


def test_two_kicks_near_each_other_duck_no_deeper_than_one() -> None:
    bed = np.ones((2, RATE), np.float32)
    duck(bed, [0, 500], 1.0, RATE)
    assert bed.min() == pytest.approx(10 ** (-16 / 20), rel=1e-3)


def test_silence_stays_silent_in_the_amplifier() -> None:
    middle = np.zeros(1000, np.float32)
    drive(middle, Drive(4.0), RATE, WorkProgress())
    assert not middle.any()


def test_the_amplifier_flattens_peaks_and_knows_no_seam() -> None:
    at = np.arange(4800) / RATE
    wave = (np.sin(2 * np.pi * 100 * at) * (1 + 0.5 * np.sin(2 * np.pi * 30 * at))).astype(np.float32)
    driven, turned = wave.copy(), np.roll(wave, 1000)
    work = WorkProgress()
    drive(driven, Drive(4.0), RATE, work)
    drive(turned, Drive(4.0), RATE, WorkProgress())
    assert np.abs(np.roll(driven, 1000) - turned).max() < 1e-5
    assert np.abs(driven).max() / driven.std() < np.abs(wave).max() / wave.std()
    assert work.done == pytest.approx(0.1)


def plain_voice() -> Voice:
    def silent(stroke: Stroke) -> np.ndarray:
        return np.zeros((1, stroke.frames), np.float32)

    return Voice("plain", silent, diffuse=0.0)


def through(bed: np.ndarray, mix: PartMix) -> np.ndarray:
    loop = Loop(TempoMap.constant(60.0), Fraction(bed.shape[1], RATE), RATE)
    return through_strip(bed, plain_voice(), mix, MixDesk(), loop, WorkProgress())


def noise(frames: int) -> np.ndarray:
    bed = np.zeros((2, frames), np.float32)
    bed[0] = 0.1 * np.random.default_rng(1).standard_normal(frames)
    bed[0] -= bed[0].mean()
    return bed


def test_a_centred_dry_part_comes_out_as_it_went_in_on_both_sides() -> None:
    bed = noise(3000)
    out = through(bed, PartMix(0.0, 0.0, 0.0, 0.0))
    assert out.shape == (3000, 2)
    assert np.abs(out[:, 0] - bed[0]).max() < 1e-6
    assert (out[:, 0] == out[:, 1]).all()


def test_long_parts_are_filtered_in_blocks_to_the_same_result() -> None:
    # 6720 frames of tail: a loop of 60,000 takes several blocks, one of 3000 just one.
    short = noise(3000)
    mix = PartMix(0.0, 0.5, 0.0, 0.0)
    long = through(np.tile(short, 20), mix)
    assert np.abs(long.reshape(20, 3000, 2) - through(short, mix)).max() < 1e-5
