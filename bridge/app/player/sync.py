"""A take played in sync with an external clock: from its beat on, at the song's tempo, across jumps of the song."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.music import TempoMap

if TYPE_CHECKING:
    from bridge.app.player.mixer import Mixer
    from engine.contract import Audio

MAX_OFF_S = 0.04
"""The largest error that is corrected by speed; with a larger one the song has jumped, and the take jumps too."""
CORRECTION_S = 1.0
"""The time in which a small error is corrected."""
MAX_CORRECTION = 0.01
"""The largest change of speed for a correction, as a fraction: a sixth of a semitone."""


@dataclass(frozen=True, slots=True)
class SongTime:
    """The song's position at a time: at `at_s` (seconds of `time.monotonic`) it was at `beat` (quarter notes)."""

    at_s: float
    beat: float
    bpm: float
    running: bool = True

    def beat_at(self, now_s: float) -> float:
        """Return the song's position at `now_s`, in quarter notes."""
        return self.beat + (now_s - self.at_s) * self.bpm / 60.0 if self.running else self.beat


class SyncedTake:
    """One take in sync with the song; `song` may be set at any time, from any thread."""

    def __init__(self, mixer: Mixer, tempo_map: TempoMap, start_beat: float) -> None:
        """Play the stems of `mixer`, which lie on `tempo_map`, from the song's beat `start_beat` on."""
        self._mixer, self._tempo_map, self._start_beat = mixer, tempo_map, start_beat
        self._frame: float | None = None
        self.song: SongTime | None = None

    @property
    def has_ended(self) -> bool:
        """True once the take has played to its end."""
        return self._frame is not None and self._frame >= self._mixer.frames

    def render(self, count: int, heard_s: float) -> Audio:
        """Return the block that is audible from `heard_s` on, float32 [shape=(count, 2)]."""
        out = np.zeros((count, 2), dtype=np.float32)
        song = self.song
        if song is None or not song.running:
            self._frame = None
            return out
        rate = self._mixer.sample_rate
        lead_beats = self._start_beat - song.beat_at(heard_s)
        lead = max(0, round(lead_beats * 60.0 / song.bpm * rate))
        if lead >= count:
            self._frame = None
            return out
        target = self._target_frame(song, heard_s + lead / rate)
        speed = self._speed(song, target)
        if self._frame is None or abs(target - self._frame) > MAX_OFF_S * rate:
            self._frame = target
        else:
            correction = (target - self._frame) / (CORRECTION_S * rate)
            speed *= 1.0 + min(MAX_CORRECTION, max(-MAX_CORRECTION, correction))
        out[lead:] = self._resample(self._frame, count - lead, speed)
        self._frame += (count - lead) * speed
        return out

    def _target_frame(self, song: SongTime, at_s: float) -> float:
        """Return the take's frame that should be audible at `at_s`."""
        beats = max(0.0, song.beat_at(at_s) - self._start_beat)
        return self._tempo_map.seconds(beats) * self._mixer.sample_rate

    def _speed(self, song: SongTime, frame: float) -> float:
        """Return the number of the take's frames per output frame."""
        rate = self._mixer.sample_rate
        beat = self._tempo_map.beats(frame / rate)
        return (self._tempo_map.seconds(beat + 1.0) - self._tempo_map.seconds(beat)) * song.bpm / 60.0

    def _resample(self, frame: float, count: int, speed: float) -> Audio:
        """Return `count` frames from the take's `frame` on at `speed`, by linear interpolation."""
        first = int(frame)
        positions = frame - first + speed * np.arange(count)
        self._mixer.seek(first)
        audio = self._mixer.render(int(positions[-1]) + 2)
        whole = positions.astype(np.intp)
        fraction = (positions - whole).astype(np.float32)[:, None]
        return np.asarray(audio[whole] * (1.0 - fraction) + audio[whole + 1] * fraction)
