"""A take in sync with an external clock, played to an output that records what it gets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from bridge.app.player.mixer import Mixer
from bridge.app.player.preview import play
from bridge.app.player.sync import SongTime, SyncedTake
from engine.music import TempoMap

RATE = 8000
BLOCK = 512
BARS_BEATS = 8


@pytest.fixture
def mixer(tmp_path: Path) -> Iterator[Mixer]:
    """Eight beats at 120 BPM with a click on every beat."""
    audio = np.zeros((BARS_BEATS * RATE // 2, 2), np.float32)
    audio[:: RATE // 2] = 0.5
    audio[1 :: RATE // 2] = 0.5
    soundfile.write(tmp_path / "clicks.wav", audio, RATE, "FLOAT")
    mixer = Mixer({"clicks": tmp_path / "clicks.wav"}, len(audio))
    yield mixer
    mixer.close()


def take_at(mixer: Mixer, beat: float) -> SyncedTake:
    return SyncedTake(mixer, TempoMap.constant(120.0), beat)


def heard(take: SyncedTake, words: dict[int, SongTime], blocks: int, start_s: float = 100.0) -> NDArray[np.float64]:
    """Return the times of the clicks in so many blocks, in s after `start_s`; `words` are told before blocks."""
    audio = []
    for number in range(blocks):
        take.song = words.get(number, take.song)
        audio.append(take.render(BLOCK, start_s + number * BLOCK / RATE)[:, 0])
    loud = np.flatnonzero(np.concatenate(audio) > 0.2)
    return loud[np.diff(loud, prepend=-10) > 5] / RATE


def seconds(count: float) -> int:
    return round(count * RATE / BLOCK)


def test_it_begins_at_its_beat_and_keeps_the_songs_time(mixer: Mixer) -> None:
    take = take_at(mixer, 4.0)
    clicks = heard(take, {0: SongTime(100.0, 2.0, 120.0)}, seconds(6))
    assert clicks == pytest.approx([1 + beat / 2 for beat in range(BARS_BEATS)], abs=2 / RATE)
    assert take.has_ended


def test_it_joins_a_song_that_is_past_its_beat(mixer: Mixer) -> None:
    clicks = heard(take_at(mixer, 4.0), {0: SongTime(100.0, 6.5, 120.0)}, seconds(4))
    assert clicks == pytest.approx([0.25 + beat / 2 for beat in range(5)], abs=2 / RATE)


@pytest.mark.parametrize("bpm", [60.0, 119.0, 121.5, 140.0])
def test_it_takes_the_songs_tempo(mixer: Mixer, bpm: float) -> None:
    clicks = heard(take_at(mixer, 0.0), {0: SongTime(100.0, -1.0, bpm)}, seconds(9 * 60 / bpm))
    assert clicks == pytest.approx([(1 + beat) * 60 / bpm for beat in range(BARS_BEATS)], abs=0.002)


def test_it_is_drawn_in_where_the_clock_was_a_little_off(mixer: Mixer) -> None:
    words = {0: SongTime(100.0, 0.0, 120.0), seconds(0.5): SongTime(100.5, 1.02, 120.0)}  # 10 ms further on
    clicks = heard(take_at(mixer, 0.0), words, seconds(3.9))
    expected = [beat / 2 - 0.01 for beat in range(BARS_BEATS)]
    assert clicks[-1] == pytest.approx(expected[-1], abs=0.002)
    assert np.all(np.abs(np.diff(clicks) - 0.5) < 0.006), "without a jump"


def test_a_jump_of_the_song_is_followed(mixer: Mixer) -> None:
    words = {0: SongTime(100.0, 0.0, 120.0), seconds(1): SongTime(101.0, 6.0, 120.0)}
    clicks = heard(take_at(mixer, 0.0), words, seconds(2))
    at = seconds(1) * BLOCK / RATE
    assert clicks[clicks >= 1.1] == pytest.approx([at + 0.5 - (at - 1.0)], abs=0.003)


def test_a_song_that_stands_still_is_silent_and_starts_again(mixer: Mixer) -> None:
    words = {
        0: SongTime(100.0, 0.0, 120.0),
        seconds(1): SongTime(101.0, 2.0, 120.0, running=False),
        seconds(2): SongTime(102.0, 0.0, 120.0),
    }
    clicks = heard(take_at(mixer, 0.0), words, seconds(3))
    assert not [time for time in clicks if 1.1 < time < 1.95]
    assert [time for time in clicks if time > 1.95][:2] == pytest.approx([2.0, 2.5], abs=2 / RATE)


def test_what_is_written_is_what_is_heard_after_the_outputs_delay(mixer: Mixer) -> None:
    class Recorder:
        latency_s = 0.25

        def __init__(self) -> None:
            self.now_s = 100.0
            self.audio: list[NDArray[np.float32]] = []

        def write(self, block: NDArray[np.float32]) -> None:
            self.audio.append(block)
            self.now_s += len(block) / RATE

        def close(self) -> None:
            pass

    output, take = Recorder(), take_at(mixer, 1.0)
    take.song = SongTime(100.0, 0.0, 120.0)
    play(take, output, lambda: output.now_s)
    loud = np.flatnonzero(np.concatenate(output.audio)[:, 0] > 0.2)
    assert loud[0] / RATE + output.latency_s == pytest.approx(0.5, abs=2 / RATE)
