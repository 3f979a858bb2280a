"""The mix of every style: loudness, true peak, spectrum, width, seam; genres recognised by sound."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engine.music import Meter, TempoMap
from engine.sketch.compose import STEMS, compose
from engine.sketch.composition import Composition
from engine.sketch.library import load_styles
from engine.sketch.mix_style import OCTAVES_HZ
from engine.sketch.render import render
from engine.sketch.synth import find_voice
from tests.helpers.mix_ears import RATE, lufs, mix_of, true_peak_db
from tests.helpers.render_scores import twice

STYLES = tuple(load_styles())


def play(style: str, bars: int, seed: int, bpm: float | None = None) -> Composition:
    tempo = bpm or sum(load_styles()[style].tempo) / 2
    return compose(style, None, Meter(4, 4), TempoMap.constant(tempo), Fraction(4 * bars), (), seed)


def stems_of(composition: Composition, seed: int, rate: int = RATE) -> dict[str, np.ndarray]:
    return render(composition, rate, seed, 0.0, lambda share: None)


def octaves_db(mix: np.ndarray) -> np.ndarray:
    power = np.square(np.abs(np.fft.rfft(mix, axis=0))).sum(axis=1)
    hz = np.fft.rfftfreq(len(mix), 1 / RATE)
    bands = [power[(hz >= centre / 2**0.5) & (hz < centre * 2**0.5)].sum() for centre in OCTAVES_HZ]
    return np.asarray(10 * np.log10(np.array(bands) / power.sum() + 1e-12))


EAR_RATE = RATE // 2
"""Half the rate is enough to recognise genres, and takes half the time."""


def genre_features(mix: np.ndarray) -> np.ndarray:
    """Return features of a mix at one tempo: bands, their spread in time, width, pulse by sixteenths."""
    step = EAR_RATE * 60 // 110 // 16
    count = len(mix) // step - 4
    frames = np.stack([mix[i * step : i * step + 1024] for i in range(count)])
    spectra = np.abs(np.fft.rfft(frames * np.hanning(1024)[:, None], axis=1)) ** 2
    edges = np.unique(np.geomspace(2, 500, 25).astype(int))
    both = np.add.reduceat(spectra.sum(axis=2), edges, axis=1)[:, :-1] + 1e-6
    side = np.abs(np.fft.rfft((frames[..., 0] - frames[..., 1]) * np.hanning(1024), axis=1)) ** 2
    width = np.add.reduceat(side.mean(axis=0), edges)[:-1] / both.mean(axis=0)
    log = np.log(both)
    rise = np.maximum(0.0, np.diff(log, axis=0, prepend=log[:1]))
    whole = count // 64 * 64
    pulse = rise[:whole].reshape(-1, 64, rise.shape[1]).mean(axis=0)
    coarse = pulse.reshape(16, 4, 4, -1).mean(axis=(1, 3)) if pulse.shape[1] % 4 == 0 else pulse.mean(axis=1)
    return np.concatenate([log.mean(axis=0), log.std(axis=0), np.log(width + 1e-4), 3.0 * coarse.ravel()])


@pytest.mark.parametrize("style", STYLES)
def test_the_mix_of_a_style_meets_its_targets(style: str) -> None:
    composition = play(style, 4, 7)
    mix = mix_of(stems_of(composition, 7))
    assert lufs(mix) == pytest.approx(-14.0, abs=0.3)
    assert true_peak_db(mix) <= -1.0
    assert 0.3 < np.corrcoef(mix.T)[0, 1] < 0.9
    # The octave at 31 Hz has only what the lowest keys play: an equaliser cannot add it.
    miss = octaves_db(mix)[1:] - np.array(composition.mix_style.curve)[1:]
    assert np.abs(miss).max() <= 4.0
    steps = np.abs(np.diff(mix, axis=0))
    assert np.abs(mix[0] - mix[-1]).max() <= np.percentile(steps, 99.9)
    power = np.square(np.abs(np.fft.rfft(np.stack([mix.sum(axis=1), mix[:, 0] - mix[:, 1]]), axis=1)))
    hz = np.fft.rfftfreq(len(mix), 1 / RATE)
    assert power[1, hz < 90].sum() < 0.05 * power[0, hz < 90].sum()


@pytest.mark.parametrize("style", ["trance", "soul", "cinematic", "ambient"])
def test_the_second_lap_of_a_style_is_its_first(style: str) -> None:
    # What has round robins plays others in the second lap. A lap is whole hops long.
    composition = compose(style, None, Meter(4, 4), TempoMap.constant(120.0), Fraction(8), STEMS, 7)
    kept = tuple(part for part in composition.score.parts if find_voice(part.instrument).round_robins == 1)
    assert len(kept) >= 2
    composition = replace(composition, score=replace(composition.score, parts=kept))
    for name, stem in stems_of(twice(composition), 7).items():
        first, second = np.split(stem, 2)
        assert np.abs(second - first).max() < 1e-5, name


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_nearest_neighbour_of_a_piece_by_its_sound_is_of_the_same_genre() -> None:
    seeds = (1, 2, 3)
    rows = []
    for style in STYLES:
        for seed in seeds:
            mix = mix_of(stems_of(play(style, 4, seed, 110.0), seed, EAR_RATE))
            rows.append(genre_features(mix))
    table = np.array(rows)
    table = (table - table.mean(axis=0)) / (table.std(axis=0) + 1e-9)
    apart = np.square(table[:, None] - table[None]).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    genres = np.repeat(np.arange(len(STYLES)), len(seeds))
    found = genres[np.argmin(apart, axis=1)]
    assert (found == genres).mean() >= 0.85
