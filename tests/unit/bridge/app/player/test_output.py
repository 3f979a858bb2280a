"""Outputs: a sound card that is there, missing or unplugged, and silence in real time."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from bridge.app.player import output
from bridge.app.player.output import NO_PORTAUDIO, CardOutput, NoSound, SilentOutput, devices

RATE = 48_000


def test_silence_lasts_as_long_as_sound_would() -> None:
    output, start = SilentOutput(RATE), time.monotonic()
    output.write(np.zeros((4800, 2), np.float32))
    assert time.monotonic() - start >= 0.09


class FakeSoundDevice(ModuleType):
    """The part of `sounddevice` that is used, which writes down what is done with it."""

    class PortAudioError(Exception):
        pass

    def __init__(self) -> None:
        super().__init__("sounddevice")
        self.calls: list[object] = []
        self.open_error: Exception | None = None
        self.write_error: Exception | None = None
        fake = self

        class OutputStream:
            latency = 0.125

            def __init__(self, **options: Any) -> None:  # noqa: ANN401
                if fake.open_error is not None:
                    raise fake.open_error
                fake.calls.append(options)

            def __getattr__(self, name: str) -> Any:  # noqa: ANN401
                return lambda: fake.calls.append(name)

            def write(self, block: object) -> None:
                if fake.write_error is not None:
                    raise fake.write_error
                fake.calls.append(block)

        self.OutputStream = OutputStream

    def query_devices(self) -> list[dict[str, object]]:
        return [
            {"name": "Microphone", "max_output_channels": 0},
            {"name": "USB Interface", "max_output_channels": 8},
            {"name": "Speakers", "max_output_channels": 2},
        ]


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> FakeSoundDevice:
    fake = FakeSoundDevice()
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    return fake


@pytest.fixture
def without_portaudio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)


def test_the_card_is_opened_in_stereo_at_the_takes_rate_and_blocks_go_to_it(card: FakeSoundDevice) -> None:
    out, block = CardOutput(44_100, "USB"), np.zeros((8, 2), np.float32)
    assert out.latency_s == 0.125
    out.write(block)
    out.finish()
    out.close()
    options, *calls = card.calls
    assert options == {"samplerate": 44_100, "channels": 2, "dtype": "float32", "latency": "high", "device": "USB"}
    assert calls[0] == "start"
    assert calls[1] is block
    assert calls[2:] == ["stop", "abort", "close"]


def test_no_name_means_the_systems_default(card: FakeSoundDevice) -> None:
    CardOutput(RATE)
    options = card.calls[0]
    assert isinstance(options, dict)
    assert options["device"] is None


@pytest.mark.parametrize(
    "error", [FakeSoundDevice.PortAudioError("Device unavailable"), ValueError("No such device")]
)
def test_a_device_that_cannot_be_opened_is_named_with_the_way_out(card: FakeSoundDevice, error: Exception) -> None:
    card.open_error = error
    with pytest.raises(NoSound) as caught:
        CardOutput(RATE, "Old Card")
    assert str(caught.value) == (
        f"The sound device “Old Card” cannot be used ({error}). Takes play silently; connect one, or choose another "
        "in the settings."
    )
    with pytest.raises(NoSound, match="The sound device cannot be used"):
        CardOutput(RATE)


def test_a_device_that_is_unplugged_while_it_plays_is_a_sentence(card: FakeSoundDevice) -> None:
    out = CardOutput(RATE)
    card.write_error = card.PortAudioError("Unanticipated host error")
    with pytest.raises(
        NoSound, match=r"^The sound device has gone \(Unanticipated host error\)\. Takes play silently"
    ):
        out.write(np.zeros((8, 2), np.float32))


@pytest.mark.usefixtures("without_portaudio")
def test_without_portaudio_the_command_that_installs_it_is_told() -> None:
    with pytest.raises(NoSound) as caught:
        CardOutput(RATE)
    assert str(caught.value) == NO_PORTAUDIO
    assert devices() == []


def test_devices_that_only_record_are_left_out(card: FakeSoundDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    assert devices() == ["USB Interface", "Speakers"]

    def no_sound_system() -> None:
        raise card.PortAudioError("Error initializing PortAudio")

    monkeypatch.setattr(card, "query_devices", no_sound_system)
    assert devices() == []


def test_silence_catches_up_after_a_late_call(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock:
        def __init__(self) -> None:
            self.now = 100.0
            self.slept: list[float] = []

        def monotonic(self) -> float:
            return self.now

        def sleep(self, seconds: float) -> None:
            self.slept.append(round(seconds, 6))
            self.now += seconds

    clock = Clock()
    monkeypatch.setattr(output, "time", clock)
    silent, block = SilentOutput(RATE), np.zeros((4800, 2), np.float32)
    silent.write(block)
    clock.now += 0.15  # the caller was busy for longer than a block
    silent.write(block)
    silent.write(block)
    silent.close()
    assert clock.slept == [0.1, 0.05]
    assert clock.now == pytest.approx(100.3)
