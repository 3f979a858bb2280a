"""Sound outputs: a sound card through PortAudio, or a silent one that runs in real time.

PortAudio (the `sounddevice` package) rather than QtMultimedia: it needs no 175 MB of further libraries, and it plays
blocks that we mixed ourselves, so that mute, solo and level act on all stems in sync.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol

from engine.errors import StemBridgeError

if TYPE_CHECKING:
    from engine.contract import Audio

NO_PORTAUDIO = (
    "Sound needs the library PortAudio, which is missing here (Debian and Ubuntu: sudo apt install libportaudio2). "
    "Takes play silently until then."
)


class NoSound(StemBridgeError):
    """No sound can be played here; the sentence says what to do."""


class Output(Protocol):
    """A sink that takes blocks of audio in real time."""

    latency_s: float
    """The delay from `write` until the block is heard, in seconds."""

    def write(self, block: Audio) -> None:
        """Play float32 [shape=(n, 2)]; blocks until there is room for more."""

    def close(self) -> None:
        """Stop immediately and drop buffered audio."""


class CardOutput:
    """The output to a sound card."""

    def __init__(self, sample_rate: int, device: str = "") -> None:
        """Open the system's default device, or one whose name contains `device`.

        Raises
        ------
        NoSound
            If PortAudio is missing, or there is no such device.
        """
        try:
            import sounddevice
        except OSError:
            raise NoSound(NO_PORTAUDIO) from None
        try:
            self._stream: Any = sounddevice.OutputStream(
                samplerate=sample_rate, channels=2, dtype="float32", latency="high", device=device or None
            )
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            named = f" “{device}”" if device else ""
            raise NoSound(
                f"The sound device{named} cannot be used ({error}). Takes play silently; connect one, or choose "
                "another in the settings."
            ) from None
        self.latency_s = float(self._stream.latency)

    def write(self, block: Audio) -> None:
        """Send a block to the device; blocks while its buffer is full. Raises NoSound if the device has gone."""
        import sounddevice

        try:
            self._stream.write(block)
        except sounddevice.PortAudioError as error:
            raise NoSound(f"The sound device has gone ({error}). Takes play silently until it is back.") from None

    def finish(self) -> None:
        """Wait until everything written has been played."""
        self._stream.stop()

    def close(self) -> None:
        """Drop buffered audio and close the device."""
        self._stream.abort()
        self._stream.close()


class SilentOutput:
    """An output without sound, in real time: the playhead moves, so that a take can still be viewed and cut."""

    latency_s = 0.0

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._start_s = time.monotonic()
        self._frames = 0

    def write(self, block: Audio) -> None:
        """Wait for the duration of the block, measured from the first one: late calls are caught up."""
        self._frames += len(block)
        ahead_s = self._frames / self._sample_rate - (time.monotonic() - self._start_s)
        if ahead_s > 0:
            time.sleep(ahead_s)

    def close(self) -> None:
        """Do nothing: there is no device to close."""


def devices() -> list[str]:
    """Return the names of all output devices; empty without PortAudio."""
    try:
        import sounddevice

        return [str(entry["name"]) for entry in sounddevice.query_devices() if entry["max_output_channels"] > 0]
    except Exception:  # OSError without PortAudio, PortAudioError without a sound system
        return []
