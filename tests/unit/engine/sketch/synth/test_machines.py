"""Sounds of drum machines, and brushes."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from engine.sketch.synth.machines import (
    brush_sweep,
    brush_tap,
    conga_machine,
    long_kick,
    machine_plate,
    rim_click,
    tone_snare,
)
from engine.sketch.synth.plates import machine_lines
from engine.sketch.synth.voice import Sound, Stroke
from tests.helpers.voice_ears import RATE, band_db, centroid, check_recipe, level_db, peak_hz, stroke

RECIPES: dict[str, Callable[[Stroke], Sound]] = {
    "kick": partial(long_kick, hz=48.0, ring_s=0.9, snap=0.2),
    "snare": partial(tone_snare, low_hz=180.0, high_hz=330.0, tone_s=0.15, snappy=1.0, snappy_s=0.2),
    "plate": partial(machine_plate, lines_hz=machine_lines(), low_hz=3_000.0, ring_s=0.8),
    "conga": partial(conga_machine, hz=200.0, ring_s=0.3),
    "rim": partial(rim_click, hz=480.0),
    "tap": partial(brush_tap, head_hz=200.0, swish_s=0.2),
    "sweep": partial(brush_sweep, seconds=0.15),
}


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "sweep"])
def test_a_recipe_is_one_channel_that_varies_by_round_robin(name: str) -> None:
    check_recipe(RECIPES[name])


@pytest.mark.parametrize("name", ["snare", "plate", "tap"])
def test_harder_is_brighter(name: str) -> None:
    soft, hard = (centroid(RECIPES[name](stroke(force=force, seconds=0.5))) for force in (0.1, 1.0))
    assert hard > 1.03 * soft


def test_the_long_kick_is_sharp_at_first_and_then_rings_at_its_pitch() -> None:
    wave = long_kick(stroke(seconds=1.0), hz=50.0, ring_s=1.0, snap=0.0)
    crossings = np.flatnonzero((wave[:-1] < 0) & (wave[1:] >= 0)) / RATE
    periods_hz = 1 / np.diff(crossings)
    assert periods_hz[0] > 52.0
    # It starts at a phase of 0.04: at 50 Hz, the first half period would end after 9.2 ms.
    assert np.argmax(wave < 0) / RATE < 0.006
    assert periods_hz[-3] == pytest.approx(50.0, rel=0.01)
    # Clipping flattens the start: after it, the sine falls by 60 dB a second.
    assert level_db(wave, 0.4) - level_db(wave, 0.8) == pytest.approx(24.0, abs=2.0)


def test_the_shell_of_the_snare_is_two_tones_under_its_wires() -> None:
    shell = tone_snare(stroke(seconds=0.5), 180.0, 330.0, 0.4, snappy=0.0, snappy_s=0.2)
    assert peak_hz(shell[2_400:], 100, 250) == pytest.approx(180.0, rel=0.03)
    assert peak_hz(shell[2_400:], 250, 500) == pytest.approx(330.0, rel=0.03)
    wired = tone_snare(stroke(seconds=0.5), 180.0, 330.0, 0.4, snappy=1.5, snappy_s=0.3)
    assert band_db(wired, 2_000, 12_000) > band_db(shell, 2_000, 12_000) + 10


def test_the_bright_part_of_a_plate_dies_first() -> None:
    wave = machine_plate(stroke(seconds=1.0), machine_lines(), 2_000.0, 1.0)
    assert centroid(wave[:9_600]) > 1.1 * centroid(wave[19_200:28_800])


def test_a_machine_conga_falls_to_its_pitch() -> None:
    wave = conga_machine(stroke(force=1.0, seconds=0.6), hz=200.0, ring_s=0.6)
    assert peak_hz(wave[:2_400], 100, 500) > 215
    assert peak_hz(wave[14_400:], 100, 500) == pytest.approx(200.0, rel=0.02)


def test_a_rim_click_is_gone_after_a_twentieth_of_a_second() -> None:
    wave = rim_click(stroke(seconds=0.2), 480.0)
    assert level_db(wave, 0.06, 0.02) < level_db(wave, 0.0, 0.01) - 40


def test_a_brush_lands_more_softly_than_a_stick_and_swishes() -> None:
    wave = brush_tap(stroke(force=0.0, seconds=0.4), 200.0, 0.3)
    assert np.abs(wave[:24]).max() < 0.2 * np.abs(wave).max()
    assert level_db(wave, 0.1, 0.05) > level_db(wave, 0.0, 0.02) - 30


@pytest.mark.parametrize("seconds", [0.1, 0.25])
def test_a_sweep_swells_and_is_silent_after_its_length(seconds: float) -> None:
    wave = brush_sweep(stroke(seconds=0.5), seconds)
    frames = round(seconds * RATE)
    assert not wave[frames + 1 :].any()
    assert wave[: frames - 10].any()
    assert level_db(wave, 0.3 * seconds, 0.2 * seconds) > level_db(wave, 0.0, 0.1 * seconds)
    assert np.array_equal(wave, brush_sweep(stroke(seconds=0.5), seconds))
