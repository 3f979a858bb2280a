"""The preview program: the take of a manifest, in time with the song of its standard input."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bridge.app.player import preview
from bridge.app.player.output import NoSound, SilentOutput
from bridge.app.player.preview import main, open_take, play
from bridge.app.player.sync import SongTime, SyncedTake
from engine.errors import StemBridgeError
from tests.helpers.small_take import FRAMES, RATE, write_take


def first_level(take: SyncedTake) -> float:
    take.song = SongTime(0.0, 0.0, 120.0)
    return float(take.render(64, 0.0)[0, 0])


def test_the_stems_play_at_the_tempo_of_the_manifest(tmp_path: Path) -> None:
    take, rate = open_take(write_take(tmp_path), 0.0)
    assert rate == RATE
    assert first_level(take) == 0.25
    assert take._tempo_map.seconds(3.0) == 1.5


def test_a_take_without_stems_plays_its_mix(tmp_path: Path) -> None:
    take, _ = open_take(write_take(tmp_path, stems=[]), 0.0)
    assert first_level(take) == 0.5


def test_a_tempo_map_wins_over_the_tempo(tmp_path: Path) -> None:
    steps = [{"beat": 0, "bpm": 60, "ramp": False}, {"beat": 1, "bpm": 240, "ramp": False}]
    take, _ = open_take(write_take(tmp_path, tempo_map=steps), 0.0)
    assert take._tempo_map.seconds(2.0) == pytest.approx(1.25)


def test_a_take_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StemBridgeError):
        open_take(tmp_path / "manifest.json", 0.0)
    manifest = write_take(tmp_path)
    (tmp_path / "bass.wav").unlink()
    with pytest.raises(StemBridgeError, match="cannot be played"):
        open_take(manifest, 0.0)


class Recorder:
    latency_s = 0.5

    def __init__(self, gone_after: int = 10_000) -> None:
        self.blocks: list[NDArray[np.float32]] = []
        self.is_closed = False
        self._gone_after = gone_after

    def write(self, block: NDArray[np.float32]) -> None:
        if len(self.blocks) == self._gone_after:
            raise NoSound("The sound device has gone.")
        self.blocks.append(block)

    def close(self) -> None:
        self.is_closed = True


def test_blocks_are_rendered_ahead_by_the_outputs_latency(tmp_path: Path) -> None:
    take, _ = open_take(write_take(tmp_path), 1.0)
    take.song = SongTime(10.0, 0.0, 120.0)  # the take's beat 1 is at 10.5 s
    recorder = Recorder()
    play(take, recorder, lambda: 10.0 + len(recorder.blocks) * preview.BLOCK_FRAMES / RATE)
    audio = np.concatenate(recorder.blocks)[:, 0]
    assert np.flatnonzero(audio)[0] == 0  # written at 10.0 s, audible at 10.5 s
    assert np.count_nonzero(audio > 0.2) == pytest.approx(FRAMES, abs=2)


def test_a_device_that_goes_ends_the_preview(tmp_path: Path) -> None:
    take, _ = open_take(write_take(tmp_path), 0.0)
    take.song = SongTime(0.5, 0.0, 120.0)
    recorder = Recorder(gone_after=2)
    with pytest.raises(NoSound):
        play(take, recorder, lambda: len(recorder.blocks) * preview.BLOCK_FRAMES / RATE)


def test_without_a_device_it_is_silent_and_says_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_card(_rate: int, _device: str) -> None:
        raise NoSound("No card.")

    monkeypatch.setattr(preview, "CardOutput", no_card)
    assert isinstance(preview._open(RATE, ""), SilentOutput)
    assert capsys.readouterr().err == "No card.\n"


def test_every_line_sets_the_song_and_the_end_of_the_input_ends_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take, _ = open_take(write_take(tmp_path), 0.0)
    exits: list[int] = []
    monkeypatch.setattr(preview.os, "_exit", exits.append)
    lines = io.StringIO(
        '{"at_s": 1.0, "beat": 2.0, "bpm": 90.0}\n{"at_s": 3.0, "beat": 4.5, "bpm": 91.0, "running": false}\n'
    )
    preview._follow(take, lines)
    assert take.song == SongTime(3.0, 4.5, 91.0, running=False)
    assert exits == [0]


def test_the_program_plays_to_the_end_and_closes_the_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder, opened = Recorder(), list[tuple[int, str]]()
    take_has_played, process_has_ended = threading.Event(), threading.Event()

    def song() -> Iterator[str]:
        yield '{"at_s": 0.0, "beat": 9e9, "bpm": 120}'
        take_has_played.wait(30)

    monkeypatch.setattr(recorder, "write", lambda _: None)
    monkeypatch.setattr(preview, "_open", lambda rate, device: opened.append((rate, device)) or recorder)
    monkeypatch.setattr(preview.sys, "stdin", song())
    monkeypatch.setattr(preview.os, "_exit", lambda _: process_has_ended.set())
    assert main([str(write_take(tmp_path)), "0", "USB"]) == 0  # the song is past the take's end
    assert opened == [(RATE, "USB")]
    assert recorder.is_closed
    take_has_played.set()
    assert process_has_ended.wait(30)  # before the real `os._exit` is back in its place


def test_a_take_that_is_gone_is_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "manifest.json"), "0"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
