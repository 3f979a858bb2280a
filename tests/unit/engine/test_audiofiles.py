"""Audio files that a user has named, opened as stems."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine import audiofiles
from engine.audiofiles import MAX_FILES, length_notices, open_stems
from engine.errors import InvalidValue, StemBridgeError

RATE = 8_000


def write(path: Path, audio: np.ndarray, rate: int = RATE, subtype: str = "FLOAT") -> Path:
    soundfile.write(path, audio, rate, subtype=subtype)
    return path


def noise(frames: int, channels: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, (frames, channels)).astype(np.float32)


def test_each_file_is_a_stem_by_its_name(tmp_path: Path) -> None:
    audio = [noise(1_000, 2, seed) for seed in (1, 2)]
    paths = [write(tmp_path / f"{name}.wav", a) for name, a in zip(("drums", "bass"), audio, strict=True)]
    with open_stems(paths, tmp_path / "scratch") as stems:
        assert (stems.names, stems.sample_rate, stems.frames, stems.channels) == (("drums", "bass"), RATE, 1_000, 2)
        views = stems.views()
        assert np.array_equal(views["drums"][:], audio[0])
        assert np.array_equal(views["bass"][100:200], audio[1][100:200])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bass.wav", "drums.wav"]


def test_mono_among_stereo_becomes_stereo_and_short_ones_end_in_silence(tmp_path: Path) -> None:
    mono, stereo = noise(500, 1), noise(800, 2)
    paths = [write(tmp_path / "m.wav", mono), write(tmp_path / "s.wav", stereo)]
    with open_stems(paths, tmp_path / "scratch") as stems:
        found = stems.views()
        assert np.array_equal(found["m"][:500], np.repeat(mono, 2, axis=1))
        assert not found["m"][500:].any()
        assert np.array_equal(found["s"][:], stereo)
    assert length_notices(paths) == ("The files have 500–800 frames; the shorter ones end in silence.",)
    assert length_notices(paths[:1]) == length_notices([paths[0], paths[0]]) == ()


def test_samples_that_are_no_numbers_are_silent(tmp_path: Path) -> None:
    audio = noise(100, 1)
    audio[10], audio[20], audio[30] = np.nan, np.inf, -np.inf
    path = write(tmp_path / "broken.wav", audio)
    with open_stems([path], tmp_path / "scratch") as stems:
        found = stems.views()["broken"][:]
    assert not found[[10, 20, 30]].any()
    assert np.array_equal(np.delete(found, [10, 20, 30]), np.delete(audio, [10, 20, 30]))


@pytest.mark.parametrize("rate", [4_000, 16_000, 11_025])
def test_another_rate_goes_through_a_file_that_is_deleted(tmp_path: Path, rate: int) -> None:
    at = np.arange(RATE) / RATE
    tone = 0.5 * np.sin(2 * np.pi * 200 * at).astype(np.float32)
    path = write(tmp_path / "tone.wav", tone[:, None])
    with open_stems([path], tmp_path / "scratch", rate) as stems:
        assert (stems.sample_rate, stems.frames) == (rate, rate)
        found = stems.views()["tone"][:][:, 0]
        assert (tmp_path / "scratch").exists()
    wanted = 0.5 * np.sin(2 * np.pi * 200 * np.arange(rate) / rate)
    inside = slice(rate // 10, -rate // 10)
    assert np.abs(found[inside] - wanted[inside]).max() < 2e-3
    assert not (tmp_path / "scratch").exists()


def test_the_files_own_rate_needs_no_scratch(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", noise(100, 1))
    with open_stems([path], tmp_path / "missing" / "scratch", RATE) as stems:
        assert stems.frames == 100


def test_a_format_without_exact_seeking_is_decoded_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "a.ogg"
    soundfile.write(path, noise(20_000, 2), 44_100, format="OGG", subtype="VORBIS")
    whole = soundfile.read(path, dtype="float32", always_2d=True)[0]
    with open_stems([path], tmp_path / "scratch.raw") as stems:
        assert (tmp_path / "scratch.decoded").exists()
        found = stems.views()["a"]
        for start in (15_000, 100, 7_777):
            assert np.array_equal(found[start : start + 500], whole[start : start + 500])
    assert [path.name for path in tmp_path.iterdir()] == ["a.ogg"]


@pytest.mark.parametrize("count", [0, MAX_FILES + 1])
def test_the_number_of_files_is_bounded(tmp_path: Path, count: int) -> None:
    paths = [write(tmp_path / "a.wav", noise(10, 1))] * count
    sentence = f"audio files must be 1–32 at once, not {count}"
    with pytest.raises(InvalidValue, match=sentence), open_stems(paths, tmp_path / "scratch"):
        pass


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    empty = write(tmp_path / "empty.wav", np.zeros((0, 1), np.float32))
    for paths, sentence in (
        ([tmp_path / "missing.wav"], "missing.wav"),
        ([tmp_path], "a file that exists"),
        ([tmp_path / "text.wav"], "a sound file like WAV"),
        ([empty], "one with a frame or more"),
    ):
        with pytest.raises(InvalidValue, match=sentence), open_stems(paths, tmp_path / "scratch"):
            pass


def test_files_that_do_not_go_together_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mono, stereo, three, nine = (write(tmp_path / f"{n}.wav", noise(10, n)) for n in (1, 2, 3, 9))
    fast = write(tmp_path / "fast.wav", noise(10, 1), 2 * RATE)
    for paths, sentence in (
        ([mono, fast], "of one sample rate"),
        ([nine], "of 1–8 channels"),
        ([stereo, three], "of equally many channels, or mono and stereo"),
    ):
        with pytest.raises(InvalidValue, match=sentence), open_stems(paths, tmp_path / "scratch"):
            pass
    with open_stems([three], tmp_path / "scratch") as stems:
        assert stems.channels == 3
    monkeypatch.setattr(audiofiles, "MAX_S", 10 / RATE)
    with open_stems([mono], tmp_path / "scratch"):
        pass
    monkeypatch.setattr(audiofiles, "MAX_S", 9 / RATE)
    with pytest.raises(InvalidValue, match="hours long"), open_stems([mono], tmp_path / "scratch"):
        pass


def test_a_damaged_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "cut.flac"
    soundfile.write(path, noise(40_000, 2), 44_100)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    sentence = "cannot be read to its end"
    with pytest.raises(StemBridgeError, match=sentence), open_stems([path], tmp_path / "scratch") as stems:
        for _ in stems.blocks():
            pass
