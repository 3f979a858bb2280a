"""Stems written block by block: the same samples, digests and levels as the files have."""

from __future__ import annotations

import hashlib
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from bridge.takes.stream import WrittenStems, needed_bytes, write_stems
from bridge.takes.take import BitDepth
from bridge.takes.wav import WavInfo
from engine import stems as stems_module
from engine.align.warp.source import ArraySource
from engine.errors import Cancelled, StemBridgeError
from engine.levels import SILENCE_DB
from engine.music import Meter
from engine.stems import StemSource

Audio = NDArray[np.float32]
RATE = 8_000


def info(name: str) -> WavInfo:
    return WavInfo(name, "", 0, "a", datetime(2026, 11, 21), 0, None, Meter(4, 4), Fraction(1), None, False)


def source(*stems: Audio, names: tuple[str, ...] = ()) -> StemSource:
    audio = np.concatenate(stems, axis=1)
    return StemSource(names or tuple(f"s{number}" for number in range(len(stems))), ArraySource(audio), RATE)


def noise(level: float, frames: int = 4_001, channels: int = 2, seed: int = 0) -> Audio:
    return np.random.default_rng(seed).uniform(-level, level, (frames, channels)).astype(np.float32)


def write(stems: StemSource, folder: Path, *values: object, **more: str) -> WrittenStems:
    return write_stems(stems, folder, [f"{name}.wav" for name in (*stems.names, "mix")], *values, **more)  # type: ignore[arg-type]


def quiet(_: float) -> None:
    pass


def read(path: Path) -> NDArray[np.float64]:
    audio, rate = soundfile.read(path, always_2d=True)
    assert rate == RATE
    return audio


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stems_module, "BLOCK_S", 0.1)


@pytest.mark.parametrize(("depth", "limit"), [("16", 2.0**-16), ("24", 2.0**-24), ("float", 0.0)])
@pytest.mark.parametrize("channels", [1, 2])
def test_files_hold_the_stems_and_their_sum(tmp_path: Path, depth: BitDepth, limit: float, channels: int) -> None:
    stems = [noise(0.3, channels=channels, seed=seed) for seed in range(2)]
    written = write(source(*stems), tmp_path, depth, info, quiet)
    for file, audio in zip([*written.stems, written.mix], [*stems, stems[0] + stems[1]], strict=True):
        path = tmp_path / file.file
        assert np.abs(read(path) - audio).max() <= limit * 1.001
        assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert file.peak_db == pytest.approx(20 * np.log10(np.abs(read(path)).max()), abs=0.006)
        assert file.lufs is not None
        assert file.midi is None
        assert path.stat().st_size % 2 == 0  # 4,001 mono frames of 24 bits need a padding byte
    assert [file.name for file in (*written.stems, written.mix)] == ["s0", "s1", "mix"]
    assert written.gain_db == 0.0


def test_without_a_rest_rounding_is_reported_and_with_one_it_is_taken_up(tmp_path: Path) -> None:
    stems = source(*(noise(0.2, seed=seed) for seed in range(3)), names=("a", "b", "other"))
    (tmp_path / "plain").mkdir()
    plain = write(stems, tmp_path / "plain", "16", info, quiet)
    assert -95 < plain.stem_sum_error_db < -85  # up to two steps of 1 / 32,768
    (tmp_path / "exact").mkdir()
    exact = write(stems, tmp_path / "exact", "16", info, quiet, rest="other")
    assert exact.stem_sum_error_db == SILENCE_DB
    files = {name: read(tmp_path / "exact" / f"{name}.wav") for name in ("a", "b", "other", "mix")}
    np.testing.assert_array_equal(files["a"] + files["b"] + files["other"], files["mix"])


def test_what_would_clip_is_turned_down_together(tmp_path: Path) -> None:
    loud = np.full((800, 2), 0.75, np.float32)
    written = write(source(loud, loud), tmp_path, "16", info, quiet)  # the sum is 1.5
    assert written.gain_db == pytest.approx(20 * np.log10((1 - 2**-15) / 1.5), abs=0.001)
    assert read(tmp_path / "mix.wav").max() == 1 - 2**-15
    assert read(tmp_path / "s0.wav").max() == pytest.approx(0.5, abs=2**-15)


def test_float_files_are_never_turned_down(tmp_path: Path) -> None:
    loud = np.full((800, 2), 0.75, np.float32)
    assert write(source(loud, loud), tmp_path, "float", info, quiet).gain_db == 0.0
    assert read(tmp_path / "mix.wav").max() == 1.5


def test_silence_has_the_lowest_level_and_no_loudness(tmp_path: Path) -> None:
    written = write(source(np.zeros((8_000, 2), np.float32)), tmp_path, "24", info, quiet)
    assert (written.mix.peak_db, written.mix.lufs) == (SILENCE_DB, None)


def test_progress_rises_over_both_passes_to_one(tmp_path: Path) -> None:
    reported: list[float] = []
    write(source(noise(0.2)), tmp_path, "24", info, reported.append)
    assert reported == sorted(reported)
    assert 0.3 in reported  # the pass that looks for the peak
    assert reported[-1] == pytest.approx(1.0)


def test_a_cancel_closes_every_file(tmp_path: Path) -> None:
    def cancel(fraction: float) -> None:
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        write(source(noise(0.2)), tmp_path, "24", info, cancel)
    for path in tmp_path.iterdir():
        path.unlink()  # fails on Windows while a file is open


@pytest.mark.parametrize(("depth", "width"), [("16", 2), ("24", 3), ("float", 4)])
def test_the_needed_room_is_that_of_all_files(tmp_path: Path, depth: BitDepth, width: int) -> None:
    stems = source(noise(0.1), noise(0.1))
    needed = needed_bytes(stems, depth)
    assert needed == 3 * (4_001 * 2 * width + 10_000)
    write(stems, tmp_path, depth, info, quiet)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= needed


def test_more_than_a_wav_can_hold_is_refused() -> None:
    class Endless:
        frames, channels = 2**32 // 6, 2

    with pytest.raises(StemBridgeError, match="4 GiB"):
        needed_bytes(StemSource(("a",), Endless(), RATE), "24")  # type: ignore[arg-type]
