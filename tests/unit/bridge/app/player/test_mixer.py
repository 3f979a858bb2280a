"""The mixer: the sum of the stems to the sample, levels, loops and the metronome."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.app.player.mixer import CLICK_S, Mixer, gain_of
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


@pytest.fixture
def ramp(tmp_path: Path) -> Path:
    """A mono stem of 2000 frames whose sample n is n / 4000."""
    path = tmp_path / "ramp.wav"
    soundfile.write(path, np.arange(2000) / 4000, RATE, subtype="FLOAT")
    return path


@pytest.mark.parametrize(
    ("level_db", "gain"),
    [(0.0, 1.0), (20.0, 10.0), (-20.0, 0.1), (-59.9, 10 ** (-59.9 / 20)), (-60.0, 0.0), (-99, 0)],
)
def test_a_level_is_an_amplitude_factor_and_silence_at_the_bottom(level_db: float, gain: float) -> None:
    assert gain_of(level_db) == pytest.approx(gain, rel=1e-12)


def test_a_mono_stem_is_on_both_sides_and_of_many_channels_the_first_two_play(tmp_path: Path, ramp: Path) -> None:
    out = Mixer({"ramp": ramp}, 2000).render(100)
    assert np.array_equal(out[:, 0], np.arange(100, dtype=np.float32) / 4000)
    assert np.array_equal(out[:, 0], out[:, 1])
    soundfile.write(tmp_path / "three.wav", np.tile([0.1, 0.2, 0.9], (50, 1)), RATE, subtype="FLOAT")
    assert Mixer({"three": tmp_path / "three.wav"}, 50).render(1)[0] == pytest.approx([0.1, 0.2])


def test_solo_silences_the_others_and_mute_wins_over_solo(stems: dict[str, Path]) -> None:
    mixer = Mixer(stems, FRAMES)
    bass = soundfile.read(stems["bass"], dtype="float32")[0]
    mixer.channels["bass"].soloed = True
    assert np.array_equal(settled(mixer, 100, 200), bass[100:300])
    mixer.channels["bass"].muted = True
    assert not settled(mixer, 100, 200).any()


def test_the_volume_turns_all_stems(stems: dict[str, Path]) -> None:
    mixer = Mixer(stems, FRAMES)
    full = settled(mixer, 0, 300)
    mixer.volume_db = -20.0
    assert np.abs(settled(mixer, 0, 300) - full / 10).max() < 1e-6


def test_a_change_of_level_is_a_ramp_over_one_block_and_the_first_block_has_none(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "one.wav", np.full(500, 0.5), RATE, subtype="FLOAT")
    mixer = Mixer({"one": tmp_path / "one.wav"}, 500)
    mixer.channels["one"].level_db = -20.0
    assert np.allclose(mixer.render(100), 0.05)
    mixer.channels["one"].level_db = 0.0
    assert np.allclose(mixer.render(101)[:, 0], np.linspace(0.05, 0.5, 101))
    assert np.allclose(mixer.render(100), 0.5)


def test_what_is_too_loud_is_clipped(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "loud.wav", np.tile([0.9, -0.9], 50), RATE, subtype="FLOAT")
    mixer = Mixer({"a": tmp_path / "loud.wav", "b": tmp_path / "loud.wav"}, 100)
    assert set(np.unique(mixer.render(100))) == {-1.0, 1.0}


@pytest.mark.parametrize(("frame", "position"), [(-5, 0), (0, 0), (1999, 1999), (2000, 2000), (10**9, 2000)])
def test_seeking_stays_inside_the_take(ramp: Path, frame: int, position: int) -> None:
    mixer = Mixer({"ramp": ramp}, 2000)
    mixer.seek(frame)
    assert mixer.position == position
    assert mixer.at_end == (position == 2000)


def test_a_stem_shorter_than_the_take_ends_in_silence(ramp: Path) -> None:
    mixer = Mixer({"ramp": ramp}, 3000)
    mixer.seek(1990)
    out = mixer.render(2000)[:, 0]
    assert np.array_equal(out[:10], np.arange(1990, 2000, dtype=np.float32) / 4000)
    assert not out[10:].any()
    assert mixer.position == 3000


def test_a_loop_behind_the_playhead_is_passed_and_an_empty_one_is_none(ramp: Path) -> None:
    mixer = Mixer({"ramp": ramp}, 2000)
    mixer.set_loop((100, 200))
    mixer.seek(300)
    mixer.render(2000)
    assert mixer.position == 2000  # it plays on to the end
    for empty in ((200, 200), (200, 100), None):
        mixer.set_loop(empty)
        assert mixer.loop is None


def test_a_loop_that_ends_after_the_take_ends_with_it(ramp: Path) -> None:
    mixer = Mixer({"ramp": ramp}, 2000)
    mixer.set_loop((1900, 5000))
    mixer.seek(1950)
    assert mixer.render(100)[:50, 0].any()
    assert mixer.position == 2000


def test_a_click_that_began_before_the_block_goes_on_in_it_and_bars_have_another_pitch(ramp: Path) -> None:
    def clicks(first: int, sizes: list[int], bars: list[int]) -> np.ndarray:
        mixer = Mixer({"ramp": ramp}, 20_000, [5000], bars)
        mixer.channels["ramp"].muted = True
        mixer.metronome_db = -6.0
        mixer.seek(first)
        return np.concatenate([mixer.render(size) for size in sizes])[:, 0]

    whole = clicks(4900, [2000], [])
    assert not whole[:100].any()
    assert np.abs(whole[100:]).max() > 0.2
    assert not whole[100 + round(CLICK_S * RATE) :].any()
    assert np.array_equal(clicks(4900, [101, 99, 1000, 800], []), whole)
    assert np.array_equal(clicks(5200, [1700], []), whole[300:])
    assert not np.array_equal(clicks(4900, [2000], [5000]), whole)


def test_a_take_without_stems_is_silence_of_its_length() -> None:
    mixer = Mixer({}, 100)
    assert mixer.sample_rate == 48_000
    assert not mixer.render(200).any()
    assert mixer.at_end
