"""The mix plan: balance, width and equaliser."""

from fractions import Fraction

import numpy as np
import pytest

from engine.music import TempoMap
from engine.score import Part
from engine.sketch.composition import PartMix
from engine.sketch.mix.note_placement import Loop
from engine.sketch.mix.plan import (
    MOST_EQ_DB,
    PartAnalysis,
    _bands,
    _eq_toward,
    _minimum_phase,
    _widening,
    analyse_part,
    balance,
    settle_desk,
)
from engine.sketch.mix.tone import MixDesk
from engine.sketch.mix_style import CURVES, NEUTRAL, OCTAVES_HZ, MixStyle
from engine.sketch.synth.voice import Stroke, Voice
from engine.sketch.work import WorkProgress
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


def test_parts_differ_in_loudness_by_their_levels() -> None:
    parts = [Part(name, "epiano", (n(0, 2, 60), n(4, 2, 62))) for name in ("a", "b")]
    mixes = {"a": PartMix(0.0, 0.0, 0.0, 0.0), "b": PartMix(-9.0, 0.0, 0.0, 0.0)}
    stems = sound(compose(parts, 8, mixes=mixes))
    assert lufs(stems["a"]) - lufs(stems["b"]) == pytest.approx(9.0, abs=0.1)


def test_unlike_instruments_are_balanced_by_loudness() -> None:
    parts = [Part("a", "bass_sub", (n(0, 8, 31),)), Part("b", "lead_saw", (n(0, 8, 79),))]
    stems = sound(compose(parts, 8))
    assert lufs(stems["a"]) - lufs(stems["b"]) == pytest.approx(0.0, abs=0.75)


DRY = PartMix(0.0, 0.0, 0.0, 0.0)
FLAT = np.ones(33)


def plain_voice() -> Voice:
    def silent(stroke: Stroke) -> np.ndarray:
        return np.zeros((1, stroke.frames), np.float32)

    return Voice("plain", silent, diffuse=0.0)


def analysed(bed: np.ndarray) -> PartAnalysis:
    loop = Loop(TempoMap.constant(60.0), Fraction(bed.shape[1], RATE), RATE)
    return analyse_part(bed, plain_voice(), DRY, MixDesk(), loop, WorkProgress())


def sine(amplitude: float, hz: float = 997.0) -> np.ndarray:
    bed = np.zeros((2, RATE), np.float32)
    bed[0] = amplitude * np.sin(2 * np.pi * hz * np.arange(RATE) / RATE)
    return bed


def test_a_sine_has_the_loudness_of_the_standard_and_lies_in_its_band() -> None:
    # ITU-R BS.1770: a 997 Hz sine of 0 dBFS in one channel is -3.01 LKFS; in both it is 0.
    found = analysed(sine(0.1))
    assert found.loudness == pytest.approx(-20.0, abs=0.1)
    assert int(np.argmax(found.middle)) == 18
    assert found.middle.sum() == pytest.approx(0.01, rel=0.02)
    assert not found.side.any()


def test_silence_is_silent_and_a_part_that_plays_rarely_is_found() -> None:
    assert analysed(np.zeros((2, RATE), np.float32)).loudness == -70.0
    rare = np.zeros((2, 60 * RATE), np.float32)
    rare[:, 5 * RATE : 6 * RATE] = sine(0.1)
    assert -22.0 < analysed(rare).loudness < -20.0


def test_third_octaves_are_counted_from_1_khz() -> None:
    bands = _bands(RATE)
    hz = np.arange(bands.size) * RATE / 8192
    assert [int(bands[np.argmin(np.abs(hz - centre))]) for centre in (250, 1000, 2000, 16_000)] == [12, 18, 21, 30]
    assert (bands[0], bands.max()) == (0, 32)


def test_gains_bring_parts_to_their_levels_and_leave_silence_alone() -> None:
    found = {
        name: PartAnalysis(loudness, FLAT, FLAT) for name, loudness in (("a", -26.0), ("b", -14.0), ("c", -70.0))
    }
    mixes = {"a": PartMix(0.0), "b": PartMix(-6.0), "c": PartMix(0.0)}
    assert balance(found, mixes) == pytest.approx({"a": 10**0.3, "b": 10**-0.6, "c": 1.0})


@pytest.mark.parametrize(
    ("middle", "side", "correlation", "factor"),
    [(1.0, 1.0, 0.6, 0.5), (1.0, 0.25, 0.6, 1.0), (1.0, 100.0, 0.8, 0.4), (1.0, 1e-6, 0.4, 3.0), (1.0, 1.0, 0.0, 1.0),
     (1.0, 0.0, 0.6, 1.0)],
)  # fmt: skip
def test_the_sides_are_set_for_a_correlation_within_bounds(
    middle: float, side: float, correlation: float, factor: float
) -> None:
    assert _widening(middle, side, correlation) == pytest.approx(factor)


def test_few_parts_or_a_neutral_style_leave_the_desk_as_it_is() -> None:
    desk, part = MixDesk(), PartAnalysis(-20.0, FLAT, FLAT)
    styled = MixStyle(CURVES["club"], correlation=0.6)
    assert settle_desk(desk, styled, [part, part], [1.0, 1.0], RATE) is desk
    assert settle_desk(desk, styled, [part, part, PartAnalysis(-70.0, FLAT, FLAT)], [1.0] * 3, RATE) is desk
    assert settle_desk(desk, NEUTRAL, [part] * 3, [1.0] * 3, RATE) is desk


def test_the_desk_is_widened_and_filtered_for_the_style() -> None:
    part = PartAnalysis(-20.0, FLAT, FLAT)
    settled = settle_desk(MixDesk("hall", 5), MixStyle(correlation=0.6), [part] * 3, [1.0] * 3, RATE)
    assert (settled.space, settled.echo_frames, settled.eq.size) == ("hall", 5, 0)
    assert settled.widen == pytest.approx(0.5)
    assert settle_desk(MixDesk(), MixStyle(CURVES["club"]), [part] * 3, [1.0] * 3, RATE).eq.size == 4096


def test_a_mix_that_has_the_curve_already_is_not_filtered() -> None:
    curve = np.array(CURVES["balanced"], float)
    octave = np.argmin(np.abs(np.arange(-18, 15)[:, None] / 3 - np.log2(np.array(OCTAVES_HZ) / 1000)), axis=1)
    power = 10 ** (curve[octave] / 10) / np.bincount(octave)[octave]
    gains_db = _eq_toward(power, MixStyle(tuple(curve - 10 * np.log10(np.sum(10 ** (curve / 10))))))
    assert np.abs(gains_db).max() < 0.01
    assert np.abs(_eq_toward(1e-9 ** np.linspace(0, 1, 33), MixStyle(tuple(curve)))).max() <= MOST_EQ_DB


def test_a_minimum_phase_filter_starts_at_once() -> None:
    assert _minimum_phase(np.zeros(33), RATE)[0] == pytest.approx(1.0)
    louder = _minimum_phase(np.full(33, 6.0206), RATE)
    assert louder[0] == pytest.approx(2.0, rel=1e-4)
    assert np.abs(louder[1:]).max() < 1e-6
    tilt = _minimum_phase(np.linspace(6, -6, 33), RATE)
    gain_db = 20 * np.log10(np.abs(np.fft.rfft(tilt, RATE)))
    assert gain_db[1000] == pytest.approx(np.linspace(6, -6, 33)[18], abs=0.1)
