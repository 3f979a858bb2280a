"""Mixes a take's stems block by block from one common frame counter, so that they cannot drift apart."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from engine.errors import StemBridgeError

if TYPE_CHECKING:
    from engine.contract import Audio

SILENT_DB = -60.0
"""The level in dB at and below which a gain is 0."""
CLICK_S, CLICK_HZ, ACCENT_HZ = 0.03, 1000.0, 1500.0


def gain_of(level_db: float) -> float:
    """Return a level in dB as an amplitude factor; 0 at `SILENT_DB` and below."""
    return 0.0 if level_db <= SILENT_DB else float(10.0 ** (level_db / 20.0))


@dataclass(slots=True)
class Channel:
    """The channel strip of one stem: level in dB, mute, solo."""

    level_db: float = 0.0
    muted: bool = False
    soloed: bool = False


class Mixer:
    """Reads stems from disk and mixes them to stereo; one thread renders, any thread may change the attributes.

    Attributes:
        frames: length of the take; sample_rate: in Hz, of all stems.
        channels: the channel strips by stem.
        volume_db: level of all stems together; metronome_db: level of the click, None = off.
        position: the frame to render next.
        loop: first frame and end frame (exclusive) of the loop; None = no loop.
    """

    def __init__(
        self, stems: Mapping[str, Path], frames: int, beats: list[int] | None = None, bars: list[int] | None = None
    ) -> None:
        """Open the stems; the metronome clicks at the frames `beats`, with an accent at those that are in `bars`.

        Raises
        ------
        StemBridgeError
            If a file cannot be read.
        """
        self._lock = threading.Lock()
        self._files: dict[str, soundfile.SoundFile] = {}
        try:
            for name, path in stems.items():
                self._files[name] = soundfile.SoundFile(path)
        except (OSError, soundfile.LibsndfileError) as error:
            self.close()
            raise StemBridgeError(f"A stem cannot be played ({error}).") from None
        self.frames = frames
        self.sample_rate = int(next(iter(self._files.values())).samplerate) if self._files else 48_000
        self.channels = {name: Channel() for name in stems}
        self.volume_db = 0.0
        self.metronome_db: float | None = None
        self.position = 0
        self.loop: tuple[int, int] | None = None
        self._gains: dict[str, float] = {}
        self._beats = np.asarray(beats or [], dtype=np.int64)
        self._bars = frozenset(bars or [])
        self._clicks = {False: _click(self.sample_rate, CLICK_HZ), True: _click(self.sample_rate, ACCENT_HZ)}

    def close(self) -> None:
        """Close the files."""
        with self._lock:
            for file in self._files.values():
                file.close()
            self._files.clear()

    def seek(self, frame: int) -> None:
        """Continue from `frame`, clamped to the take."""
        with self._lock:
            self.position = min(max(0, frame), self.frames)

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Repeat from the first frame to the second, exclusive; None or an empty loop turns looping off."""
        with self._lock:
            self.loop = loop if loop is not None and loop[1] > loop[0] else None

    @property
    def at_end(self) -> bool:
        """True if there is nothing left to play."""
        return self.position >= self.frames and self.loop is None

    def render(self, count: int) -> Audio:
        """Return the next `count` frames, float32 [shape=(count, 2)]; silence after the end."""
        out = np.zeros((count, 2), dtype=np.float32)
        with self._lock:
            done = 0
            while done < count and self.position < self.frames:
                stretch = min(count - done, self._stretch_end() - self.position)
                self._mix(out[done : done + stretch])
                self.position += stretch
                done += stretch
                if self.loop is not None and self.position == self.loop[1]:
                    self.position = self.loop[0]
        np.clip(out, -1.0, 1.0, out=out)
        return out

    def _stretch_end(self) -> int:
        """Return the frame up to which playback is continuous: the loop's end if it lies ahead, else the take's."""
        if self.loop is not None and self.position < self.loop[1]:
            return min(self.loop[1], self.frames)
        return self.frames

    def _mix(self, out: Audio) -> None:
        """Add all stems and the metronome from the current position to `out`."""
        any_soloed = any(channel.soloed for channel in self.channels.values())
        volume = gain_of(self.volume_db)
        for name, file in self._files.items():
            channel = self.channels[name]
            is_audible = not channel.muted and (channel.soloed or not any_soloed)
            target = gain_of(channel.level_db) * volume if is_audible else 0.0
            before, self._gains[name] = self._gains.get(name, target), target  # no ramp in the first block
            if before == target == 0.0:
                continue
            audio = self._read(file, len(out))
            if before == target:
                out += audio * np.float32(target)
            else:  # a ramp over the block, so that a change of level does not click
                out += audio * np.linspace(before, target, len(out), dtype=np.float32)[:, None]
        if self.metronome_db is not None:
            self._add_clicks(out, gain_of(self.metronome_db))

    def _read(self, file: soundfile.SoundFile, count: int) -> Audio:
        """Return `count` frames of a stem from the current position, float32 [shape=(count, 2)], zero-padded."""
        if file.tell() != self.position:
            file.seek(min(self.position, len(file)))
        audio = file.read(count, dtype="float32", always_2d=True, fill_value=0.0)
        return np.repeat(audio, 2, axis=1) if audio.shape[1] == 1 else audio[:, :2]

    def _add_clicks(self, out: Audio, gain: float) -> None:
        """Add the metronome's clicks that sound within this block, also those that began before it."""
        length = len(self._clicks[True])
        first = int(np.searchsorted(self._beats, self.position - length, side="right"))
        last = int(np.searchsorted(self._beats, self.position + len(out)))
        for beat in self._beats[first:last]:
            click = self._clicks[int(beat) in self._bars]
            start = int(beat) - self.position  # in frames of this block; negative: the click began before it
            skipped = max(0, -start)
            audible = click[skipped : skipped + len(out) - max(0, start)]
            out[max(0, start) : max(0, start) + len(audible)] += audible[:, None] * np.float32(gain)


def _click(sample_rate: int, pitch_hz: float) -> Audio:
    """Return a short decaying sine, float32 [shape=(n,)]."""
    time_s = np.arange(round(CLICK_S * sample_rate)) / sample_rate
    wave = np.sin(2 * np.pi * pitch_hz * time_s) * np.exp(-time_s / (CLICK_S / 5))
    return wave.astype(np.float32)
