"""A file separated into stems, with a separator that splits by a fixed ratio: files, report, and errors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

import bridge
from bridge.jobs.worker.separate_file import SeparateOrder, separate_file
from engine.contract import Phase, Source
from engine.errors import Cancelled, EngineUnavailable, InvalidValue
from engine.separate import Separation
from tests.helpers.folders import everything_in

RATE = 8_000
FRAMES = 4_000


class Halves:
    """A separator whose drums are a quarter of the mix, and whose `other` is the rest."""

    names = ("drums", "other")

    def __init__(self) -> None:
        self.asked: list[str] = []

    def load(self, name: str = "") -> SimpleNamespace:
        self.asked.append(name)
        if name == "gone":
            raise EngineUnavailable("Not here.")
        return SimpleNamespace(name=name or "htdemucs")

    def start(self, source: Source, sample_rate: int, report: Callable[[float], None], name: str = "") -> Separation:
        assert sample_rate == RATE
        mix = source.read(0, source.frames)
        report(0.5)
        blocks = (
            np.stack([part * np.float32(0.25), part * np.float32(0.75)], axis=1) for part in np.array_split(mix, 3)
        )
        report(1.0)
        return Separation(self.names, blocks)


@pytest.fixture
def order(tmp_path: Path) -> SeparateOrder:
    audio = np.random.default_rng(0).uniform(-0.5, 0.5, (FRAMES, 2)).astype(np.float32)
    soundfile.write(tmp_path / "song.wav", audio, RATE, subtype="FLOAT")
    return SeparateOrder(tmp_path / "song.wav", "", "24", {})


def quiet(_phase: Phase, _fraction: float) -> None:
    pass


def separate(order: SeparateOrder, out: Path, progress: Callable[[Phase, float], None] = quiet) -> dict[str, object]:
    return separate_file(order, Halves(), out, progress)  # type: ignore[arg-type]


def samples(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="float64", always_2d=True)[0]


def test_stems_lie_beside_their_sum_and_a_report(order: SeparateOrder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report = separate(order, out)
    assert everything_in(out) == ["separation.json", "song drums.wav", "song mix.wav", "song other.wav"]
    mix = samples(order.file)
    assert np.abs(samples(out / "song drums.wav") - 0.25 * mix).max() <= 2**-23
    np.testing.assert_array_equal(
        samples(out / "song drums.wav") + samples(out / "song other.wav"), samples(out / "song mix.wav")
    )
    stored = json.loads((out / "separation.json").read_text(encoding="utf-8"))
    assert report == {**stored, "report": str(out / "separation.json")}
    assert (stored["format"], stored["model"], stored["source"]) == (1, "htdemucs", str(order.file))
    assert (stored["sample_rate"], stored["frames"], stored["channels"]) == (RATE, FRAMES, 2)
    assert (stored["bit_depth"], stored["gains_db"], stored["version"]) == ("24", {}, bridge.__version__)
    assert set(stored["timings"]) == {"separating", "writing"}
    for entry in (*stored["stems"], stored["mix"]):
        assert hashlib.sha256((out / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert [entry["name"] for entry in stored["stems"]] == ["drums", "other"]


def test_gains_change_stems_and_mix(order: SeparateOrder, tmp_path: Path) -> None:
    separate(replace(order, bit_depth="float", gains_db={"drums": -20.0}), tmp_path / "out")
    mix = samples(order.file)
    assert np.abs(samples(tmp_path / "out" / "song drums.wav") - 0.025 * mix).max() < 1e-7
    assert np.abs(samples(tmp_path / "out" / "song mix.wav") - 0.775 * mix).max() < 1e-7


def test_wavs_have_no_tempo_but_say_where_they_come_from(order: SeparateOrder, tmp_path: Path) -> None:
    separate(order, tmp_path / "out")
    data = (tmp_path / "out" / "song drums.wav").read_bytes()
    assert b"acid" not in data
    assert b"drums: from song.wav" in data


def test_progress_is_separating_then_writing(order: SeparateOrder, tmp_path: Path) -> None:
    reported: list[tuple[Phase, float]] = []
    separate(order, tmp_path / "out", lambda phase, fraction: reported.append((phase, fraction)))
    assert list(dict.fromkeys(phase for phase, _ in reported)) == ["separating", "writing"]
    assert reported[-1] == ("writing", pytest.approx(1.0))


def test_a_gain_of_a_stem_that_is_not_made_is_refused(order: SeparateOrder, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="--gain must be one of drums, other, not 'vocals'"):
        separate(replace(order, gains_db={"vocals": 3.0}), tmp_path / "out")
    assert everything_in(tmp_path) == ["song.wav"]


@pytest.mark.parametrize("name", ["song drums.wav", "song mix.wav", "separation.json"])
def test_no_file_is_overwritten(order: SeparateOrder, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text("mine")
    with pytest.raises(InvalidValue, match=name):
        separate(order, out)
    assert everything_in(out) == [name]


def test_a_separator_that_is_not_installed_makes_no_folder(order: SeparateOrder, tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="Not here"):
        separate(replace(order, model="gone"), tmp_path / "out")
    assert everything_in(tmp_path) == ["song.wav"]


@pytest.mark.parametrize("phase", ["separating", "writing"])
def test_a_cancel_leaves_nothing(order: SeparateOrder, tmp_path: Path, phase: str) -> None:
    def cancel(now: Phase, fraction: float) -> None:
        if now == phase and fraction >= 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        separate(order, tmp_path / "out", cancel)
    assert everything_in(tmp_path) == ["song.wav"]


def test_a_file_that_is_no_audio_is_refused(order: SeparateOrder, tmp_path: Path) -> None:
    order.file.write_bytes(b"JUNK")
    with pytest.raises(InvalidValue):
        separate(order, tmp_path / "out")
    assert everything_in(tmp_path) == ["song.wav"]
