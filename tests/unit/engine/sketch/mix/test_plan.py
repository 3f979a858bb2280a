"""The mix plan: balance, width and equaliser."""

import numpy as np
import pytest

from engine.score import Part
from engine.sketch.composition import PartMix
from tests.helpers.mix_ears import RATE, lufs, mix_of
from tests.helpers.render_scores import BANDS, compose, groove, n, sound


def spectrum_db(audio: np.ndarray) -> np.ndarray:
    """Power by octave bands from 63 Hz to 16 kHz relative to all, dB."""
    power = (np.abs(np.fft.rfft(audio, axis=0)) ** 2).sum(axis=1)
    hz = np.fft.rfftfreq(len(audio), 1 / RATE)
    centres = 62.5 * 2.0 ** np.arange(9)
    bands = [power[(hz >= c / 2**0.5) & (hz < c * 2**0.5)].sum() for c in centres]
    return np.asarray(10 * np.log10(np.array(bands) / power.sum() + 1e-12))


@pytest.mark.parametrize("band", [BANDS[name] for name in ("funk", "house", "rock", "lofi")])
def test_the_spectrum_falls_gently_and_the_stereo_is_neither_mono_nor_torn(band: tuple[str, ...]) -> None:
    mix = mix_of(sound(groove(band, 4)))
    bands = spectrum_db(mix)
    slope = np.polyfit(np.arange(7), bands[1:8], 1)[0]
    assert -4.0 < slope < -1.5
    assert 10 * np.log10(np.sum(10 ** (bands[7:] / 10))) < -14
    assert 0.3 < np.corrcoef(mix.T)[0, 1] < 0.96


def test_parts_stand_to_each_other_as_their_levels_say() -> None:
    parts = [Part(name, "epiano", (n(0, 2, 60), n(4, 2, 62))) for name in ("a", "b")]
    mixes = {"a": PartMix(0.0, 0.0, 0.0, 0.0), "b": PartMix(-9.0, 0.0, 0.0, 0.0)}
    stems = sound(compose(parts, 8, mixes=mixes))
    assert lufs(stems["a"]) - lufs(stems["b"]) == pytest.approx(9.0, abs=0.1)


def test_unlike_instruments_are_balanced_by_loudness() -> None:
    parts = [Part("a", "bass_sub", (n(0, 8, 31),)), Part("b", "lead_saw", (n(0, 8, 79),))]
    stems = sound(compose(parts, 8))
    assert lufs(stems["a"]) - lufs(stems["b"]) == pytest.approx(0.0, abs=0.75)
