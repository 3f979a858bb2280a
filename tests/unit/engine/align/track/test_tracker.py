from fractions import Fraction

import numpy as np
import pytest

from engine.align.fit.mapping import TRUST_AT_ALL
from engine.align.track import Beats, analyse, beats_of, track_beats
from engine.errors import InvalidValue
from engine.music import Meter
from tests.helpers.drift_set import KINDS, DriftCase, drift_case


def tracked(case: DriftCase, bpm: float | None = None) -> Beats:
    return track_beats(case.mix, case.sample_rate, bpm or case.bpm, case.meter)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("pads", "jitter")])
def test_beats_and_downbeat_are_found(kind: str) -> None:
    case = drift_case(kind, 7, bars=8)
    beats = tracked(case)
    first = beats.first_downbeat
    expected_s = case.beats_s
    away_ms = np.abs(beats.times_s[first : first + len(expected_s)] - expected_s) * 1000.0
    assert away_ms[0] < 5.0
    assert np.median(away_ms) < (4.0 if kind == "drumless" else 1.0)
    assert beats.bar_pulses == case.meter.numerator
    assert beats.beats[first] == 0.0
    assert beats.trust > 0.6
    assert beats.tempo_relation == 1
    assert beats.tempo_bpm == pytest.approx(
        60.0 * case.length_beats / np.ptp(case.seconds(np.array([0, case.length_beats]))), rel=0.02
    )


def test_an_onset_at_the_first_frame_counts() -> None:
    beats = tracked(drift_case("steady", 3, bars=4))
    assert beats.first_sound_s == 0.0
    assert beats.times_s[beats.first_downbeat] == pytest.approx(0.0, abs=1e-4)


def test_confidence_is_low_where_nothing_sounds() -> None:
    case = drift_case("gap", 2, 44_100, bars=10)
    beats = tracked(case)
    gap_s = case.seconds(np.array([4.5, 5.5]) * 4)
    inside = (beats.times_s > gap_s[0]) & (beats.times_s < gap_s[1])
    assert beats.confidence[inside].max() < 0.3
    assert np.median(beats.confidence[~inside]) > 0.8


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_a_requested_tempo_that_is_off_by_two_still_gives_beats_on_beats(factor: float) -> None:
    case = drift_case("sine", 4, bars=8)
    beats = tracked(case, case.bpm * factor)
    halves_s = case.seconds(np.arange(-1.0, case.length_beats + 1, 0.5))
    inside = (beats.times_s >= 0.0) & (beats.times_s <= case.beats_s[-1])
    away_s = np.abs(beats.times_s[inside, None] - halves_s).min(axis=1)
    assert np.quantile(away_s, 0.9) < 0.01
    assert beats.tempo_bpm == pytest.approx(case.bpm * factor, rel=0.05)


def test_double_time_is_reported() -> None:
    case = drift_case("steady", 1, bars=8)
    assert tracked(case).tempo_relation == 1
    assert tracked(case, case.bpm / 2).tempo_relation == 2


@pytest.mark.parametrize("factor", [0.85, 1.18])
def test_a_tempo_beside_the_requested_one_is_found(factor: float) -> None:
    case = drift_case("walk", 5, bars=8)
    assert tracked(case, case.bpm * factor).tempo_bpm == pytest.approx(case.bpm, rel=0.03)


def test_stems_with_drums_are_as_good_as_the_mix() -> None:
    case = drift_case("walk", 6, bars=4)
    beats = track_beats(case.stems, case.sample_rate, case.bpm, case.meter)
    first = beats.first_downbeat
    assert np.abs(beats.times_s[first : first + 16] - case.beats_s).max() < 0.005


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (22_050, 8), (192_000, 1)])
def test_any_rate_and_channel_count_is_tracked(rate: int, channels: int) -> None:
    case = drift_case("offset", 1, sample_rate=rate, bars=3)
    audio = np.repeat(case.mix[:, :1], channels, axis=1)
    beats = track_beats(audio, rate, case.bpm, case.meter)
    assert beats.times_s[beats.first_downbeat] == pytest.approx(float(case.beats_s[0]), abs=0.002)


@pytest.mark.parametrize(
    "audio",
    [
        np.zeros((22_050, 2)),
        np.full((22_050, 1), 0.5),
        np.zeros((0, 2)),
        np.ones((3, 2)),
        np.ones((1, 1)),
        np.eye(44_100, 1, k=-20_000),
        np.sin(np.arange(44_100) * 0.05)[:, None],
    ],
)
@pytest.mark.parametrize("meter", ["4/4", "7/8", "32/32", "1/32"])
def test_audio_without_beats_has_none(audio: np.ndarray, meter: str) -> None:
    beats = track_beats(audio.astype(np.float32), 22_050, 120.0, Meter.parse(meter))
    assert len(beats.times_s) == 0
    assert beats.trust == 0.0
    assert beats.tempo_bpm is None


@pytest.mark.parametrize("seed", range(3))
def test_noise_is_not_trusted(seed: int) -> None:
    noise = np.random.default_rng(seed).standard_normal((10 * 22_050, 1)).astype(np.float32)
    assert track_beats(noise, 22_050, 120.0, Meter(4, 4)).trust < TRUST_AT_ALL


@pytest.mark.parametrize("bpm", [0.0, 19.9, 401.0, float("nan")])
def test_impossible_tempos_are_named(bpm: float) -> None:
    with pytest.raises(InvalidValue, match="bpm must be 20–400"):
        track_beats(np.zeros((100, 1), np.float32), 44_100, bpm, Meter(4, 4))


def hits(times_s: np.ndarray, rate: int = 22_050, length_s: float = 17.0) -> np.ndarray:
    """Return noise bursts at `times_s`, those on whole seconds twice as loud."""
    rng = np.random.default_rng(1)
    audio = np.zeros((round(length_s * rate), 1), np.float32)
    fade = np.exp(-np.arange(rate // 10) / (0.02 * rate))
    for time_s in times_s:
        start = round(time_s * rate)
        level = 0.6 if abs(time_s - round(time_s)) < 1e-6 else 0.3
        audio[start : start + rate // 10, 0] += (level * fade * rng.standard_normal(rate // 10)).astype(np.float32)
    return audio


def test_an_analysis_is_tracked_like_its_audio() -> None:
    audio = hits(np.arange(0.0, 16.0, 0.5))
    direct = track_beats(audio, 22_050, 120.0, Meter(4, 4))
    again = beats_of(analyse([audio], 22_050), 120.0, Meter(4, 4))
    np.testing.assert_array_equal(direct.times_s, again.times_s)
    assert direct.requested_bpm == again.requested_bpm == 120.0
    assert direct.length_s == 17.0


def test_beats_are_at_their_attacks_with_marks_in_quarter_notes() -> None:
    beats = track_beats(hits(np.arange(0.0, 16.0, 0.5)), 22_050, 120.0, Meter(4, 4))
    sounding = beats.times_s < 15.9
    np.testing.assert_allclose(beats.times_s[sounding], np.arange(sounding.sum()) * 0.5, atol=0.0005)
    on_beat = beats.marks.classes == 0
    offset_s = beats.marks.times_s[on_beat] - beats.marks.beats[on_beat] * 0.5
    np.testing.assert_allclose(offset_s, offset_s[0], atol=0.001)
    steps = np.diff(beats.marks.beats[on_beat])
    assert np.array_equal(steps, np.round(steps))
    assert beats.marks.weights.max() <= 1.0


def test_an_eighth_note_meter_has_eighth_note_beats() -> None:
    beats = track_beats(hits(np.arange(0.0, 16.0, 0.25)), 22_050, 120.0, Meter(7, 8))
    assert beats.pulse_beats == Fraction(1, 2)
    assert np.median(np.diff(beats.times_s)) == pytest.approx(0.25, abs=0.001)
    assert beats.tempo_bpm == pytest.approx(120.0, rel=0.002)


def test_three_hits_are_too_few_for_beats() -> None:
    beats = track_beats(hits(np.array([0.5, 1.0, 1.5])), 22_050, 120.0, Meter(4, 4))
    assert len(beats.times_s) == 0
    assert beats.first_sound_s == pytest.approx(0.5, abs=0.001)


def test_a_short_clip_without_a_whole_bar_starts_from_a_beat() -> None:
    beats = track_beats(hits(np.arange(0.0, 2.0, 0.25), length_s=2.1), 22_050, 120.0, Meter(32, 4))
    assert beats.first_downbeat >= 0
    assert beats.beats[beats.first_downbeat] == 0.0
