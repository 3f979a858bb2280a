"""Plucked strings."""

from dataclasses import replace

import numpy as np
import pytest

from engine.sketch.synth.strings import String, bend, pluck
from engine.sketch.synth.voice import Stroke
from tests.helpers.voice_ears import RATE, band_db, centroid, cents_off, hertz, peak_hz, stroke

STRING = String(t60_s=2.0, bright_hz=5000.0, pluck=0.2, pickup=0.3, soft_hz=2000.0, hard_hz=2000.0)


def partials_db(wave: np.ndarray, hz: float, *numbers: int) -> list[float]:
    return [band_db(wave, (number - 0.3) * hz, (number + 0.3) * hz) for number in numbers]


def test_a_string_is_tuned_and_dies_as_asked() -> None:
    note = pluck(Stroke(57, 220.3, 0.5, 0, 2 * RATE, RATE), STRING)
    assert abs(cents_off(note, 220.3)) < 0.5
    power = np.square(note).reshape(20, -1).mean(axis=1)
    fall_db = 10 * np.log10(power[4] / power[14])
    assert fall_db == pytest.approx(30.0, abs=4.0)
    assert np.abs(note[-100:]).max() < 0.002 * np.abs(note).max()


@pytest.mark.parametrize("rate", [22_050, 44_100, 96_000])
@pytest.mark.parametrize("key", [40, 64, 88])
def test_the_delay_is_of_any_fraction_of_a_frame(rate: int, key: int) -> None:
    note = pluck(stroke(key, seconds=1.0, rate=rate), STRING)
    assert note.shape == (rate,)
    assert abs(cents_off(note, hertz(key), rate)) < 1.0


def test_a_pluck_in_the_middle_has_no_even_partials() -> None:
    centre = replace(STRING, pluck=0.5, pickup=0.03, scratch=0.0)
    wave = pluck(stroke(48, seconds=1.0), centre)
    first, second, third = partials_db(wave, hertz(48), 1, 2, 3)
    assert second < min(first, third) - 20


def test_a_pickup_at_a_third_misses_every_third_partial() -> None:
    wave = pluck(stroke(48, seconds=1.0), replace(STRING, pluck=0.03, pickup=1 / 3, scratch=0.0))
    second, third, fourth = partials_db(wave, hertz(48), 2, 3, 4)
    assert third < min(second, fourth) - 12


def test_high_partials_die_twice_as_fast_at_the_bright_frequency() -> None:
    bright = replace(STRING, bright_hz=10 * hertz(48), t60_s=1.0, scratch=0.0, soft_hz=8_000.0, hard_hz=8_000.0)
    wave = pluck(stroke(48, seconds=1.0), bright)

    def fall_db(number: int) -> float:
        edges = ((number - 0.3) * hertz(48), (number + 0.3) * hertz(48))
        stretches = [wave[at : at + 9_600] for at in (2_400, 14_400)]
        power = [np.square(stretch).sum() * 10 ** (band_db(stretch, *edges) / 10) for stretch in stretches]
        return float(10 * np.log10(power[0] / power[1]))

    assert fall_db(1) == pytest.approx(60 * 0.25 * 1.01, abs=1.5)
    assert fall_db(10) == pytest.approx(60 * 0.25 * 2.0, abs=3.0)


def test_a_stiff_string_is_stretched_and_still_in_tune() -> None:
    stiff = replace(STRING, stiffness=1e-3, t60_s=6.0)
    wave = pluck(stroke(48, seconds=2.0), stiff)
    assert abs(cents_off(wave, hertz(48))) < 1.0
    wanted = 5 * hertz(48) * np.sqrt((1 + 1e-3 * 25) / (1 + 1e-3))
    assert peak_hz(wave, 4.6 * hertz(48), 5.4 * hertz(48)) == pytest.approx(wanted, rel=0.002)


def test_force_opens_the_pluck_between_its_two_corners() -> None:
    string = replace(STRING, soft_hz=300.0, hard_hz=4_000.0, scratch=0.0)
    centroids = [centroid(pluck(stroke(48, force), string)) for force in (0.0, 0.5, 1.0)]
    assert centroids == sorted(centroids)
    assert centroids[2] > 1.5 * centroids[0]


def test_the_scratch_is_of_the_round_robin() -> None:
    scratchy, clean = replace(STRING, scratch=0.5), replace(STRING, scratch=0.0)
    assert np.array_equal(*(pluck(stroke(round_robin=number), clean) for number in (0, 1)))
    assert not np.array_equal(*(pluck(stroke(round_robin=number), scratchy) for number in (0, 1)))


def test_a_bent_note_sways_by_its_depth_after_its_delay() -> None:
    note = np.sin(2 * np.pi * 440 * np.arange(2 * RATE) / RATE).astype(np.float32)
    bent = bend(note, RATE, depth_cents=20.0, speed_hz=5.0, delay_s=0.5)
    assert np.abs(bent[: RATE // 2] - note[: RATE // 2]).max() < 1e-5
    crossings = np.flatnonzero((bent[RATE:-480] < 0) & (bent[RATE + 1 : -479] >= 0))
    exact = crossings + bent[RATE + crossings] / (bent[RATE + crossings] - bent[RATE + crossings + 1])
    cents = 1200 * np.log2(RATE / np.diff(exact) / 440)
    assert cents.max() == pytest.approx(20.0, abs=1.5)
    assert cents.min() == pytest.approx(-20.0, abs=1.5)
