"""The channel strip: amplifier, ducking, convolution round the loop."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engine.music import TempoMap
from engine.score import Part
from engine.sketch.composition import PartMix
from engine.sketch.mix.note_placement import Loop, place
from engine.sketch.mix.strip import duck, through_strip
from engine.sketch.mix.tone import MixDesk
from engine.sketch.synth import find_voice
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
