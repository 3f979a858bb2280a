"""The files of one take as they lie on disk: levels, sums, loops, MIDI."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from bridge.takes import files
from bridge.takes.manifest import read_manifest
from bridge.takes.take import Take
from bridge.takes.take_file_names import TakeFileNames
from bridge.takes.writer import write_takes
from engine.align.measure import GridError
from engine.errors import EngineFailed
from engine.music import Key, TempoMap, TempoPoint
from tests.helpers.folders import everything_in

MakeTake = Callable[..., Take]


def wav(manifest: Path, name: str) -> Path:
    """Return the path of a stem's file, or the mix's, as the manifest names it."""
    content = read_manifest(manifest)
    files = {"mix": content["mix"]["file"], **{stem["name"]: stem["file"] for stem in content["stems"]}}
    return manifest.parent / str(files[name])


@pytest.mark.parametrize(("depth", "limit_db"), [("24", -110.0), ("float", -130.0), ("16", -75.0)])
def test_the_delivered_stems_sum_up_to_the_delivered_mix(
    tmp_path: Path, make_take: MakeTake, depth: str, limit_db: float
) -> None:
    names = ("drums", "bass", "chords", "lead")
    (path,) = write_takes([make_take(names=names, bit_depth=depth)], tmp_path)
    audio = {name: soundfile.read(wav(path, name))[0] for name in (*names, "mix")}
    error = np.abs(sum(audio[name] for name in names) - audio["mix"]).max()
    error_db = 20 * np.log10(max(error, 10**-7.2))
    assert error_db <= limit_db
    assert read_manifest(path)["stem_sum_error_db"] == pytest.approx(error_db, abs=0.02)


def test_what_is_too_loud_is_turned_down_together(tmp_path: Path, make_take: MakeTake) -> None:
    (path,) = write_takes([make_take(level=0.9)], tmp_path)
    manifest = read_manifest(path)
    audio = {name: soundfile.read(wav(path, name))[0] for name in ("drums", "bass", "mix")}
    assert np.abs(audio["mix"]).max() == pytest.approx(1.0, abs=1e-6)
    assert np.abs(audio["mix"]).max() < 1.0
    assert manifest["gain_db"] == pytest.approx(20 * np.log10(np.abs(audio["drums"]).max() / 0.9), abs=0.01)
    assert manifest["gain_db"] < -4
    assert "turned down" in manifest["notices"][0]
    assert manifest["stem_sum_error_db"] <= -110


def test_float_files_keep_their_level(tmp_path: Path, make_take: MakeTake) -> None:
    take = make_take(level=0.9, bit_depth="float")
    (path,) = write_takes([take], tmp_path)
    assert read_manifest(path)["gain_db"] == 0.0
    mix, _ = soundfile.read(wav(path, "mix"), dtype="float32")
    np.testing.assert_array_equal(mix, take.generation.mix)


@pytest.mark.parametrize(("start_seconds", "frames"), [(None, 64000), (10.5, 84000), (-1.0, 0)])
def test_the_time_reference_is_the_place_in_the_project(
    tmp_path: Path, make_take: MakeTake, start_seconds: float | None, frames: int
) -> None:
    (path,) = write_takes([make_take(start_seconds=start_seconds)], tmp_path)
    data = wav(path, "mix").read_bytes()
    bext = data.index(b"bext") + 8
    assert int.from_bytes(data[bext + 338 : bext + 346], "little") == frames


def test_files_of_a_moving_tempo_are_not_offered_as_loops(tmp_path: Path, make_take: MakeTake) -> None:
    tempo_map = TempoMap([TempoPoint(0.0, 60.0, True), TempoPoint(4.0, 120.0)])
    (path,) = write_takes([make_take(tempo_map=tempo_map)], tmp_path)
    with soundfile.SoundFile(wav(path, "bass")) as file:
        assert "(OneShot" in file.extra_info
        assert "Tempo     : 90.0" in file.extra_info


def test_an_alignment_that_was_measured_before_is_kept(tmp_path: Path, make_take: MakeTake) -> None:
    grid = GridError("warped", 119.9, 1.0, 2.0, 0.5, 12)
    (path,) = write_takes([make_take(alignment=grid)], tmp_path)
    assert read_manifest(path)["alignment"]["method"] == "warped"


def test_a_mix_without_stems_is_a_take_too(tmp_path: Path, make_take: MakeTake) -> None:
    take = make_take()
    (path,) = write_takes([replace(take, generation=replace(take.generation, stems=()))], tmp_path)
    assert everything_in(path.parent) == ["funk ab12 120bpm Em mix.wav", "manifest.json"]
    assert read_manifest(path)["stem_sum_error_db"] is None


def test_stems_without_notes_have_no_midi(tmp_path: Path, make_take: MakeTake) -> None:
    (path,) = write_takes([make_take(names=("vocals", "Vocals", "mix"))], tmp_path)
    assert everything_in(path.parent) == [
        "funk ab12 120bpm Em Vocals_2.mid",
        "funk ab12 120bpm Em Vocals_2.wav",
        "funk ab12 120bpm Em mix.wav",
        "funk ab12 120bpm Em mix_stem.mid",
        "funk ab12 120bpm Em mix_stem.wav",
        "funk ab12 120bpm Em vocals.wav",
        "manifest.json",
        "song.mid",
    ]
    assert [track.name for track in mido.MidiFile(path.parent / "song.mid").tracks] == ["funk", "Vocals", "mix"]


@pytest.mark.parametrize("what", ["stem", "mix"])
def test_audio_of_the_wrong_length_is_refused(tmp_path: Path, make_take: MakeTake, what: str) -> None:
    take = make_take()
    generation = take.generation
    if what == "mix":
        generation = replace(generation, mix=generation.mix[:-1])
    else:
        short = replace(generation.stems[1], audio=generation.stems[1].audio[:, :1])
        generation = replace(generation, stems=(generation.stems[0], short))
    with pytest.raises(EngineFailed, match="instead of"):
        write_takes([replace(take, generation=generation)], tmp_path / "StemBridge")
    assert everything_in(tmp_path) == []


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_are_refused(tmp_path: Path, make_take: MakeTake, value: float) -> None:
    take = make_take()
    take.generation.stems[0].audio[5, 1] = value
    with pytest.raises(EngineFailed, match="drums with samples that are no numbers"):
        write_takes([take], tmp_path)


def test_an_error_in_a_thread_is_the_jobs_error(
    tmp_path: Path, make_take: MakeTake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(files, "lufs", broken)
    with pytest.raises(ZeroDivisionError):
        write_takes([make_take()], tmp_path / "StemBridge")
    assert everything_in(tmp_path) == []


def prepare(take: Take) -> files.PreparedTake:
    return files.prepare(take, TakeFileNames.of(take, Path("/project")))


def test_a_take_within_full_scale_keeps_its_level(make_take: MakeTake) -> None:
    ready = prepare(make_take())
    assert (ready.gain, ready.steps) == (1.0, 7)  # two stems, mix, sum, grid, MIDI, manifest
    assert ready.needed_bytes == 3 * 16_000 * 2 * 3 + 200_000


@pytest.mark.parametrize(("depth", "gain"), [("16", (1 - 2**-15) / 2), ("24", (1 - 2**-23) / 2), ("float", 1.0)])
def test_the_loudest_sample_just_fits_an_integer_format(make_take: MakeTake, depth: str, gain: float) -> None:
    take = make_take(bit_depth=depth)
    take.generation.mix[3, 1] = -2.0
    assert prepare(take).gain == pytest.approx(gain, rel=1e-12)


def test_the_metadata_of_a_wav(make_take: MakeTake) -> None:
    take = make_take(key=Key.parse("F#m"))
    info = files.wav_info(take, "bass")
    assert (info.title, info.prompt, info.seed, info.take_id) == ("bass", "funk", 7, "ab12")
    assert (info.bpm, info.is_loop, info.beats, info.time_reference_frames) == (120.0, True, 4, 64_000)
    assert info.key == Key.parse("F#m")
    assert files.wav_info(take, "drums", is_drums=True).key is None


def test_a_moving_tempo_is_given_as_its_mean(make_take: MakeTake) -> None:
    tempo_map = TempoMap([TempoPoint(0.0, 60.0), TempoPoint(2.0, 120.0)])  # 2 s + 1 s for 4 beats
    info = files.wav_info(make_take(tempo_map=tempo_map), "bass")
    assert (info.bpm, info.is_loop) == (pytest.approx(80.0), False)


def test_every_step_is_reported_once_and_the_manifest_comes_last(tmp_path: Path, make_take: MakeTake) -> None:
    ready = prepare(make_take())
    seen: list[bool] = []
    files.write_files(ready, tmp_path, lambda: seen.append((tmp_path / "manifest.json").exists()), [])
    assert seen == [False] * 6 + [True]
