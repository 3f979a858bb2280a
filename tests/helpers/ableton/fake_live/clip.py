"""Clips of a set: audio clips, which reference a file and may be warped by a guess, and MIDI clips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import soundfile

from tests.helpers.ableton.fake_live.strict import ArgumentError, Computed, LiveObject, Member, Rules, method

GUESSES = {"right": 1.0, "half": 0.5, "double": 2.0, "off": None}
"""Live's guess for a new file when auto-warping: the ratio of guessed beats to true beats; off = not warped."""


class WarpMarker:
    def __init__(self, *, sample_time: float, beat_time: float) -> None:
        self.sample_time, self.beat_time = sample_time, beat_time


class Clip(LiveObject):
    """An audio clip. Its markers count in beats while it is warped, else in seconds."""

    name = Member(str, writable=True, listens=True)
    color = Member(int, writable=True, listens=True)
    warping = Member(bool, writable=True, listens=True)
    looping = Member(bool, writable=True, listens=True)
    loop_start = Member(float, writable=True, listens=True)
    loop_end = Member(float, writable=True, listens=True)
    start_marker = Member(float, writable=True, listens=True)
    end_marker = Member(float, writable=True, listens=True)
    start_time = Member(float, listens=True)
    is_midi_clip = Member(bool)
    is_audio_clip = Member(bool)
    file_path = Member(str)
    sample_length = Member(int)
    sample_rate = Member(float, since=(11, 1, 0))
    warp_markers = Computed(lambda clip: clip._markers())
    length = Computed(lambda clip: clip._length_beats())
    end_time = Computed(lambda clip: clip._values["start_time"] + clip._length_beats())

    @method(int, int, float, float, writes=False)
    def get_notes_extended(self, from_pitch: int, pitch_span: int, from_time: float, time_span: float) -> list[Any]:
        return [note for note in self._values["notes"] if from_time <= note < from_time + time_span]

    @classmethod
    def of_file(cls, rules: Rules, song: Any, path: str, start_time: float, guess: str, tempo: float) -> Clip:
        """Return the clip that Live creates for a file of the tempo `tempo`, warped according to `guess`."""
        if not isinstance(path, str) or not Path(path).is_absolute() or not Path(path).is_file():
            raise RuntimeError(f"{path!r} is not an absolute path of an audio file")
        info = soundfile.info(path)
        seconds = info.frames / info.samplerate
        share = GUESSES[guess]
        end = seconds if share is None else seconds * tempo / 60 * share
        markers = dict.fromkeys(("loop_start", "start_marker"), 0.0) | dict.fromkeys(("loop_end", "end_marker"), end)
        clip = cls(
            rules,
            song=song,
            name=Path(path).stem,
            color=0,
            warping=share is not None,
            looping=False,
            start_time=start_time,
            is_midi_clip=False,
            is_audio_clip=True,
            file_path=path,
            sample_length=info.frames,
            sample_rate=float(info.samplerate),
            seconds=seconds,
            unwarps=False,
            **markers,
        )
        rules.history[-1].append(clip._delete)
        return clip

    def _markers(self) -> list[WarpMarker]:
        if not self._values["warping"]:
            return []
        end = self._values["end_marker"]
        return [
            WarpMarker(sample_time=0.0, beat_time=0.0),
            WarpMarker(sample_time=self._values["seconds"], beat_time=end),
        ]

    def _length_beats(self) -> float:
        length = self._values["loop_end"] - self._values["loop_start"]
        if self._values["is_audio_clip"] and not self._values["warping"]:
            length *= self._values["song"].tempo / 60
        return float(length)

    def _check_warping(self, value: bool) -> None:
        if self._values["is_midi_clip"]:
            raise RuntimeError("Only audio clips can be warped")
        if self._values["warping"] and not value:
            if self._values["looping"]:
                self._change("looping", False)
            self._values["unwarps"] = True  # the markers change their unit later, in the next tick

    def _settle(self) -> None:
        """Apply the changes that Live defers to its next tick: markers of an unwarped clip become seconds."""
        if self._values.get("unwarps"):
            self._values["unwarps"] = False
            for name in ("loop_start", "loop_end", "start_marker", "end_marker"):
                self._values[name] *= 60 / self._values["song"].tempo

    def _check_marker(self, name: str, value: float) -> None:
        if self._values.get("unwarps"):
            raise RuntimeError(f"{name} was written before Live had unwarped the clip")
        pairs = {"loop_start": "loop_end", "start_marker": "end_marker"}
        for start, end in pairs.items():
            if name == start and value >= self._values[end]:
                raise RuntimeError(f"{start} must be before {end}")
            if name == end and value <= self._values[start]:
                raise RuntimeError(f"{end} must be after {start}")

    def _check_loop_start(self, value: float) -> None:
        self._check_marker("loop_start", value)

    def _check_loop_end(self, value: float) -> None:
        self._check_marker("loop_end", value)

    def _check_start_marker(self, value: float) -> None:
        self._check_marker("start_marker", value)

    def _check_end_marker(self, value: float) -> None:
        self._check_marker("end_marker", value)

    def _check_looping(self, value: bool) -> None:
        if value and self._values["is_audio_clip"] and not self._values["warping"]:
            raise RuntimeError("Only warped clips can be looped")


def midi_clip(rules: Rules, song: Any, name: str, notes: list[float], length: float) -> Clip:
    """Return a MIDI clip with notes at these beats."""
    if length <= 0:
        raise ArgumentError("a clip needs a length")
    return Clip(
        rules,
        song=song,
        name=name,
        color=0,
        is_midi_clip=True,
        is_audio_clip=False,
        notes=notes,
        start_time=0.0,
        loop_start=0.0,
        loop_end=length,
        warping=False,
        looping=True,
    )
