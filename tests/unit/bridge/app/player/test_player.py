"""The player's first and last moments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from bridge.app.player.mixer import Mixer
from bridge.app.player.player import BLOCK_FRAMES, Player

RATE, FRAMES = 48_000, 5_000


class Device:
    """A sound device that drops what is in its buffer when it is closed, as all of them do."""

    def __init__(self, buffer_frames: int) -> None:
        self._buffer_frames = buffer_frames
        self.latency_s = buffer_frames / RATE
        self.written: list[NDArray[np.float32]] = []
        self.heard = np.zeros((0, 2), np.float32)

    def write(self, block: NDArray[np.float32]) -> None:
        self.written.append(block)

    def close(self) -> None:
        everything = np.concatenate(self.written)
        self.heard = everything[: max(0, len(everything) - self._buffer_frames)]


@pytest.mark.parametrize("buffer_frames", [0, 1, BLOCK_FRAMES, 4_000, 48_000])
def test_everything_is_heard_from_the_first_frame_to_the_last(tmp_path: Path, buffer_frames: int) -> None:
    sound = np.random.default_rng(1).uniform(-0.4, 0.4, (FRAMES, 2)).astype(np.float32)
    soundfile.write(tmp_path / "bass.wav", sound, RATE, subtype="FLOAT")
    device = Device(buffer_frames)
    player = Player(lambda _rate, _name: device)
    player._mixer = Mixer({"bass": tmp_path / "bass.wav"}, FRAMES)
    player.play()
    thread = player._thread
    assert thread is not None
    thread.join(60)
    assert np.array_equal(device.heard[:FRAMES], sound)
    assert not device.heard[FRAMES:].any()
    assert not player.is_playing
    player.unload()
