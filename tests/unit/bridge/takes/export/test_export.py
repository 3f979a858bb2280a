"""Exports of a take: every format and content, and never a file overwritten or half written."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.takes.export import FORMATS, Export, export_take
from bridge.takes.library import TakeView, annotate, read_take
from bridge.takes.take import Take
from bridge.takes.writer import write_takes
from engine.errors import Cancelled, InvalidValue, StemBridgeError
from engine.music import TempoMap
from tests.helpers.folders import everything_in

MakeTake = Callable[..., Take]
OWN = "funk ab12 120bpm Em"
"""What the names of all exported files begin with."""


@pytest.fixture
def take(tmp_path: Path, make_take: MakeTake) -> TakeView:
    (path,) = write_takes([make_take()], tmp_path / "takes")
    return read_take(path)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def samples(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="float32", always_2d=True)[0]


def test_stems_as_wav_are_the_takes_own_files(take: TakeView, out: Path) -> None:
    folder = export_take(take, out, Export())
    assert folder == out / f"{OWN} stems"
    assert everything_in(folder) == [f"{OWN} bass.wav", f"{OWN} drums.wav"] == sorted(s.path.name for s in take.stems)
    assert (folder / f"{OWN} bass.wav").read_bytes() == take.stems[1].path.read_bytes()


def test_the_mix_is_one_file(take: TakeView, out: Path) -> None:
    path = export_take(take, out, Export("mix", "flac"))
    assert (path, everything_in(out)) == (out / f"{OWN} mix.flac", [f"{OWN} mix.flac"])
    np.testing.assert_array_equal(samples(path), samples(take.mix))
    assert soundfile.info(path).subtype == "PCM_24"


def test_an_mp3_is_about_as_long(take: TakeView, out: Path) -> None:
    path = export_take(take, out, Export("mix", "mp3"))
    info = soundfile.info(path)
    assert (info.format, info.samplerate, info.channels) == ("MP3", 8_000, 2)
    assert 16_000 <= info.frames < 20_000  # an encoder adds a few frames of its own


@pytest.mark.parametrize("form", FORMATS)
def test_one_zip_holds_all_stems(take: TakeView, out: Path, form: str) -> None:
    path = export_take(take, out, Export("stems", form, zipped=True))
    assert (path, everything_in(out)) == (out / f"{OWN} stems.zip", [f"{OWN} stems.zip"])
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [f"{OWN} drums.{form}", f"{OWN} bass.{form}"]
        assert archive.testzip() is None


def test_a_balance_is_the_sum_with_its_gains(take: TakeView, out: Path) -> None:
    path = export_take(take, out, Export("balance", "wav", gains={"drums": 0.5}))
    expected = 0.5 * samples(take.stems[0].path) + samples(take.stems[1].path)
    assert np.abs(samples(path) - expected).max() <= 2**-23
    muted = export_take(take, out, Export("balance", "wav", gains={"drums": 0.0}))
    np.testing.assert_array_equal(samples(muted), samples(take.stems[1].path))


def test_a_balance_that_would_clip_is_turned_down_as_a_whole(take: TakeView, out: Path) -> None:
    path = export_take(take, out, Export("balance", "wav", gains={"drums": 10.0, "bass": 0.0}))
    expected = samples(take.stems[0].path)
    expected /= np.abs(expected).max()
    assert np.abs(samples(path) - expected).max() <= 2**-22


def test_a_name_that_is_taken_gets_a_number(take: TakeView, out: Path) -> None:
    paths = [export_take(take, out, Export("mix")) for _ in range(3)]
    assert [path.name for path in paths] == [f"{OWN} mix.wav", f"{OWN} mix 2.wav", f"{OWN} mix 3.wav"]
    assert [export_take(take, out, Export()).name for _ in range(2)] == [f"{OWN} stems", f"{OWN} stems 2"]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ('a/b: "c"?', "a b c"),
        ("...", "funk ab12"),  # nothing in it can be a file's name
        ("x" * 100, "x" * 40),
        ("Sommer – été", "Sommer ete"),
        ("Night Drive (v2.1)", "Night Drive v2.1"),
        ("夜", "夜"),
    ],
)
def test_a_name_that_the_user_gave_becomes_a_file_name(take: TakeView, out: Path, title: str, name: str) -> None:
    assert export_take(annotate(take, name=title), out, Export("mix")).name == f"{name} 120bpm Em mix.wav"


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (Export("everything"), "what to export must be stems or mix or balance, not 'everything'"),
        (Export("mix", "ogg"), "format must be wav, flac, mp3, not 'ogg'"),
    ],
)
def test_an_unknown_content_or_format_is_refused(take: TakeView, out: Path, request_: Export, said: str) -> None:
    with pytest.raises(InvalidValue, match=said):
        export_take(take, out, request_)
    assert everything_in(out) == []


def test_an_mp3_above_48_khz_is_refused(tmp_path: Path, make_take: MakeTake, out: Path) -> None:
    (path,) = write_takes([make_take(sample_rate=96_000)], tmp_path / "takes")
    with pytest.raises(InvalidValue, match="48000 Hz or less"):
        export_take(read_take(path), out, Export("mix", "mp3"))
    assert everything_in(out) == []


def test_a_stem_that_is_gone_or_broken_is_a_sentence_and_leaves_nothing(take: TakeView, out: Path) -> None:
    take.stems[1].path.write_bytes(b"JUNK")
    with pytest.raises(StemBridgeError, match=r"^The export failed: .*\.$"):
        export_take(take, out, Export("stems", "flac"))
    take.stems[1].path.unlink()
    with pytest.raises(StemBridgeError, match=r"The export to .* failed: No such file"):
        export_take(take, out, Export())
    assert everything_in(out) == []


def test_a_folder_that_is_gone_is_a_sentence(take: TakeView, tmp_path: Path) -> None:
    with pytest.raises(StemBridgeError, match="failed: No such file or directory"):
        export_take(take, tmp_path / "gone", Export())


def test_progress_rises_to_one_and_may_cancel(take: TakeView, out: Path) -> None:
    reported: list[float] = []
    export_take(take, out, Export(), reported.append)
    assert reported == [0.0, 0.5, 1.0]

    def cancel(fraction: float) -> None:
        if fraction == 0.5:
            raise Cancelled

    before = everything_in(out)
    with pytest.raises(Cancelled):
        export_take(take, out, Export(), cancel)
    assert everything_in(out) == before


def test_stems_whose_names_become_the_same_file_name_are_all_exported(take: TakeView, out: Path) -> None:
    drums, bass = take.stems
    twins = replace(take, stems=(replace(drums, name="a/b"), replace(bass, name="a:b")))
    folder = export_take(twins, out, Export())
    assert everything_in(folder) == [f"{OWN} a_b.wav", f"{OWN} a_b_2.wav"]
    assert (folder / f"{OWN} a_b_2.wav").read_bytes() == bass.path.read_bytes()


def test_a_balance_is_as_long_as_the_take_whatever_the_files_are(take: TakeView, out: Path) -> None:
    audio = samples(take.stems[0].path)
    soundfile.write(take.stems[0].path, np.concatenate([audio, audio]), 8_000, subtype="PCM_24")
    soundfile.write(take.stems[1].path, audio[:100], 8_000, subtype="PCM_24")
    balance = samples(export_take(take, out, Export("balance", "wav")))
    assert balance.shape == (16_000, 2)
    np.testing.assert_array_equal(balance[100:], audio[100:])


@pytest.mark.parametrize("form", ["flac", "mp3"])
def test_files_are_tagged_with_the_name_that_the_user_gave(take: TakeView, out: Path, form: str) -> None:
    named = annotate(take, name="Night Drive")
    folder = export_take(named, out, Export("stems", form))
    assert folder.name == "Night Drive 120bpm Em stems"
    with soundfile.SoundFile(folder / f"Night Drive 120bpm Em bass.{form}") as file:
        assert (file.title, file.comment) == ("Night Drive bass", "funk (seed 7)")
    with soundfile.SoundFile(export_take(named, out, Export("balance", form))) as file:
        assert file.title == "Night Drive as heard"


def test_a_wav_of_the_balance_says_its_tempo_and_place_as_the_mix_does(take: TakeView, out: Path) -> None:
    path = export_take(take, out, Export("balance", "wav"))
    assert path.name == f"{OWN} as heard.wav"
    heard, mix = path.read_bytes(), take.mix.read_bytes()
    assert heard[: heard.index(b"data")] == mix[: mix.index(b"data")]


def test_two_files_of_a_tempo_with_a_fraction_keep_it(tmp_path: Path, make_take: MakeTake, out: Path) -> None:
    (path,) = write_takes([make_take(tempo_map=TempoMap.constant(97.6))], tmp_path / "takes")
    names = [export_take(read_take(path), out, Export(what)).name for what in ("stems", "stems", "mix", "mix")]
    assert names == [
        "funk ab12 97.6bpm Em stems", "funk ab12 97.6bpm Em stems 2",
        "funk ab12 97.6bpm Em mix.wav", "funk ab12 97.6bpm Em mix 2.wav",
    ]  # fmt: skip
