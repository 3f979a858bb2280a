"""Notes on the loop: onsets to the sample, tempo maps, choking, and notes that end without a click."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.music import TempoMap, TempoPoint
from tests.helpers.render_scores import DREAM, HOUSE, groove, n, solo, sound, twice

RATE = 48_000

KEYS = (36, 37, 38, 39, 41, 42, 44, 45, 46, 49, 50, 51, 54, 56, 70)

KITS = ("kit_acoustic", "kit_electronic", "kit_lofi")

PERCUSSIVE = ("bass_finger", "bass_synth", "bass_sub", "clav", "epiano", "stab", "guitar_drive")

RAMP = TempoMap([TempoPoint(0.0, 73.1, ramp=True), TempoPoint(4.0, 171.3), TempoPoint(6.0, 99.9)])


def onset(stem: np.ndarray, frame: int, length: int = 12_000) -> int:
    """Frames from `frame` to 10 % of the peak of what follows; negative if it sounds before."""
    before = max(0, frame - 200)
    loud = np.abs(stem[before : frame + length]).max(axis=1)
    return int(np.argmax(loud > 0.1 * loud.max())) + before - frame


@pytest.mark.parametrize("kit", KITS)
def test_every_drum_speaks_within_a_millisecond(kit: str) -> None:
    notes = [n(8 * index + 1 / 3, 0.5, key, 60 + 4 * index) for index, key in enumerate(KEYS)]
    stem = sound(solo(kit, notes, 8 * len(KEYS)))["solo"]
    late = {key: onset(stem, round((8 * i + 1 / 3) / 2 * RATE)) for i, key in enumerate(KEYS)}
    assert all(0 <= frames <= 48 for frames in late.values()), late


@pytest.mark.parametrize("instrument", PERCUSSIVE)
def test_every_percussive_voice_speaks_within_a_millisecond(instrument: str) -> None:
    low, step = (28, 4) if instrument.startswith("bass") else (52, 5)
    notes = [n(4 * i + 0.25, 0.5, low + step * i, 30 + 16 * i) for i in range(6)]
    stem = sound(solo(instrument, notes, 24))["solo"]
    late = [onset(stem, round((4 * i + 0.25) / 2 * RATE)) for i in range(6)]
    assert all(0 <= frames <= 48 for frames in late), late


@pytest.mark.parametrize("instrument", ["pad_warm", "brass", "lead_saw", "lead_square", "vibes", "guitar_lead"])
def test_nothing_sounds_before_its_note(instrument: str) -> None:
    stem = sound(solo(instrument, [n(2, 0.5, 60)], 8))["solo"]
    loud = np.abs(stem).max(axis=1)
    assert loud[RATE - 4800 : RATE - 64].max() < 1e-4 * loud.max()
    assert onset(stem, RATE) < 0.06 * RATE


@settings(max_examples=10, deadline=None)
@given(beat=st.fractions(Fraction(1, 2), Fraction(15, 2), max_denominator=96), rate=st.sampled_from([44_100, 48_000]))
def test_notes_follow_a_tempo_ramp_to_the_frame(beat: Fraction, rate: int) -> None:
    composition = solo("kit_electronic", [n(0, 0.1, 37)], 8)
    score = composition.score
    rim = score.parts[0].notes[0]
    moved = type(rim)(beat, rim.length_beats, 37, 100)
    part = type(score.parts[0])("solo", "kit_electronic", (moved,), is_drums=True)
    composition = type(composition)(
        type(score)(RAMP, score.meter, score.key, score.length_beats, (part,)), composition.mixes, "test"
    )
    stem = sound(composition, rate)["solo"]
    assert 0 <= onset(stem, RAMP.frames(beat, rate), 2000) <= 10


@pytest.mark.parametrize("band", [HOUSE, DREAM], ids=["house", "dream"])
def test_the_second_lap_is_the_first(band: tuple[str, ...]) -> None:
    composition = groove(band, 2, stems=("bass", "chords", "lead"))
    once, two = sound(composition), sound(twice(composition))
    for name, lap in once.items():
        frames = len(lap)
        assert np.abs(two[name][frames:] - two[name][:frames]).max() < 1e-5
        # Alone, a lap is measured for loudness by itself: the same but for a hair of gain.
        gain = float(np.vdot(two[name][:frames], lap) / np.vdot(lap, lap))
        assert gain == pytest.approx(1.0, abs=0.03)
        assert np.abs(two[name][:frames] - gain * lap).max() < 5e-3


@pytest.mark.parametrize("band", [HOUSE, DREAM], ids=["house", "dream"])
def test_the_seam_is_no_step(band: tuple[str, ...]) -> None:
    composition = groove(band, 2)
    for stem in sound(composition).values():
        steps = np.abs(np.diff(stem, axis=0)).max(axis=1)
        assert np.abs(stem[0] - stem[-1]).max() <= np.quantile(steps, 0.999)


def test_a_closed_hat_chokes_the_open_one() -> None:
    free = sound(solo("kit_acoustic", [n(0, 0.1, 46)], 8))["solo"]
    choked = sound(solo("kit_acoustic", [n(0, 0.1, 46), n(0.5, 0.1, 42, 1)], 8))["solo"]
    start, end = round(0.3 * RATE), round(0.6 * RATE)
    ring = np.square(free[start:end]).sum() / np.square(free).sum()
    left = np.square(choked[start:end]).sum() / np.square(choked).sum()
    assert ring > 1e-3
    assert left < 0.02 * ring


def test_the_pedal_chokes_and_other_drums_do_not() -> None:
    def late(key: int) -> float:
        stem = sound(solo("kit_electronic", [n(0, 0.1, 46), n(0.5, 0.1, key, 1)], 8))["solo"]
        return float(np.square(stem[round(0.3 * RATE) : round(0.6 * RATE)]).sum())

    assert late(44) < 0.05 * late(37)


def test_an_open_hat_at_the_end_is_closed_by_the_next_lap() -> None:
    stem = sound(solo("kit_acoustic", [n(0, 0.1, 42, 1), n(3.75, 0.1, 46)], 4))["solo"]
    assert np.square(stem[1500:20_000]).sum() < 0.002 * np.square(stem).sum()


@pytest.mark.parametrize("instrument", ["bass_finger", "bass_synth", "lead_saw", "pad_warm", "epiano", "brass"])
def test_notes_end_without_a_click(instrument: str) -> None:
    pitch = 40 if instrument.startswith("bass") else 60
    stem = sound(solo(instrument, [n(0, 1, pitch)], 4))["solo"].mean(axis=1)
    bend = np.abs(np.diff(stem, 2))
    sounding = bend[2400 : RATE // 2 - 1200].max()
    assert bend[RATE // 2 - 1200 : RATE // 2 + 24_000].max() < 1.5 * sounding


def test_a_mono_voice_stops_for_its_next_note() -> None:
    legato = sound(solo("bass_synth", [n(0, 4, 28), n(1, 1, 52)], 8))["solo"].mean(axis=1)
    part = legato[round(0.6 * RATE) : round(0.9 * RATE)] * np.hanning(round(0.3 * RATE))
    spectrum = np.abs(np.fft.rfft(part))
    low, high = spectrum[round(41.2 * 0.3)], spectrum[round(164.8 * 0.3)]
    assert low < 0.05 * high


def test_a_note_longer_than_any_stroke_is_held_to_its_end() -> None:
    stem = sound(solo("lead_square", [n(0, 76, 60)], 80))["solo"]
    power = np.square(stem[: 37 * RATE]).sum(axis=1).reshape(37, -1).mean(axis=1)
    assert power.min() > 0.1 * power.max()
