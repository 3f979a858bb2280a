"""A take played along with somebody else's clock: from its beat, at its tempo, wherever the song goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.music import TempoMap

if TYPE_CHECKING:
    from bridge.app.player.mixer import Mixer
    from engine.contract import Audio

MAX_OFF_S = 0.04
"""Further off than this the song has jumped, and the take jumps with it; nearer, it is drawn in."""
DRAW_IN_S = 1.0
MAX_DRAW = 0.01
"""How much faster or slower, at most, to get back in time: a sixth of a semitone."""


@dataclass(frozen=True, slots=True)
class SongTime:
    """Where the song is: at `at_s` (seconds of `time.monotonic`) it was at `beat`, in quarter notes, at `bpm`."""

    at_s: float
    beat: float
    bpm: float
    running: bool = True

    def beat_at(self, now_s: float) -> float:
        """Return the place at `now_s`."""
        return self.beat + (now_s - self.at_s) * self.bpm / 60.0 if self.running else self.beat


class SyncedTake:
    """One take in time with the song; `song` may be set anew at any moment."""

    def __init__(self, mixer: Mixer, tempo_map: TempoMap, start_beat: float) -> None:
        """Play what `mixer` has, on `tempo_map`, from the song's beat `start_beat`."""
        self._mixer, self._tempo_map, self._start_beat = mixer, tempo_map, start_beat
        self._frame: float | None = None
        self.song: SongTime | None = None

    @property
    def has_ended(self) -> bool:
        """True once the take has played to its end."""
        return self._frame is not None and self._frame >= self._mixer.frames

    def render(self, count: int, heard_s: float) -> Audio:
        """Return the block that is heard from `heard_s` on, float32 [shape=(count, 2)]."""
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
        wanted = self._wanted(song, heard_s + lead / rate)
        speed = self._speed(song, wanted)
        if self._frame is None or abs(wanted - self._frame) > MAX_OFF_S * rate:
            self._frame = wanted
        else:
            speed *= 1.0 + min(MAX_DRAW, max(-MAX_DRAW, (wanted - self._frame) / (DRAW_IN_S * rate)))
        out[lead:] = self._stretch(self._frame, count - lead, speed)
        self._frame += (count - lead) * speed
        return out

    def _wanted(self, song: SongTime, at_s: float) -> float:
        """Return the take's frame that belongs at `at_s`."""
        beats = max(0.0, song.beat_at(at_s) - self._start_beat)
        return self._tempo_map.seconds(beats) * self._mixer.sample_rate

    def _speed(self, song: SongTime, frame: float) -> float:
        """Return how many of the take's frames pass in one of the song's."""
        rate = self._mixer.sample_rate
        beat = self._tempo_map.beats(frame / rate)
        return (self._tempo_map.seconds(beat + 1.0) - self._tempo_map.seconds(beat)) * song.bpm / 60.0

    def _stretch(self, frame: float, count: int, speed: float) -> Audio:
        """Return `count` frames from the take's `frame` on, each `speed` of its frames after the other."""
        first = int(frame)
        places = frame - first + speed * np.arange(count)
        self._mixer.seek(first)
        audio = self._mixer.render(int(places[-1]) + 2)
        whole = places.astype(np.intp)
        part = (places - whole).astype(np.float32)[:, None]
        return np.asarray(audio[whole] * (1.0 - part) + audio[whole + 1] * part)
