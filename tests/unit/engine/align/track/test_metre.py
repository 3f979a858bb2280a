"""The downbeat of made-up accents: which candidates there are, what speaks for each, and which one wins."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from engine.align.track.accents import Accents
from engine.align.track.analysis import CHROMA_HOPS, LEAD_HOPS, Analysis
from engine.align.track.attacks import TrackedAttacks
from engine.align.track.bar_pulses import BarPulses
from engine.align.track.metre import FEATURES, candidates, features, find_downbeat

FOUR = BarPulses(Fraction(1), 4)
PULSES = 32
HOP_RATE_HZ = 200.0
COLUMNS_PER_PULSE = 5  # of chroma: half a second a pulse, 200 hops a second, a column every 20 hops


def analysis(change_at: int = 0) -> Analysis:
    """Harmony that alternates between two chords every four pulses, from pulse `change_at` on."""
    lead = LEAD_HOPS // CHROMA_HOPS
    pulse = (np.arange(lead + PULSES * COLUMNS_PER_PULSE) - lead) // COLUMNS_PER_PULSE
    chroma = np.eye(12, dtype=np.float32)[(pulse - change_at) // 4 % 2]
    none = TrackedAttacks(np.empty(0), np.empty(0), np.empty(0, np.intp))
    return Analysis(np.zeros((1, 18), np.float32), chroma, none, HOP_RATE_HZ, PULSES * 0.5)


def rock(first: int = 0, late: float = 0.0, swing: float = 0.0) -> Accents:
    """Eighths from path pulse `first` on: kick on one and three, snare on two and four, hats in between."""
    position = np.arange(first, PULSES, 0.5)
    in_bar = (position - first) % 4
    low = np.isin(in_bar, [0, 2]) * 1.0
    mid = np.isin(in_bar, [1, 3]) * 1.0
    strength = np.where(in_bar % 1 == 0, 1.0, 0.5)
    position = position + late + swing * (in_bar % 1 != 0)
    return Accents(position, strength, low, mid, position * 0.5, np.arange(PULSES) * 0.5)


def feature(name: str, accents: Accents, place: float, change_at: int = 0, bar_pulses: int = 4) -> float:
    return float(
        features(analysis(change_at), accents, place, BarPulses(Fraction(1), bar_pulses))[list(FEATURES).index(name)]
    )


def test_every_place_of_every_phase_in_a_bar_is_a_candidate() -> None:
    places = candidates(rock(), 4)
    assert len(places) == 4 * 4  # four phases, of which two have attacks
    for place in (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5):
        assert np.abs(places - place).min() < 1e-6


def test_a_phase_just_before_the_beat_counts_as_early_and_not_as_late() -> None:
    assert candidates(rock(late=-0.02), 3).min() == pytest.approx(-0.02, abs=1e-6)


@pytest.mark.parametrize("first", [0, 1, 2, 3])
def test_the_bar_starts_where_the_music_does(first: int) -> None:
    away = (find_downbeat(analysis(first), rock(first), FOUR) - first) % 4
    assert min(away, 4 - away) == pytest.approx(0.0, abs=0.01)


def test_a_path_between_the_beats_is_moved_onto_them() -> None:
    assert find_downbeat(analysis(), rock(late=0.5), FOUR) % 1 == pytest.approx(0.5, abs=0.01)


def test_each_feature_has_a_value() -> None:
    assert len(features(analysis(), rock(), 0.0, FOUR)) == len(FEATURES)


def test_the_harmony_speaks_for_the_place_where_it_changes() -> None:
    on, off = (feature("harmony_on_downbeat", rock(), place, change_at=3) for place in (3.0, 1.0))
    assert on > 0.6
    assert off < 0.0


def test_kicks_speak_for_the_beat_and_snares_for_two_and_four() -> None:
    assert feature("low_beat", rock(), 0.0) == pytest.approx(0.5)  # half of the beats have one
    assert feature("low_beat", rock(), 0.5) == pytest.approx(-0.5)
    assert feature("back_beat", rock(), 0.0) == pytest.approx(1.0)
    assert feature("back_beat", rock(), 1.0) == pytest.approx(-1.0)
    assert feature("back_beat", rock(), 0.0, bar_pulses=3) == 0.0


@pytest.mark.parametrize(("place", "on_downbeat", "on_beat"), [(0.0, 1, 1), (4.0, 1, 1), (1.0, 0, 1), (0.5, 0, 0)])
def test_the_first_sound_speaks_for_its_own_place(place: float, on_downbeat: int, on_beat: int) -> None:
    assert feature("starts_on_downbeat", rock(), place) == on_downbeat
    assert feature("starts_on_beat", rock(), place) == on_beat
    assert feature("enters_on_downbeat", rock(), place) == on_downbeat
    assert feature("clip_starts_on_downbeat", rock(), place) == on_downbeat


def test_the_first_low_sound_may_come_later_than_the_first_sound() -> None:
    accents = rock()
    pickup = Accents(
        np.append(-1.0, accents.position + 0.0),
        np.append(1.0, accents.strength),
        np.append(0.0, accents.low),
        np.append(0.0, accents.mid),
        np.append(-0.5, accents.times_s),
        accents.beats_s,
    )
    assert feature("starts_on_downbeat", pickup, 0.0) == 0.0
    assert feature("enters_on_downbeat", pickup, 0.0) == 1.0


def test_late_off_beats_speak_for_swing() -> None:
    straight, swung = (feature("late_off_beat", rock(swing=swing), 0.0) for swing in (0.0, 1 / 6))
    assert straight == 0.0
    assert swung == pytest.approx(1 / 3)  # off-beats have half the strength of beats
    assert feature("late_off_beat", rock(swing=-1 / 6), 0.0) == pytest.approx(-1 / 3)


def test_places_on_the_path_are_known_from_those_between() -> None:
    values: list[float] = [feature("on_path", rock(), place) for place in (0.0, 2.95, 0.5, 1.1)]
    assert values == [1.0, 1.0, 0.0, 0.0]
