"""Files aligned as a take, without the command line: what is written, and what an error leaves."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.jobs.worker.align_files import AlignOrder, align_files
from bridge.request.block import defaults
from bridge.takes.manifest import read_manifest
from engine.contract import Phase
from engine.errors import Cancelled, InvalidValue
from engine.music import Meter, TempoMap
from tests.helpers.folders import everything_in
from tests.helpers.plain_drums import drums_at

RATE = 8_000
PLAYED, ASKED = 121.0, 120.0


@pytest.fixture
def order(tmp_path: Path) -> AlignOrder:
    file = tmp_path / "drums.wav"
    soundfile.write(file, drums_at(PLAYED, 0.2, 8, RATE), RATE)
    block = {**defaults(), "tempo": ASKED, "bars": 1.0}
    return AlignOrder((file,), block, TempoMap.constant(ASKED), Meter(4, 4), Fraction(1), start_beat=8.0)


def quiet(_phase: Phase, _fraction: float) -> None:
    pass


def test_the_grid_of_an_order_is_counted_in_quarter_notes(order: AlignOrder) -> None:
    grid = replace(order, meter=Meter(7, 8), bars=Fraction(3, 2)).grid
    assert (grid.length_beats, grid.bars) == (Fraction(21, 4), 1.5)


def test_a_file_becomes_a_take_of_exactly_its_bars(order: AlignOrder, tmp_path: Path) -> None:
    reported: list[tuple[Phase, float]] = []
    out = tmp_path / "out"
    report = align_files(order, out, lambda phase, fraction: reported.append((phase, fraction)))
    assert everything_in(out) == ["drums 120bpm mix.wav", "drums 120bpm.wav", "manifest.json"]
    manifest = read_manifest(out / "manifest.json")
    assert report == {**manifest, "manifest": str(out / "manifest.json")}
    assert (manifest["engine"], manifest["frames"], manifest["start_beat"]) == ("align", 4 * RATE // 2, 8.0)
    assert manifest["params"]["source_audio"] == [str(tmp_path / "drums.wav")]
    assert manifest["prompt"] == "drums.wav"
    assert {"aligning", "writing"} <= set(manifest["timings"])
    assert list(dict.fromkeys(phase for phase, _ in reported)) == ["aligning", "writing"]
    assert reported[-1] == ("writing", pytest.approx(1.0))


def test_a_one_shot_keeps_its_tail_and_is_longer_than_its_bars(order: AlignOrder, tmp_path: Path) -> None:
    report = align_files(replace(order, one_shot=True), tmp_path / "out", quiet)
    assert report["frames"] > 4 * RATE // 2
    assert soundfile.info(tmp_path / "out" / "drums 120bpm mix.wav").frames == report["frames"]
    assert report["bars"] == 1.0


def test_what_is_too_loud_is_turned_down_and_says_so(order: AlignOrder, tmp_path: Path) -> None:
    loud = drums_at(PLAYED, 0.2, 8, RATE) * np.float32(3.0)
    soundfile.write(tmp_path / "drums.wav", loud, RATE, subtype="FLOAT")
    report = align_files(order, tmp_path / "out", quiet)
    assert report["gain_db"] < 0
    assert any(f"turned down by {-report['gain_db']:.1f} dB together" in notice for notice in report["notices"])


@pytest.mark.parametrize("name", ["drums 120bpm mix.wav", "drums 120bpm.wav", "manifest.json", "alignment.png"])
def test_no_file_is_overwritten_and_nothing_else_is_left(order: AlignOrder, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / name).write_text("mine")
    with pytest.raises(InvalidValue, match=name):
        align_files(order, out, quiet)
    assert everything_in(out) == [name]
    assert (out / name).read_text() == "mine"


@pytest.mark.parametrize("phase", ["aligning", "writing"])
def test_a_cancel_leaves_nothing(order: AlignOrder, tmp_path: Path, phase: str) -> None:
    def cancel(now: Phase, fraction: float) -> None:
        if now == phase and fraction > 0.2:
            raise Cancelled

    with pytest.raises(Cancelled):
        align_files(order, tmp_path / "deep" / "out", cancel)
    assert everything_in(tmp_path) == ["drums.wav"]


def test_a_file_that_does_not_exist_is_named(order: AlignOrder, tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match=r"gone\.wav"):
        align_files(replace(order, files=(tmp_path / "gone.wav",)), tmp_path / "out", quiet)
    assert everything_in(tmp_path) == ["drums.wav"]


def test_the_picture_is_written_before_the_manifest(order: AlignOrder, tmp_path: Path) -> None:
    align_files(replace(order, plot=True), tmp_path / "out", quiet)
    picture = (tmp_path / "out" / "alignment.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert "alignment.png" not in json.loads((tmp_path / "out" / "manifest.json").read_text())
