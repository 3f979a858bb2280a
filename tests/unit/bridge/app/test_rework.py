"""New music out of a take: the block that asks for it, and the longer source for more bars."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.app.rework import EXTEND_BARS, KEEP_S, Rework, rework_block
from bridge.request.block import check_block
from bridge.takes.library import TakeView
from engine.errors import StemBridgeError
from tests.helpers.take_files import RATE, write_take


@pytest.fixture
def take(tmp_path: Path) -> TakeView:
    """Two bars of 4/4 at 120 BPM: 4 s."""
    params = {"genres": "funk", "seed": 7, "tempo": 120.0, "time_signature": "4/4", "key": "", "lyrics": "la"}
    return write_take(tmp_path / "take", params=params)


def test_to_repaint_names_the_region_in_seconds_and_keeps_the_music(take: TakeView, tmp_path: Path) -> None:
    block = rework_block(Rework(take, (8_000, 20_000), "repaint"), tmp_path)
    assert block == {
        "genres": "funk",
        "lyrics": "la",
        "tempo": 120.0,
        "time_signature": "4/4",
        "source_audio": str(take.mix),
        "bars": 2.0,
        "task": "repaint",
        "region": [1.0, 2.5],
    }
    assert "seed" not in block, "it is new music"
    check_block(block)


def test_another_part_is_asked_for_by_its_stem(take: TakeView, tmp_path: Path) -> None:
    block = rework_block(Rework(take, (0, 16_000), "lego", "guitar"), tmp_path)
    assert (block["task"], block["stems"], block["region"]) == ("lego", ["guitar"], [0.0, 2.0])
    check_block(block)


def test_more_bars_repaint_silence_behind_the_end(take: TakeView, tmp_path: Path) -> None:
    block = rework_block(Rework(take, (0, 0), "extend"), tmp_path / "sources")
    assert EXTEND_BARS == 8
    assert (block["bars"], block["task"], block["region"]) == (10.0, "repaint", [4.0, 20.0])
    source = Path(str(block["source_audio"]))
    audio, rate = soundfile.read(source, dtype="float32")
    assert (rate, len(audio), source.name) == (RATE, 20 * RATE, "take 160000.wav")
    np.testing.assert_array_equal(audio[: 4 * RATE], soundfile.read(take.mix, dtype="float32")[0])
    assert not audio[4 * RATE :].any()
    check_block(block)


def test_more_bars_follow_the_takes_own_tempo_map(tmp_path: Path) -> None:
    """Two bars at 120 BPM last 4 s; from there on eight bars at 60 BPM last 32 s."""
    points = [{"beat": 0, "bpm": 120.0, "ramp": False}, {"beat": 8, "bpm": 60.0, "ramp": False}]
    take = write_take(tmp_path / "take", tempo_map=points)
    block = rework_block(Rework(take, (0, 0), "extend"), tmp_path / "sources")
    assert block["region"] == [4.0, 36.0]
    assert block["tempo_map"] == points


def test_more_bars_are_bars_of_the_takes_last_meter(tmp_path: Path) -> None:
    """One bar of four and one of three at 120 BPM last 3.5 s; eight more of three last 12 s."""
    meters = [{"bar": 0, "time_signature": "4/4"}, {"bar": 1, "time_signature": "3/4"}]
    take = write_take(tmp_path / "take", meter_map=meters)
    block = rework_block(Rework(take, (0, 0), "extend"), tmp_path / "sources")
    assert (block["region"], block["bars"]) == ([4.0, 15.5], 10.0)
    assert block["meter_map"] == meters


def test_sources_of_last_week_are_deleted_and_newer_ones_kept(take: TakeView, tmp_path: Path) -> None:
    folder = tmp_path / "sources"
    folder.mkdir()
    for name, age_s in {"old.wav": KEEP_S + 60, "new.wav": KEEP_S - 60, "old.txt": KEEP_S + 60}.items():
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (0, time.time() - age_s))
    rework_block(Rework(take, (0, 0), "extend"), folder)
    assert sorted(path.name for path in folder.iterdir()) == ["new.wav", "old.txt", "take 160000.wav"]


def test_a_mix_that_cannot_be_read_or_a_folder_that_cannot_be_made_is_a_sentence(
    take: TakeView, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StemBridgeError, match="The take cannot be extended"):
        rework_block(Rework(take, (0, 0), "extend"), tmp_path / "file")
    take.mix.write_bytes(b"junk")
    with pytest.raises(StemBridgeError, match="The take cannot be extended"):
        rework_block(Rework(take, (0, 0), "extend"), tmp_path / "sources")
