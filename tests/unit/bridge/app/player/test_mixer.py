"""The mixer plays what is in the files, in sync, and the picture shows it."""

import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.app.player import BUCKET_FRAMES
from bridge.app.player.mixer import Mixer
from bridge.app.player.output import SilentOutput
from bridge.app.player.peaks import PeakCache, compute
from engine.errors import StemBridgeError

FRAMES, RATE = 48_000, 48_000


@pytest.fixture
def stems(tmp_path: Path) -> dict[str, Path]:
    rng = np.random.default_rng(1)
    paths = {}
    for name in ("drums", "bass"):
        paths[name] = tmp_path / f"{name}.wav"
        soundfile.write(paths[name], rng.uniform(-0.4, 0.4, (FRAMES, 2)), RATE, subtype="FLOAT")
    return paths


def settled(mixer: Mixer, frame: int, count: int) -> np.ndarray:
    """Return `count` frames from `frame`, rendered after the ramps of new gains are over."""
    mixer.seek(0)
    mixer.render(64)
    mixer.seek(frame)
    return mixer.render(count)


def test_the_mix_is_the_sum_of_the_stems_to_the_sample(stems: dict[str, Path]) -> None:
    mixer = Mixer(stems, FRAMES)
    expected = sum(soundfile.read(path, dtype="float32")[0][777:1777] for path in stems.values())
    assert np.abs(settled(mixer, 777, 1000) - expected).max() < 1e-6


def test_a_level_of_minus_six_halves_a_stem(stems: dict[str, Path]) -> None:
    mixer = Mixer(stems, FRAMES)
    mixer.channels["drums"].muted = True
    mixer.channels["bass"].level_db = -6.0206
    expected = soundfile.read(stems["bass"], dtype="float32")[0][:500] / 2
    assert np.abs(settled(mixer, 0, 500) - expected).max() < 1e-5


def test_a_loop_goes_round_without_a_gap(stems: dict[str, Path]) -> None:
    mixer = Mixer(stems, FRAMES)
    mixer.set_loop((1000, 1300))
    out = settled(mixer, 1000, 900)
    assert np.array_equal(out[:300], out[300:600])
    assert np.array_equal(out[:300], out[600:])
    assert not mixer.at_end


def test_the_end_is_silence_and_the_metronome_clicks_on_the_beat(stems: dict[str, Path]) -> None:
    mixer = Mixer(stems, FRAMES, [0, 24_000], [0])
    mixer.metronome_db = 0.0
    for channel in mixer.channels.values():
        channel.muted = True
    mixer.seek(23_000)
    out = np.concatenate([mixer.render(300) for _ in range(10)])
    assert np.abs(out[:1000]).max() == 0.0
    assert np.abs(out[1000:1400]).max() > 0.2
    mixer.seek(FRAMES - 10)
    assert np.abs(mixer.render(100)[10:]).max() == 0.0
    assert mixer.at_end


def test_a_missing_stem_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StemBridgeError, match="cannot be played"):
        Mixer({"drums": tmp_path / "gone.wav"}, FRAMES)


def test_silence_lasts_as_long_as_sound_would() -> None:
    output, start = SilentOutput(RATE), time.monotonic()
    output.write(np.zeros((4800, 2), np.float32))
    assert time.monotonic() - start >= 0.09


def test_peaks_are_the_extremes_of_every_bucket_and_are_kept(tmp_path: Path, stems: dict[str, Path]) -> None:
    audio = soundfile.read(stems["drums"], dtype="float32")[0]
    peaks = compute(stems["drums"])
    assert len(peaks.low) == -(-FRAMES // BUCKET_FRAMES)
    first = audio[:BUCKET_FRAMES]
    assert peaks.high[0] / 127 == pytest.approx(first.max(), abs=0.01)
    assert peaks.low[0] / 127 == pytest.approx(first.min(), abs=0.01)
    cache = PeakCache(tmp_path / "cache")
    assert np.array_equal(cache.get(stems["drums"], "abc").high, peaks.high)
    stems["drums"].unlink()
    assert np.array_equal(cache.get(stems["drums"], "abc").low, peaks.low)
    low, high = peaks.columns(0, FRAMES, 10)
    assert (low.min(), high.max()) == (peaks.low.min(), peaks.high.max())
