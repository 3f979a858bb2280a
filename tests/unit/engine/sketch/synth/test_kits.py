"""The drum kits as instruments."""

import numpy as np
import pytest

from engine.sketch.instruments import KITS
from engine.sketch.synth import find_voice, kits
from engine.sketch.synth.kit_acoustic import LOFI
from tests.helpers.render_scores import n, solo, sound
from tests.helpers.voice_ears import RATE, band_db, strike, stroke

OWN = (26, *range(36, 40), *range(41, 57), 58, *range(60, 71), *range(73, 84), 86, 87)


def test_every_key_finds_a_drum_and_known_ones_their_own() -> None:
    assert all(kits.nearest(key) == key for key in OWN)
    for key in range(128):
        assert kits.nearest(key) in OWN
    assert [kits.nearest(key) for key in (0, 35, 40, 57, 59, 127)] == [36, 36, 38, 49, 51, 81]


@pytest.mark.parametrize("kit", [*KITS, "percussion"])
def test_kits_have_every_drum_at_a_peak_near_1_and_quiet_at_the_end(kit: str) -> None:
    assert set(find_voice(kit).pieces) == set(OWN)
    for key in OWN:
        wave = strike(kit, key)
        assert 0.5 < np.abs(wave).max() < 1.6, key
        assert abs(wave[-1]) < 1e-4, key
        assert np.abs(wave[-RATE // 100 :]).max() < 0.02, key


def test_kits_are_different_instruments() -> None:
    for key in (36, 38, 42):
        waves = [strike(kit, key) for kit in KITS]
        assert len({wave[:2000].tobytes() for wave in waves}) >= len(KITS) - 2


def test_successive_strokes_take_turns() -> None:
    stem = sound(solo("kit_acoustic", [n(2 * i, 0.2, 38) for i in range(4)]))["solo"]
    hits = stem.reshape(4, 48_000, 2)[:, :8000]
    assert np.abs(hits[0] - hits[1]).max() > 0.02
    assert np.abs(hits[0] - hits[3]).max() < 0.02 * np.abs(hits[0]).max()


def test_every_kit_is_an_instrument_whose_notes_ring_on() -> None:
    assert {voice.name for voice in kits.VOICES} == {*KITS, "percussion"}
    for voice in kits.VOICES:
        assert not voice.gated
        assert voice.longest_s == max(drum.ring_s for drum in voice.pieces.values())


def test_the_lofi_kit_is_dull_above_7_khz_and_still_on_time() -> None:
    clear, dull = (kits.strike(stroke(42, 0.9, 0.3), LOFI, lofi) for lofi in (False, True))
    assert clear.shape == dull.shape == (1, 14_400)
    assert dull.dtype == np.float32
    assert band_db(dull[0], 12_000, 20_000) < band_db(clear[0], 12_000, 20_000) - 6
    starts = [int(np.argmax(np.abs(wave[0]) > 0.1 * np.abs(wave).max())) for wave in (clear, dull)]
    assert abs(starts[0] - starts[1]) < RATE // 1_000
    assert abs(dull[0, -1]) < 1e-6
