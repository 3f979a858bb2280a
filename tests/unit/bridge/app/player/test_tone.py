"""The test tone: a short sine that begins and ends without a click."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bridge.app.player import tone


class Device:
    latency_s = 0.0

    def __init__(self, fails: bool = False) -> None:
        self.fails = fails
        self.calls: list[str] = []
        self.audio = np.zeros((0, 2), np.float32)

    def write(self, block: NDArray[np.float32]) -> None:
        if self.fails:
            raise OSError("unplugged")
        self.audio = block

    def finish(self) -> None:
        self.calls.append("finish")

    def close(self) -> None:
        self.calls.append("close")


def test_it_is_440_hz_for_600_ms_at_minus_18_db_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    device, opened = Device(), list[tuple[int, str]]()
    monkeypatch.setattr(tone, "CardOutput", lambda rate, name: opened.append((rate, name)) or device)
    tone.play_tone("Speakers")
    assert opened == [(48_000, "Speakers")]
    assert device.calls == ["finish", "close"]
    assert device.audio.shape == (28_800, 2)
    assert device.audio.dtype == np.float32
    left = device.audio[:, 0].astype(float)
    assert np.array_equal(device.audio[:, 0], device.audio[:, 1])
    assert np.abs(left).max() == pytest.approx(0.12589, abs=1e-4)  # 10 ** (-18 / 20)
    assert np.argmax(np.abs(np.fft.rfft(left))) == 264  # 440 Hz · 0.6 s
    assert left[0] == 0.0
    assert np.abs(left[:96]).max() < 0.0127  # 2 ms into a fade of 20 ms: a tenth
    assert np.abs(left[-96:]).max() < 0.0127


def test_the_device_is_closed_when_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    device = Device(fails=True)
    monkeypatch.setattr(tone, "CardOutput", lambda _rate, _name: device)
    with pytest.raises(OSError, match="unplugged"):
        tone.play_tone()
    assert device.calls == ["close"]
