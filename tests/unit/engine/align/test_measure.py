from fractions import Fraction

import numpy as np
import pytest

from engine.align.measure import NO_ONSET, GridError, measure_on_grid, verdict
from engine.contract import Stem
from engine.music import TempoMap, TempoPoint
from engine.score import Note

RATE = 48000
STEADY = TempoMap.constant(97.6)
RAMP = TempoMap([TempoPoint(0.0, 90.0, True), TempoPoint(16.0, 130.0)])
BEATS = Fraction(24)
EIGHTHS = tuple(Note(Fraction(i, 2), Fraction(1, 4), 42, 100) for i in range(48))


def hits(tempo_map: TempoMap, notes: tuple[Note, ...] = EIGHTHS, late_s: np.ndarray | None = None) -> np.ndarray:
    """Noise bursts that fade over 20 ms, one per note, `late_s` seconds later each."""
    rng = np.random.default_rng(0)
    audio = np.zeros((tempo_map.frames(BEATS, RATE) + RATE, 2), np.float32)
    fade = np.exp(-np.arange(RATE // 10) / (0.02 * RATE))
    for index, note in enumerate(notes):
        late_frames = 0 if late_s is None else round(late_s[index] * RATE)
        start = tempo_map.frames(note.start_beats, RATE) + late_frames
        burst = rng.uniform(-1, 1, len(fade)) * fade * rng.uniform(0.3, 0.9)
        audio[start : start + len(fade)] += burst[:, None]
    return audio[:-RATE]


def shifted(audio: np.ndarray, frames: int) -> np.ndarray:
    silence = np.zeros((abs(frames), 2), np.float32)
    if frames >= 0:
        return np.concatenate([silence, audio])[: len(audio)]
    return np.concatenate([audio[-frames:], silence])


def stretched(audio: np.ndarray, factor: float) -> np.ndarray:
    at = np.arange(round(len(audio) * factor)) / factor
    return np.stack([np.interp(at, np.arange(len(audio)), channel) for channel in audio.T], axis=1).astype(np.float32)


def measure(audio: np.ndarray, tempo_map: TempoMap = STEADY, notes: tuple[Note, ...] = EIGHTHS) -> GridError:
    return measure_on_grid([Stem("drums", audio, notes, is_drums=True)], tempo_map, RATE)


@pytest.mark.parametrize("tempo_map", [STEADY, RAMP])
def test_exact_audio_has_no_error(tempo_map: TempoMap) -> None:
    found = measure(hits(tempo_map), tempo_map)
    assert found.verdict == "tight"
    assert found.error_ms_p95 is not None
    assert found.error_ms_p95 < 0.05
    assert found.onsets == 48
    mean_bpm = 60.0 * 24 / tempo_map.seconds(BEATS)
    assert found.tempo_measured == pytest.approx(mean_bpm, rel=1e-5)
    assert found.downbeat_offset_ms == pytest.approx(0.0, abs=0.05)
    assert "drums" in found.method


@pytest.mark.parametrize("tempo_map", [STEADY, RAMP])
@pytest.mark.parametrize("shift_ms", [-30, -7, 7, 30])
def test_a_shift_is_read_as_it_is(tempo_map: TempoMap, shift_ms: int) -> None:
    found = measure(shifted(hits(tempo_map), shift_ms * RATE // 1000), tempo_map)
    assert found.error_ms_median == pytest.approx(abs(shift_ms), abs=0.1)
    assert found.downbeat_offset_ms == pytest.approx(shift_ms, abs=0.1)
    assert found.tempo_measured == pytest.approx(60.0 * 24 / tempo_map.seconds(BEATS), rel=1e-4)


@pytest.mark.parametrize("factor", [1.01, 1 / 1.01, 1.025, 1.001])
def test_a_stretch_is_read_as_another_tempo(factor: float) -> None:
    found = measure(stretched(hits(STEADY), factor))
    assert found.tempo_measured == pytest.approx(97.6 / factor, rel=1e-4)
    assert found.error_ms_p95 is not None
    assert found.error_ms_p95 > abs(factor - 1) * 10_000  # of the 14.8 s, the last ones are that far off


def test_stretched_and_shifted_at_once() -> None:
    found = measure(shifted(stretched(hits(STEADY), 1.01), round(0.012 * RATE)))
    assert found.tempo_measured == pytest.approx(97.6 / 1.01, rel=1e-4)
    assert found.downbeat_offset_ms == pytest.approx(12.0, abs=0.1)


def test_loose_playing_is_read_as_errors() -> None:
    late_s = np.random.default_rng(5).uniform(0.0, 0.012, 48)
    found = measure(hits(STEADY, late_s=late_s))
    assert found.error_ms_median == pytest.approx(np.median(late_s) * 1000, abs=0.3)
    assert found.error_ms_p95 == pytest.approx(np.percentile(late_s, 95) * 1000, abs=0.3)


def test_one_bad_onset_does_not_hide() -> None:
    late_s = np.zeros(48)
    late_s[10:16] = 0.015
    found = measure(hits(STEADY, late_s=late_s))
    assert found.error_ms_median == pytest.approx(0.0, abs=0.05)
    assert found.error_ms_p95 == pytest.approx(15.0, abs=0.1)


def test_resolution_is_below_a_sample() -> None:
    # A slope that crosses 10 % of its peak between two samples, four fifths of the way.
    notes = (Note(Fraction(1), Fraction(1), 40, 100), Note(Fraction(3), Fraction(1), 40, 100))
    tempo_map = TempoMap.constant(120.0)
    audio = np.zeros((3 * RATE, 2), np.float32)
    for start in (RATE // 2, 3 * RATE // 2):
        audio[start : start + 2000] = np.linspace(1.0, 0.0, 2000, dtype=np.float32)[:, None]
        audio[start - 1] = 0.02
        audio[start] = 0.12
    found = measure(audio, tempo_map, notes)
    assert found.error_ms_median == pytest.approx(0.2 / RATE * 1000, abs=0.1 / RATE * 1000)


@pytest.mark.parametrize(
    "audio",
    [
        np.zeros((RATE * 4, 2), np.float32),
        np.random.default_rng(0).uniform(-0.3, 0.3, (RATE * 4, 2)).astype(np.float32),
        np.full((RATE * 4, 2), 0.5, np.float32),
        np.zeros((0, 2), np.float32),
        np.ones((20, 2), np.float32),
    ],
    ids=["silence", "noise", "constant", "empty", "short"],
)
def test_audio_without_attacks_says_so(audio: np.ndarray) -> None:
    assert measure(audio) == GridError(NO_ONSET, None, None, None, None, 0)


def test_slow_attacks_are_not_taken_for_onsets() -> None:
    audio = np.zeros((RATE * 4, 2), np.float32)
    for second in range(4):
        swell = np.sin(np.pi * np.arange(RATE // 2) / (RATE // 2)) ** 2
        audio[second * RATE : second * RATE + RATE // 2] = swell[:, None]
    notes = tuple(Note(Fraction(i * 2), Fraction(1), 60, 90) for i in range(4))
    assert measure(audio, TempoMap.constant(120.0), notes).onsets == 0


def test_stems_without_notes_cannot_be_measured() -> None:
    assert measure_on_grid([Stem("other", hits(STEADY))], STEADY, RATE).method == NO_ONSET
    assert measure_on_grid([], STEADY, RATE).method == NO_ONSET


def test_the_end_of_a_loop_at_the_start_is_no_punctual_downbeat() -> None:
    ringing = hits(STEADY)
    ringing[-336:] += 0.5 * np.sin(np.arange(336) / 7, dtype=np.float32)[:, None]
    found = measure(np.roll(ringing, 336, axis=0))
    assert found.downbeat_offset_ms == pytest.approx(7.0, abs=0.1)


def test_drums_come_first_and_others_help_out() -> None:
    good, late = hits(STEADY), shifted(hits(STEADY), 480)
    drums, bass = Stem("drums", good, EIGHTHS, is_drums=True), Stem("bass", late, EIGHTHS)
    assert measure_on_grid([bass, drums], STEADY, RATE).error_ms_median == pytest.approx(0.0, abs=0.05)
    silent = Stem("drums", np.zeros_like(good), EIGHTHS, is_drums=True)
    found = measure_on_grid([bass, silent], STEADY, RATE)
    assert found.error_ms_median == pytest.approx(10.0, abs=0.1)
    assert "bass" in found.method


def test_a_low_ring_is_not_quiet_at_its_zero_crossings() -> None:
    audio = hits(STEADY)
    audio += 0.06 * np.sin(2 * np.pi * 61.3 * np.arange(len(audio)) / RATE, dtype=np.float64)[:, None]
    found = measure(audio)
    assert found.onsets >= 10
    assert found.error_ms_p95 is not None
    assert found.error_ms_p95 < 0.3


def test_an_attack_that_no_note_asked_for_is_not_taken() -> None:
    notes = (Note(Fraction(1), Fraction(1), 40, 100), Note(Fraction(3), Fraction(1), 40, 100))
    audio = np.zeros((3 * RATE, 2), np.float32)
    for second in (0.5, 1.47, 1.5):  # the one at 1.47 would fit a take that is 3 % faster
        audio[round(second * RATE) : round((second + 0.003) * RATE)] = 0.5
    found = measure(audio, TempoMap.constant(120.0), notes)
    assert found.error_ms_p95 == pytest.approx(0.0, abs=0.05)
    assert found.tempo_measured == pytest.approx(120.0, abs=0.01)


def test_a_loud_ring_hides_no_wrong_time() -> None:
    # Half of the notes begin in the ring of a louder one: they are left out, not measured wrongly.
    audio = hits(STEADY)
    for beat in range(0, 24, 2):
        start = STEADY.frames(beat, RATE)
        ring = np.sin(2 * np.pi * 180 * np.arange(RATE // 2) / RATE) * 0.9
        audio[start : start + len(ring)] += ring[: len(audio) - start, None]
    found = measure(audio)
    assert 10 <= found.onsets < 48
    assert found.error_ms_p95 is not None
    assert found.error_ms_p95 < 1.0


def test_mono_and_many_channels_are_measured_too() -> None:
    audio = hits(STEADY)
    for channels in (1, 4):
        wide = np.repeat(audio[:, :1], channels, axis=1)
        assert measure(wide).error_ms_p95 == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize(
    ("median_ms", "p95_ms", "downbeat_ms", "expected"),
    [
        (0.0, 0.0, None, "tight"),
        (10.0, 19.0, -10.0, "tight"),
        (10.1, 19.0, 0.0, "loose"),
        (1.0, 19.1, 0.0, "loose"),
        (1.0, 2.0, -10.1, "loose"),
    ],
)
def test_the_verdict_asks_for_all_three(
    median_ms: float, p95_ms: float, downbeat_ms: float | None, expected: str
) -> None:
    assert verdict(median_ms, p95_ms, downbeat_ms) == expected
