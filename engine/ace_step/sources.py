"""Reads audio files: `source_audio`, which a task works on, and `reference_audio`, whose timbre is imitated."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import InvalidValue
from engine.resample import resample_whole

if TYPE_CHECKING:
    from engine.contract import Audio

MAX_SECONDS = 600
"""The longest source: the longest music that the model was trained on."""
MIN_SECONDS = 0.5
MIN_RATE, MAX_RATE = 8_000, 384_000
DULL_RATE = 32_000
"""The rate below which a source lacks highs that the result then lacks too, or invents."""
MODEL_RATE = 48_000
_ALLOWED = f"an audio file (WAV, FLAC, MP3, OGG, AIFF) of {MIN_SECONDS}–{MAX_SECONDS} seconds in mono or stereo"


@dataclass(frozen=True, slots=True)
class SourceAudio:
    """The audio of a file.

    Attributes:
        audio: float32 [shape=(frames, 2)], at the file's own rate and level.
        rate: frames per second.
        notices: sentences about it for the user.
    """

    audio: Audio
    rate: int
    notices: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """The length in seconds."""
        return float(self.audio.shape[0] / self.rate)

    def at(self, rate: int) -> Audio:
        """Return the audio at `rate` frames per second."""
        return resample_whole(self.audio, self.rate, rate)


def read_source(path: str, name: str) -> SourceAudio:
    """Return the audio of the file `path`, the value of the block's key `name`.

    The header is checked before anything is decoded, so that a file of several hours is refused at once.

    Raises
    ------
    InvalidValue
        If there is no such file, it is not audio, empty, too long or short, or has more than two channels.
    """
    import soundfile

    file = Path(path).expanduser()
    if not file.is_file():
        raise InvalidValue(name, path, "the path of a file that exists")
    try:
        with soundfile.SoundFile(file) as opened:
            _check(name, path, opened.frames, opened.samplerate, opened.channels)
            audio, rate = opened.read(dtype="float32", always_2d=True), opened.samplerate
    except soundfile.SoundFileError as error:
        raise InvalidValue(name, path, f"{_ALLOWED}; this one cannot be read ({error})") from None
    # An MP3's header may give more frames than the file holds.
    _check(name, path, audio.shape[0], rate, audio.shape[1])
    return _stereo(audio, rate, name, path)


def _check(name: str, path: str, frames: int, rate: int, channels: int) -> None:
    if not MIN_RATE <= rate <= MAX_RATE:
        raise InvalidValue(name, path, f"sampled at {MIN_RATE}–{MAX_RATE} Hz; this file has {rate} Hz")
    if frames == 0:
        raise InvalidValue(name, path, f"{_ALLOWED}; this file is empty")
    seconds = frames / rate
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise InvalidValue(
            name, path, f"{MIN_SECONDS}–{MAX_SECONDS} seconds long; this file has {seconds:.4g} seconds"
        )
    if channels > 2:
        raise InvalidValue(name, path, f"mono or stereo; this file has {channels} channels")


def _stereo(audio: Audio, rate: int, name: str, path: str) -> SourceAudio:
    import numpy as np

    if not np.isfinite(audio).all():
        raise InvalidValue(name, path, f"{_ALLOWED}; this file holds samples that are no numbers")
    notices = []
    if audio.shape[1] == 1:
        audio = np.repeat(audio, 2, axis=1)
        notices.append(f"{name} is mono: both sides of the stereo model hear the same.")
    if rate < DULL_RATE:
        notices.append(f"{name} is sampled at {rate} Hz: it holds nothing above {rate / 2000:g} kHz.")
    return SourceAudio(audio, rate, tuple(notices))
